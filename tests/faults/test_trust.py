"""Nothing that came with a model or lies beside the data runs unless the call says so."""

import builtins
import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub.utils import filter_repo_objects
from tiny_models import SENTENCE_CARD, save_encoder

import isogloss
from isogloss.cli.commands.run import run
from isogloss.errors import CheckpointError, StudyError
from isogloss.modeling.encoders._transformers import load_tokenizer
from isogloss.modeling.encoders.base import ENCODERS
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.model import load_model
from isogloss.pretraining.language_model import load_language_model
from isogloss.study.file.yaml_text import read_study
from isogloss.tasks.base import SentenceExample
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows

EXAMPLES = [SentenceExample(row, f"w{row} w1 w2", f"w3 w{row}", row % 2) for row in range(8)]
ROLES = ("AutoConfig", "AutoModel", "AutoModelForMaskedLM", "AutoTokenizer")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers a question, no address is reached, and trusted code is cached in the test's folder."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("asked on standard input, or for an address")

    monkeypatch.setattr(builtins, "input", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    cache = tmp_path / "modules"
    cache.mkdir()
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(cache))
    monkeypatch.setenv("HF_MODULES_CACHE", str(cache))
    monkeypatch.syspath_prepend(str(cache))


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """The file that code of a checkpoint writes when it runs."""
    return tmp_path / "ran.txt"


def write_code(folder: Path, ran: Path, *, model_type: str = "bert") -> None:
    """Put a module beside a checkpoint that says when it runs."""
    (folder / "own.py").write_text(
        f"""from pathlib import Path
from transformers import BertConfig, BertForMaskedLM, BertModel, PreTrainedTokenizerFast
Path({str(ran)!r}).write_text("ran")
class OwnConfig(BertConfig):
    model_type = {model_type!r}
class OwnModel(BertModel):
    config_class = OwnConfig
class OwnHead(BertForMaskedLM):
    config_class = OwnConfig
class OwnTokenizer(PreTrainedTokenizerFast):
    pass
"""
    )


def edit(path: Path, **fields: object) -> None:
    """Set fields of a JSON file, which may be absent."""
    known = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps(known | fields))


AUTO_MAP = {
    "AutoConfig": "own.OwnConfig",
    "AutoModel": "own.OwnModel",
    "AutoModelForMaskedLM": "own.OwnHead",
    "AutoTokenizer": ["own.OwnTokenizer", "own.OwnTokenizer"],
}
ELSEWHERE = {
    role: [f"acme/evil--{one}" for one in named] if isinstance(named, list) else f"acme/evil--{named}"
    for role, named in AUTO_MAP.items()
}
KIN = {
    "own code": {"config.json": {"auto_map": AUTO_MAP}},
    "a hub repository's": {"config.json": {"auto_map": ELSEWHERE}},
    "in the name of a hub id": {
        "config.json": {"auto_map": AUTO_MAP, "name_or_path": "acme/evil", "_name_or_path": "acme/evil"}
    },
    "believing itself": {"config.json": {"auto_map": AUTO_MAP, "trust_remote_code": True}},
    "nested": {
        "config.json": {
            "text_config": {"model_type": "bert", "auto_map": AUTO_MAP},
            "backbone_config": {"auto_map": ELSEWHERE},
            "encoders": [{"auto_map": AUTO_MAP}],
        }
    },
    "a tokenizer of a known class": {
        "tokenizer_config.json": {"auto_map": AUTO_MAP, "tokenizer_class": "BertTokenizer"}
    },
    "a tokenizer, old style": {
        "tokenizer_config.json": {
            "auto_map": AUTO_MAP["AutoTokenizer"],
            "tokenizer_class": "BertTokenizerFast",
            "name_or_path": "acme/evil",
        }
    },
    "processors": {
        "processor_config.json": {"auto_map": AUTO_MAP, "processor_class": "Evil"},
        "preprocessor_config.json": {"auto_map": AUTO_MAP, "processor_class": "Evil"},
    },
    "kernels": {
        "config.json": {
            "attn_implementation": "acme/evil",
            "_attn_implementation": "acme/evil",
            "use_kernels": True,
            "kernel_config": {"kernel_mapping": {"LayerNorm": "acme/evil:LayerNorm"}},
        }
    },
    "an adapter": {"adapter_config.json": {"base_model_name_or_path": "acme/evil", "peft_type": "LORA"}},
    "another configuration": {
        "config.json": {"configuration_files": ["config.4.0.0.json"]},
        "config.4.0.0.json": {"model_type": "bert", "auto_map": AUTO_MAP},
    },
    "a backbone": {"config.json": {"backbone": "acme/evil", "use_pretrained_backbone": True}},
}


