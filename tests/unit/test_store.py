"""The stage store."""

import errno
import os
from pathlib import Path

import pytest

from isogloss.errors import StoreError
from isogloss.study.outputs.store import CHECKSUMS, Store
from isogloss.writing import write_text


def put(store: Store, stage_id: str = "a" * 32, *, model: bool = True) -> str:
    with store.writing(stage_id) as folder:
        (folder / "record.json").write_text('{"state": "done"}', encoding="utf-8")
        if model:
            (folder / "model").mkdir()
            (folder / "model" / "model.safetensors").write_bytes(b"weights")
    return stage_id


def test_a_stage_is_absent_until_it_is_complete(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("x") as folder:
        assert not store.is_done("x")
        (folder / "record.json").write_text("{}", encoding="utf-8")
    assert store.is_done("x")
    assert store.verify("x", with_model=True) is None
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_an_error_while_writing_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(RuntimeError), store.writing("x") as folder:
        (folder / "record.json").write_text("{}", encoding="utf-8")
        raise RuntimeError("boom")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (
            lambda folder: (folder / "record.json").write_text('{"state": "dOne"}'),
            "record.json fails its checksum",
        ),
        (lambda folder: (folder / "record.json").write_text("{"), "record.json has 1 bytes"),
        (lambda folder: (folder / "record.json").unlink(), "record.json is missing"),
        (lambda folder: (folder / CHECKSUMS).write_text("{"), "cannot be read"),
        (
            lambda folder: (folder / "model" / "model.safetensors").write_bytes(b"weighty"),
            "fails its checksum",
        ),
    ],
)
def test_damage_is_found(tmp_path: Path, damage, message: str) -> None:
    store = Store(tmp_path)
    stage = put(store)
    damage(store.folder(stage))
    assert message in (store.verify(stage, with_model=True) or "")


def test_weights_are_hashed_only_on_request(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage = put(store)
    (store.model(stage) / "model.safetensors").write_bytes(b"weighty")
    assert store.verify(stage, with_model=False) is None


def test_a_damaged_stage_is_set_aside_not_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage = put(store)
    aside = store.set_aside(stage)
    assert not store.is_done(stage)
    assert (aside / "record.json").is_file()


def test_dropped_weights_leave_a_valid_record_and_can_be_put_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage = put(store)
    store.drop_model(stage)
    assert store.is_done(stage)
    assert not store.has_model(stage)
    assert store.verify(stage, with_model=True) is None
    put(store)
    assert store.has_model(stage)


def test_weights_that_one_study_keeps_are_not_dropped_by_another(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stage = put(store)
    store.keep_model(stage)
    store.drop_model(stage)
    assert store.has_model(stage)
    assert store.verify(stage, with_model=True) is None


def test_leftovers_of_dead_processes_are_removed_and_of_living_ones_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing("mine") as folder:
        dead = tmp_path / folder.name.replace(f"~{os.getpid()}~", "~999999999~")
        dead.mkdir()
        store.clean()
        assert folder.is_dir()
        assert not dead.exists()


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    put(store, "b" * 32)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("isogloss.study.outputs.store.os.fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        put(store)
    assert [path.name for path in tmp_path.iterdir()] == ["b" * 32]
    note = tmp_path / "note.txt"
    with pytest.raises(StoreError, match="the disk is full"):
        write_text(note, "text")
    assert not note.exists()
