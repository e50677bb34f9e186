"""Pickled weights become safetensors, and run nothing on the way."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import save_encoder
from transformers import AutoConfig, AutoModelForMaskedLM

from isogloss.cli.commands.convert import convert as command
from isogloss.errors import CheckpointError, FieldError, StoreError
from isogloss.modeling.conversion import (
    _convert_files,
    _door,
    _separate,
    _tensors_of,
    convert,
)
from isogloss.modeling.encoders.identify import identify, load_identified


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An encoder with pickled weights and a language-modelling head, tied to the embeddings."""
    folder = save_encoder(tmp_path / "source")
    torch.manual_seed(3)
    model = AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(folder))
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    (folder / "modeling_own.py").write_text("raise SystemExit('run')\n")
    (folder / "LICENSE").write_text("terms\n")
    (folder / "training_args.bin").write_bytes(b"no weights")
    return folder


def run(source: Path, out: Path, *options: str) -> None:
    command.main([str(source), "--out", str(out), *options], standalone_mode=False)


def weights(source: Path) -> dict[str, torch.Tensor]:
    return torch.load(source / "pytorch_model.bin", weights_only=True)


def test_the_result_is_an_encoder_with_the_same_weights(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(source, out)
    told = capsys.readouterr()
    assert "2 layers of width 32" in told.out
    assert "modeling_own.py (--copy-code does)" in told.err
    assert "cls.predictions.decoder.weight is bert.embeddings.word_embeddings.weight" in told.err
    names = {path.name for path in out.iterdir()}
    assert names == {
        *("config.json", "model.safetensors", "LICENSE", "tokenizer.json", "tokenizer_config.json")
    }
    stated, found = weights(source), load_file(out / "model.safetensors")
    assert stated.keys() - found.keys() == {"cls.predictions.decoder.weight", "cls.predictions.decoder.bias"}
    assert all(torch.equal(stated[name], tensor) for name, tensor in found.items())
    loaded = load_identified(identify(str(out))).module.state_dict()
    table = "backbone.embeddings.word_embeddings.weight"
    assert torch.equal(loaded[table], stated["bert.embeddings.word_embeddings.weight"])
    assert list(tmp_path.glob(".*")) == []


def test_shards_and_their_index(source: Path, tmp_path: Path) -> None:
    stated = {name: tensor.clone() for name, tensor in weights(source).items()}
    (source / "pytorch_model.bin").unlink()
    names = sorted(stated)
    parts = {"pytorch_model-00001-of-00002.bin": names[::2], "pytorch_model-00002-of-00002.bin": names[1::2]}
    for file, own in parts.items():
        torch.save({name: stated[name] for name in own}, source / file)
    index = {"weight_map": {name: file for file, own in parts.items() for name in own}}
    (source / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    out = tmp_path / "out"
    run(source, out, "--copy-code")
    written = json.loads((out / "model.safetensors.index.json").read_text())
    found = {name: tensor for file in sorted(out.glob("model-*")) for name, tensor in load_file(file).items()}
    assert written["weight_map"].keys() == found.keys() == stated.keys()
    assert written["metadata"]["total_size"] == sum(4 * tensor.numel() for tensor in found.values())
    assert all(torch.equal(stated[name], tensor) for name, tensor in found.items())
    assert (out / "modeling_own.py").is_file()
    assert load_identified(identify(str(out))).n_layers == 2
    for name in ("gone.bin", "../source/pytorch_model-00001-of-00002.bin"):
        index["weight_map"][names[0]] = name
        (source / "pytorch_model.bin.index.json").write_text(json.dumps(index))
        with pytest.raises(CheckpointError, match="no shard"):
            run(source, tmp_path / "other")
    assert not (tmp_path / "other").exists()


class Runs:
    """What unpickling calls."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.call


@pytest.mark.parametrize("how", ["zip", "legacy", "bare", "in a shard", "beside weights"])
def test_a_file_that_holds_code_is_one_error_and_runs_nothing(how: str, source: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    evil = Runs(os.system, f"touch {marker}")
    file = source / "pytorch_model.bin"
    value = {**weights(source), "evil": evil} if how == "beside weights" else {"evil": evil}
    if how == "bare":
        file.write_bytes(pickle.dumps(evil))
    else:
        torch.save(value, file, _use_new_zipfile_serialization=how != "legacy")
    if how == "in a shard":
        file.rename(source / "part.bin")
        (source / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": {"evil": "part.bin"}}))
    with pytest.raises(
        CheckpointError, match=r"holds code, which was not run: it names [\w.]*system.*\n.*where: .*bin"
    ):
        run(source, tmp_path / "out")
    assert not marker.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]
    pickle.loads(pickle.dumps(evil))
    assert marker.exists()  # it would have run


def problem_of(source: Path, out: Path) -> str:
    """Problem that the separate process would report; files that hold code show that it is raised."""
    found = _convert_files(source, out, ["pytorch_model.bin"])
    assert set(found) == {"problem", "file"} and not list(out.glob("*.safetensors"))
    return found["problem"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, 2], "holds a list, not tensors by name"),
        ({}, "holds a dict, not tensors by name"),
        ({"step": 3}, "'step' is a int, not a tensor"),
        ({"a": torch.eye(2).to_sparse()}, "'a' is a tensor that is sparse"),
    ],
)
def test_what_is_no_weights_is_one_error(value: object, message: str, source: Path, tmp_path: Path) -> None:
    torch.save(value, source / "pytorch_model.bin")
    assert message in problem_of(source, tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a pickle at all", b"PK\x03\x04 and no more"])
def test_a_broken_file_is_one_error(content: bytes, source: Path, tmp_path: Path) -> None:
    (source / "pytorch_model.bin").write_bytes(content)
    assert "cannot be read as weights" in problem_of(source, tmp_path)


def test_a_tensor_that_claims_more_memory_than_it_has_is_stopped(source: Path, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1).expand(2**45)}, source / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"needs more than [\d,]+ MB of memory"):
        run(source, tmp_path / "out")


def test_time_is_limited(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(CheckpointError, match=r"longer than 0\.01 seconds"):
        convert(source, tmp_path / "out", seconds=0.01)


def test_what_cannot_be_converted_is_told_before_anything_is_read(source: Path, tmp_path: Path) -> None:
    (source / "pytorch_model.bin").rename(tmp_path / "weights")
    with pytest.raises(CheckpointError, match="no pickled weights to convert"):
        run(source, tmp_path / "out")
    with pytest.raises(CheckpointError, match=r"safetensors already"):
        run(save_encoder(tmp_path / "other"), tmp_path / "out")
    with pytest.raises(FieldError, match="not an empty folder"):
        run(source, source)
    with pytest.raises(CheckpointError, match=r"no config\.json"):
        run(tmp_path / "absent", tmp_path / "out")
    with pytest.raises(StoreError, match=r"not writable|cannot write"):
        run(source, Path("/proc/converted"))


def test_the_result_is_checked_as_loading_checks_it(source: Path, tmp_path: Path) -> None:
    whole = weights(source)
    cut = {name: tensor for name, tensor in whole.items() if "layer.1.output" not in name}
    torch.save(cut, source / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"tensors missing from the checkpoint: layer 1"):
        run(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    wrapped = {f"module.{name}": tensor for name, tensor in whole.items()}
    torch.save(wrapped, source / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"[\s\S]*such as module\.bert\.embeddings") as caught:
        run(source, tmp_path / "out")
    assert caught.value.where == str(source)


def test_weights_under_another_name_and_memory_in_common() -> None:
    table = torch.arange(6.0)
    wrapped = {"epoch": 3, "state_dict": {"a.weight": table, "b.weight": table, "part": table[2:]}}
    kept, tied = _separate(_tensors_of(wrapped))
    assert tied == {}
    assert len({tensor.untyped_storage().data_ptr() for tensor in kept.values()}) == 3
    assert all(torch.equal(kept[name], wrapped["state_dict"][name]) for name in kept)
    assert _separate({"lm_head.weight": table, "body.weight": table})[1] == {"lm_head.weight": "body.weight"}


def test_the_doors_of_the_reading_process_are_closed(tmp_path: Path) -> None:
    """The second wall: what a hole in the unpickler would find."""
    (tmp_path / "out").mkdir()
    tries = {
        "os.system": "os.system('true')",
        "subprocess": "subprocess.run(['true'])",
        "socket": "socket.socket().connect(('127.0.0.1', 9))",
        "write": f"open({str(tmp_path / 'x')!r}, 'w')",
        "os.open": f"os.open({str(tmp_path / 'x')!r}, os.O_WRONLY | os.O_CREAT)",
        "remove": f"os.remove({str(tmp_path / 'out')!r})",
    }
    code = "\n".join(
        [
            "import os, socket, subprocess, sys",
            "from pathlib import Path",
            f"from {_door.__module__} import _door",
            f"sys.addaudithook(_door(Path({str(tmp_path / 'out')!r})))",
            f"open({str(tmp_path / 'out' / 'allowed')!r}, 'w').close()",
            f"for name, code in {tries!r}.items():",
            "    try:",
            "        exec(code)",
            "    except PermissionError as error:",
            "        print(name, 'not allowed' in str(error))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == [*(f"{name} True" for name in tries), ""]
    assert (tmp_path / "out" / "allowed").is_file()


def test_an_encoder_that_needs_code_is_converted_and_not_loaded(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = json.loads((source / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoModel": "modeling_own.OwnModel"}}
    (source / "config.json").write_text(json.dumps(config))
    run(source, tmp_path / "out")
    assert "not loaded for a check" in capsys.readouterr().err
    shutil.rmtree(tmp_path / "out")