def prepare(folder: Path, ran: Path, kin: str) -> None:
    write_code(folder, ran)
    for name, fields in KIN[kin].items():
        edit(folder / name, **fields)


def train(encoder: Path | str, output: Path, *, trust: bool = False, parent: Path | None = None) -> None:
    finetune(
        StartingPoint(str(encoder), trust_remote_code=trust, parent=parent),
        TrainingRows(SENTENCE_CARD, EXAMPLES),
        Recipe(("last", {}), TrainingSettings(steps=1, batch_size=8, max_length=32, precision="fp32")),
        output,
    )


@pytest.mark.parametrize("kin", KIN)
def test_an_encoder_that_needs_no_code_loads_without_running_any(kin: str, tmp_path: Path, ran: Path) -> None:
    encoder = save_encoder(tmp_path / "encoder")
    plain = load_identified(identify(str(encoder))).module.state_dict()
    prepare(encoder, ran, kin)
    loaded = load_identified(identify(str(encoder)))
    assert loaded.n_layers == 2
    assert all((plain[name] == tensor).all() for name, tensor in loaded.module.state_dict().items())
    assert not ran.exists()


@pytest.mark.parametrize("kin", KIN)
def test_a_model_folder_that_needs_no_code_loads_without_running_any(
    kin: str, tmp_path: Path, ran: Path
) -> None:
    folder = tmp_path / "model"
    train(save_encoder(tmp_path / "encoder"), folder)
    described = json.loads((folder / "config.json").read_text())
    prepare(folder, ran, kin)
    fields = KIN[kin].get("config.json", {})
    described["isogloss"]["trust_remote_code"] = True
    described["isogloss"]["encoder_config"] |= fields
    (folder / "config.json").write_text(json.dumps(described | fields))
    assert isogloss.load(folder).meta.labels == SENTENCE_CARD.labels
    train(tmp_path / "encoder", tmp_path / "second", parent=folder)
    assert not ran.exists()


@pytest.mark.parametrize("kin", KIN)
def test_what_pretraining_goes_on_from_runs_no_code(kin: str, tmp_path: Path, ran: Path) -> None:
    from transformers import AutoConfig, AutoModelForMaskedLM

    encoder = save_encoder(tmp_path / "encoder")
    AutoModelForMaskedLM.from_config(AutoConfig.from_pretrained(encoder)).save_pretrained(encoder)
    prepare(encoder, ran, kin)
    load_language_model(encoder)
    load_tokenizer(encoder)
    ENCODERS["bag-of-words"].rebuild({"hidden_size": 8}, encoder, trust_remote_code=False, dropout=None)
    assert not ran.exists()


def own_encoder(folder: Path, ran: Path) -> Path:
    """An encoder of a type that the library does not know."""
    save_encoder(folder)
    write_code(folder, ran, model_type="own-bert")
    edit(folder / "config.json", model_type="own-bert", auto_map=AUTO_MAP)
    return folder


