"""Fixtures shared by all tests, and three rules: one thread, a stated precision, no unexpected skip."""

import os
from pathlib import Path
from unittest import mock

import hypothesis
import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"
# Before torch is imported, here or in a command that a test starts. The models of the tests are so small that
# threads only wait for each other, and the workers of pytest-xdist would fight for the cores.
os.environ["OMP_NUM_THREADS"] = "1"

# A busy machine is slow at times: no example fails for the time it takes. Always the same examples.
hypothesis.settings.register_profile("isogloss", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("isogloss")

DEV_DATA = "ISOGLOSS_DEV_DATA"
NO_DEV_DATA = f"{DEV_DATA} names no folder with real data"
NO_TOOL = ("no Chromium is installed", "ISOGLOSS_AXE names no axe.min.js", "no TeX is installed")
EXPECTED_SKIPS = NO_TOOL if os.environ.get(DEV_DATA) else (NO_DEV_DATA, *NO_TOOL)
"""Reasons for which a test may be skipped; any other skip is a failure: a test nobody runs tests nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--processor-flags",
        metavar="FLAGS",
        help="Pretend that the processor has these instruction sets, such as 'amx_bf16', or '' for none.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Hide the GPU, before torch looks for it, from all but the tests that ask for one."""
    if "gpu" not in config.option.markexpr.replace("not gpu", ""):
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Keep what a test computes from what the processor happens to have.

    Around the whole test, so that fixtures of its module, which train models, are included.
    """
    from isogloss.modeling import device

    flags = item.config.getoption("--processor-flags")
    if item.get_closest_marker("numerics"):
        with mock.patch.multiple(device, has_cuda_device=bool, processor_flags=_refuse_auto):
            return (yield)
    if flags is not None:
        with mock.patch.multiple(device, processor_flags=lambda: frozenset(flags.split())):
            return (yield)
    return (yield)


def _refuse_auto() -> frozenset[str]:
    raise AssertionError("a numerical test left its precision to the machine: state precision fp32")


def _dev_folder(*parts: str) -> Path:
    folder = os.environ.get(DEV_DATA)
    if not folder:
        pytest.skip(NO_DEV_DATA)
    found = Path(folder, *parts)
    assert found.is_dir(), f"{DEV_DATA}={folder}, but the folder {found} does not exist"
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data, in the folder that `ISOGLOSS_DEV_DATA` names; tests that ask for it are skipped without."""
    return _dev_folder("data")


@pytest.fixture(scope="session")
def shared_papers() -> Path:
    """Real papers with labelled claims, in the folder that `ISOGLOSS_DEV_DATA` names."""
    return _dev_folder("cases", "papers")


@pytest.fixture(scope="session")
def xtreme(shared_data: Path) -> Path:
    """The directory in XTREME layout."""
    return shared_data / "xtreme"


def _fail_if_unexpected(report: pytest.TestReport | pytest.CollectReport, reason: str) -> None:
    expected = any(known in reason for known in EXPECTED_SKIPS)
    if report.skipped and not expected and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"unexpected skip: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    _fail_if_unexpected(report, str(call.excinfo.value) if call.excinfo else "")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Treat a module that skips itself like a test."""
    report = yield
    _fail_if_unexpected(report, str(report.longrepr))
    return report


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder of 3 layers x 32 with random weights in the hub's layout, and a word-piece vocabulary."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    from isogloss.tasks.base import TASKS

    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    task = TASKS["mini-paws"]
    texts = [
        text
        for language in ("en", "de", "fr", "es", "zh")
        for example in task.load(None, language, "train").examples[:200]
        for text in (example.text_a, example.text_b)
    ]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=800, special_tokens=special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        **dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=True)),
    ).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=160,
    )
    BertModel(config).save_pretrained(folder)
    return folder
