"""Fixtures shared by all tests, and the rule that an unexpected skip is a failure."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"
# The models of the tests are so small that threads only wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"

SHARED = Path(__file__).resolve().parents[2] / "shared"

NO_SHARED_DATA = "no ../shared/data beside the checkout"
NO_SHARED_PAPERS = "no ../shared/cases/papers beside the checkout"
EXPECTED_SKIPS = (NO_SHARED_DATA, NO_SHARED_PAPERS)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; a test that asks for it is skipped where it is absent."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(NO_SHARED_DATA)
    return data


@pytest.fixture(scope="session")
def shared_papers() -> Path:
    """Real papers with labelled claims beside the checkout; a test that asks for them is skipped without."""
    papers = SHARED / "cases" / "papers"
    if not papers.is_dir():
        pytest.skip(NO_SHARED_PAPERS)
    return papers


@pytest.fixture(scope="session")
def xtreme(shared_data: Path) -> Path:
    """The directory in XTREME layout."""
    return shared_data / "xtreme"


def is_expected_skip(reason: str) -> bool:
    """Whether a skip is one that a checkout without the real data has to show."""
    return any(expected in reason for expected in EXPECTED_SKIPS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip for any other reason into a failure: a test nobody runs tests nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(call.excinfo.value) if call.excinfo else ""
        if not is_expected_skip(reason):
            report.outcome = "failed"
            report.longrepr = f"unexpected skip: {reason}"
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
