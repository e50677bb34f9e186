"""`--device` of the commands that compute, on a machine that lacks the device."""

import pytest
import torch
import yaml
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.errors import FieldError, StudyError


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)


def error_of(*arguments):
    return CliRunner().invoke(cli, [str(one) for one in arguments]).exception


@pytest.fixture
def study(tmp_path, tiny_encoder):
    content = {"source": {"task": "mini-paws", "language": "en"}, "encoder": str(tiny_encoder)}
    content |= {"targets": "de", "analysis": {"distances": "none"}}
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_an_absent_device_is_refused_before_anything_is_written(study, tiny_encoder, tmp_path):
    made = set(tmp_path.iterdir())
    out = tmp_path / "out"
    train = ("--task", "mini-paws", "--source", "en", "--encoder", tiny_encoder, "--out", out)
    for command in (
        ("run", study, "--out", out, "--device", "cuda:1"),
        ("run", study, "--out", out, "--set", "execution.device=cuda:1"),
        ("train", *train, "--device", "cuda:1"),
        ("predict", "model", "--input", "rows.tsv", "--device", "cuda:1"),
        ("layers", tiny_encoder, "--languages", "en,de", "--device", "cuda:1"),
    ):
        error = error_of(*command)
        assert isinstance(error, FieldError), (command, error)
        assert "no CUDA device" in str(error)
        assert "allowed: cpu" in str(error)
    assert set(tmp_path.iterdir()) == made


def test_what_is_no_device_is_named_with_its_place(study, tmp_path):
    error = error_of("run", study, "--out", tmp_path / "out", "--device", "gpu")
    assert isinstance(error, StudyError)
    assert "'gpu' is not a device" in str(error)
    assert "execution.device" in str(error)