def test_an_encoder_that_needs_code_is_one_error_before_anything_trains(tmp_path: Path, ran: Path) -> None:
    encoder = own_encoder(tmp_path / "encoder", ran)
    message = (
        r"needs Python code of its own, which was not run: "
        r"config\.json names own\.OwnConfig \(AutoConfig\), in "
        r"own\.py; config\.json names own\.OwnModel[\s\S]*where:   .*encoder[\s\S]*--trust-remote-code"
    )
    with pytest.raises(CheckpointError, match=message):
        load_identified(identify(str(encoder)))
    study = tmp_path / "study.yaml"
    study.write_text(
        f"source: {{task: mini-paws, language: en, examples: 8}}\ntargets: [en, de, es, fr, ja]\n"
        f"encoder: [{encoder}, mini]\n"
    )
    from isogloss.study.plan import make_plan

    with pytest.raises(StudyError, match=r"own\.py[\s\S]*study\.yaml, line 3, field encoder"):
        make_plan(read_study(study))
    file = read_study(study, trust_remote_code=True)
    assert [one.trust_remote_code for one in file.study.encoder] == [True, True]
    assert make_plan(file)
    assert not ran.exists()


def test_a_tokenizer_of_an_unknown_class_is_one_error(tmp_path: Path, ran: Path) -> None:
    folder = tmp_path / "model"
    encoder = save_encoder(tmp_path / "encoder")
    train(encoder, folder)
    for one in (encoder, folder):
        write_code(one, ran)
        edit(one / "tokenizer_config.json", auto_map=AUTO_MAP, tokenizer_class="OwnTokenizer")
    message = (
        r"tokenizer_config\.json names own\.OwnTokenizer \(AutoTokenizer\), in own\.py[\s\S]*--trust-remote"
    )
    for load in (lambda: isogloss.load(folder), lambda: load_identified(identify(str(encoder)))):
        with pytest.raises(CheckpointError, match=message):
            load()
    assert not ran.exists()
    assert isogloss.load(folder, trust_remote_code=True)
    assert ran.exists()


def test_trusted_code_is_saved_with_the_model_and_trusted_anew(tmp_path: Path, ran: Path) -> None:
    encoder = own_encoder(tmp_path / "encoder", ran)
    first, second = tmp_path / "first", tmp_path / "second"
    train(encoder, first, trust=True)
    assert ran.exists()
    train(encoder, second, trust=True, parent=first)
    states = load_model(second, trust_remote_code=True)[0].state_dict()
    shutil.rmtree(encoder)
    ran.unlink()
    for folder in (first, second):
        assert (folder / "own.py").is_file()
        with pytest.raises(CheckpointError, match=r"config\.json names own\.OwnModel"):
            isogloss.load(folder)
    assert not ran.exists()
    shutil.move(second, tmp_path / "moved")
    again = isogloss.load(tmp_path / "moved", trust_remote_code=True)
    assert type(again.encoder.backbone).__name__ == "OwnModel"
    assert all((states[name] == tensor).all() for name, tensor in again.state_dict().items())


