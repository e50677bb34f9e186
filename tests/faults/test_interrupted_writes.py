"""Commands that write, without room or the right to write, leave nothing cut off."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_runs import leftovers, run_here, write_study

from commands import isogloss
from isogloss.isolation import module_command


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two mebibytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_one_error_and_the_run_goes_on_after_room_is_made(
    tiny_encoder: Path, tmp_path: Path, small_disk: Path
) -> None:
    study = write_study(tmp_path, tiny_encoder, ["de"], ["en", "de"])
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (1_900 * 1024))
    out = small_disk / "out"
    told = isogloss("run", study, "--out", out, "--executor", "inline")
    assert told.returncode == 1
    assert "the disk is full" in told.stderr
    assert "Traceback" not in told.stderr
    assert leftovers(out) == []
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    run_here(study, out)
    assert leftovers(out) == []


@pytest.mark.skipif(os.name == "nt", reason="/proc is Linux's")
@pytest.mark.parametrize(
    "typed",
    [
        "correlate --published pawsx-mbert --distance syntactic --permutations 99 --json /proc/x.json",
        "power --targets de,fr,es,it,nl --json /proc/x.json",
        "world export --out /proc/w --size 4",
    ],
    ids=lambda typed: typed.split()[0],
)
def test_a_place_that_cannot_be_written_is_one_error(typed: str) -> None:
    done = isogloss(*typed.split())
    assert done.returncode in {1, 2}, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.lower().count("error:") == 1


@pytest.mark.slow
def test_store_commands_on_a_study(tiny_encoder: Path, tmp_path: Path) -> None:
    """verify, export, merge and prune, with what each refuses."""
    study = write_study(tmp_path, tiny_encoder, ["de"], ["en", "de"])
    whole, half = tmp_path / "whole", tmp_path / "half"
    run_here(study, whole)
    run_here(study, half, "--max-stages", "2")
    assert " 0 damaged" in isogloss("store", "verify", str(whole)).stdout
    told = isogloss("merge", str(half), str(whole))
    assert told.returncode == 0, told.stderr
    assert "2 were there" in told.stdout
    assert isogloss("scores", str(half), "--csv").stdout == isogloss("scores", str(whole), "--csv").stdout

    assert isogloss("store", "export", str(whole), str(tmp_path / "x.tar.gz")).returncode == 0
    shutil.unpack_archive(tmp_path / "x.tar.gz", tmp_path / "unpacked", filter="data")
    unpacked = tmp_path / "unpacked" / "faulty"
    assert isogloss("scores", str(unpacked), "--csv").stdout == isogloss("scores", str(whole), "--csv").stdout

    damaged = whole / "stages" / f"damaged-{'0' * 32}-{'1' * 8}"
    others = whole / "stages" / "thesis"  # the user's own, as in a --store that holds output folders too
    for folder in (damaged, others):
        folder.mkdir()
    assert "1 folders" in isogloss("store", "prune", str(whole), "--dry-run").stdout
    assert damaged.is_dir()
    assert isogloss("store", "prune", str(whole)).returncode == 0
    assert not damaged.exists()
    assert others.is_dir()
    assert " 0 damaged" in isogloss("store", "verify", str(whole)).stdout

    weights = next((whole / "stages").glob("*/predictions.parquet"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    told = isogloss("store", "verify", str(whole))
    assert told.returncode == 1
    assert f"{weights.parent.name}: predictions.parquet fails its checksum" in told.stdout
    assert isogloss("merge", str(half), str(whole)).returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [("language", "de"), ("--version",)])
def test_output_that_goes_to_a_full_disk_is_one_error(arguments):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            module_command("isogloss", *arguments),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("isogloss: error: the disk is full")
    assert "standard output" in done.stderr
    assert "Traceback" not in done.stderr and "ignored" not in done.stderr
