"""Studies: from a study file to finished stages, resumed after a crash."""