def test_a_trusted_model_folder_asks_no_hub_for_code(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    train(save_encoder(tmp_path / "encoder"), folder)
    described = json.loads((folder / "config.json").read_text())
    described["isogloss"]["encoder_config"]["auto_map"] = ELSEWHERE
    (folder / "config.json").write_text(json.dumps(described))
    with pytest.raises(CheckpointError, match=r"not in its folder: .*of hub repository 'acme/evil'"):
        isogloss.load(folder, trust_remote_code=True)


def test_quantized_weights_are_refused(tmp_path: Path) -> None:
    encoder = save_encoder(tmp_path / "encoder")
    edit(encoder / "config.json", quantization_config={"quant_method": "acme", "load_in_4bit": True})
    with pytest.raises(CheckpointError, match=r"quantized weights \(acme\)"):
        load_identified(identify(str(encoder)))


def test_a_folder_may_be_called_like_a_built_in_encoder(tmp_path: Path) -> None:
    train(save_encoder(tmp_path / "bag-of-words"), tmp_path / "model")
    assert isogloss.load(tmp_path / "model").meta.encoder["spec"] == "bag-of-words"


def test_no_place_of_this_machine_is_saved(tmp_path: Path) -> None:
    encoder = save_encoder(tmp_path / "somewhere" / "encoder")
    edit(encoder / "tokenizer_config.json", name_or_path=str(encoder), tokenizer_file=str(encoder / "t.json"))
    edit(encoder / "config.json", _name_or_path=str(encoder))
    train(encoder, tmp_path / "first")
    train(encoder, tmp_path / "second", parent=tmp_path / "first")
    for folder in (tmp_path / "first", tmp_path / "second"):
        for path in folder.iterdir():
            content = path.read_bytes()
            assert str(tmp_path).encode() not in content, path
            assert b"local_files_only" not in content, path
        saved = json.loads((folder / "config.json").read_text())["isogloss"]
        assert saved["encoder"]["spec"] == "encoder"
        assert not saved["encoder_config"].keys() & {"_name_or_path", "name_or_path"}


MODULES = (
    "html",
    "json",
    "multiprocessing",
    "numpy",
    "pickle",
    "pyarrow",
    "pypdf",
    "torch",
    "typing",
    "yaml",
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder of modules that are called like those that isogloss uses."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name in MODULES:
        (folder / f"{name}.py").write_text(f"open('ran-{name}', 'w').close()\nraise ImportError('run')\n")
    return folder


def command(hostile: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "isogloss", *arguments],
        cwd=hostile,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_evidence_imports_nothing_from_the_current_folder(hostile: Path) -> None:
    (hostile / "a.html").write_text("<p>mBERT reaches 84.3 on XNLI.</p>")
    (hostile / "a.pdf").write_bytes(b"%PDF-1.4\n")
    done = command(hostile, "evidence", "mBERT on XNLI?", "--papers", ".", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert not list(hostile.glob("ran-*"))


def test_the_workers_of_a_study_import_nothing_from_the_current_folder(hostile: Path, tmp_path: Path) -> None:
    encoder = save_encoder(tmp_path / "encoder", positions=160)
    done = command(
        hostile,
        *("train", "--task", "mini-paws", "--source", "en", "--encoder", str(encoder), "--examples", "8"),
        *("--set", "steps=1", "--set", "max_length=32", "--selection", "none", "--out", "model"),
    )
    assert done.returncode == 0, done.stderr
    assert not list(hostile.glob("ran-*"))


def test_children_leave_out_the_current_folder_and_keep_what_pythonpath_names(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the caller has it on its own path, and where PYTHONPATH has an empty entry."""
    from isogloss.isolation import child_environment, isolated_children, module_command

    (tmp_path / "named").mkdir()
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(tmp_path / "named"), ""]))
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    environment = child_environment()
    assert environment["PYTHONPATH"] == str(tmp_path / "named")
    done = subprocess.run(
        module_command("isogloss", "--version"), env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"isogloss, version {isogloss.__version__}\n"), done.stderr
    with isolated_children():
        assert "" not in sys.path
        assert os.environ["PYTHONSAFEPATH"] == "1"
        assert os.environ["PYTHONPATH"] == str(tmp_path / "named")
    assert sys.path[0] == ""
    assert os.environ["PYTHONPATH"].startswith(os.pathsep)
    assert not list(hostile.glob("ran-*"))


def test_the_program_that_called_isogloss_is_not_run_again_in_its_children(tmp_path: Path) -> None:
    """As `multiprocessing` would, where a script has no guard around what it does."""
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "from isogloss.isolation import isolated_children\n"
        "print('begun', flush=True)\nwith isolated_children():\n"
        "    pool = ProcessPoolExecutor(1, multiprocessing.get_context('spawn'))\n"
        "    done = pool.submit(abs, -2)\n"
        "print(done.result(), __file__ == __import__('sys').argv[0])\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "begun\n2 True\n"), done.stderr


def test_an_empty_entry_of_pythonpath_is_no_place_to_import_from(
    hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from isogloss.isolation import leave_current_folder

    monkeypatch.chdir(hostile)
    monkeypatch.setattr(sys, "path", [str(Path.cwd()), *sys.path])
    for stated, stays in (("", True), ("/named", True), (f"{os.pathsep}/named", False)):
        monkeypatch.setenv("PYTHONPATH", stated)
        leave_current_folder()
        assert (str(hostile) in sys.path) is stays


def test_settings_of_a_repository_around_isogloss_run_nothing(tmp_path: Path) -> None:
    from isogloss.study.forecast.hardware import _git

    for arguments in (("init", "-q"), ("config", "core.fsmonitor", f"touch {tmp_path / 'ran'}; false")):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    _git(tmp_path, "status", "--porcelain", "--untracked-files=no")
    assert not (tmp_path / "ran").exists()


def in_cache(cache: Path, name: str, commit: str) -> Path:
    """Folder of a snapshot in the hub's cache."""
    store = cache / f"models--{name.replace('/', '--')}"
    (store / "refs").mkdir(parents=True)
    (store / "refs" / "main").write_text(commit)
    folder = store / "snapshots" / commit
    folder.mkdir(parents=True)
    return folder


def test_code_of_another_repository_is_saved_with_the_model(
    tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As GTE has it: weights in one repository, code in another; both in the hub's cache here."""
    cache = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    encoder = in_cache(cache, "acme/encoder", "0" * 40)
    save_encoder(encoder)
    code = in_cache(cache, "acme/evil", "1" * 40)
    write_code(code, ran, model_type="own-bert")
    elsewhere = {role: named for role, named in ELSEWHERE.items() if role != "AutoTokenizer"}
    edit(encoder / "config.json", model_type="own-bert", auto_map=elsewhere)
    with pytest.raises(CheckpointError, match=r"in own\.py of hub repository 'acme/evil'"):
        train("acme/encoder", tmp_path / "first")
    assert not ran.exists()
    train("acme/encoder", tmp_path / "first", trust=True)
    train("acme/encoder", tmp_path / "second", trust=True, parent=tmp_path / "first")
    shutil.rmtree(code)
    model = isogloss.load(tmp_path / "second", trust_remote_code=True)
    assert type(model.encoder.backbone).__name__ == "OwnModel"
    assert model.meta.encoder["spec"] == "acme/encoder"
    assert model.meta.encoder_config["auto_map"]


def test_of_a_hub_encoder_that_is_not_trusted_data_alone_is_fetched(
    tmp_path: Path, ran: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_encoder(tmp_path / "snapshot")
    prepare(folder, ran, "a hub repository's")
    asked: dict[str, object] = {}

    def snapshot(spec: str, **options: object) -> str:
        asked.update(options, spec=spec)
        return str(folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    identity = dataclasses.replace(
        identify(str(folder)), spec="acme/encoder", kind="hub", path=None, revision="c0ffee"
    )
    assert load_identified(identity).n_layers == 2
    assert (asked["spec"], asked["revision"]) == ("acme/encoder", "c0ffee")
    fetched = filter_repo_objects(
        ["model.safetensors", "config.json", "tokenizer.json", "own.py", "pytorch_model.bin", "onnx/x.json"],
        allow_patterns=asked["allow_patterns"],
        ignore_patterns=asked["ignore_patterns"],
    )
    assert list(fetched) == ["model.safetensors", "config.json", "tokenizer.json"]
    assert not ran.exists()


def test_a_study_with_an_intermediate_stage_runs_code_where_the_call_trusts_it(
    tmp_path: Path, ran: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = own_encoder(tmp_path / "encoder", ran)
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: own\n"
        "source: {task: mini-paws, language: en, examples: 8}\n"
        "intermediate: {task: mini-nli, languages: [de], examples: 8, baselines: []}\n"
        "targets: {languages: [en, fr], examples: 8}\n"
        f"encoder: {encoder}\n"
        "training: {steps: 1, max_length: 32}\n"
        "selection: none\n"
        "analysis: {distances: none}\n"
        "execution: {executor: inline}\n"
    )
    arguments = [str(study), "--out", str(tmp_path / "out")]
    with pytest.raises(StudyError, match=r"config\.json names own\.OwnModel"):
        run.main(arguments, standalone_mode=False)
    assert not ran.exists()
    run.main([*arguments, "--trust-remote-code"], standalone_mode=False)
    assert ran.exists()
    assert "failed" not in capsys.readouterr().err
    scores = (tmp_path / "out" / "scores.csv").read_text()
    assert scores.count("mini-paws") >= 2
