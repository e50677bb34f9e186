"""Programs that keep the curves of a study: one file per tracker."""
