"""A second run into a folder with another store does not do again what is done."""

import shutil
from pathlib import Path

from faulty_runs import run_here, write_study

from commands import isogloss


def test_a_run_with_another_store_is_refused_where_stages_are_done(tmp_path: Path) -> None:
    study = write_study(tmp_path, "mini", ["tr"], ["de"])
    out, store = tmp_path / "out", tmp_path / "a"
    run_here(study, out, "--store", str(store))
    for options in ((), ("--store", tmp_path / "b")):
        done = isogloss("run", study, "--out", out, *options)
        assert done.returncode == 1
        assert f"the stages of this study are in {store}, not in" in done.stderr
        assert f"give --store {store}, or choose another --out" in done.stderr
    assert not (out / "stages").exists() and not (tmp_path / "b").exists()
    shutil.move(store, tmp_path / "b")
    moved = isogloss("run", study, "--out", out, "--store", tmp_path / "b", "--dry-run")
    assert " done, 0 to run" in moved.stdout, moved.stderr
