"""Folders with nothing but a sentencepiece model: its own subwords, or one clear refusal."""

import io
import json
from functools import cache

import pytest
import sentencepiece
from tiny_models import save_encoder
from tiny_tokenizers import LINES, WORDS, trained

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoders.identify.tokenizer_files import tokenizer_kind
from isogloss.modeling.encoding import split_at_words

DEBERTA = {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "pad_piece": "[PAD]", "unk_piece": "[UNK]"}
DEBERTA |= {"bos_piece": "[CLS]", "eos_piece": "[SEP]"}
CASES = [
    ("xlm-roberta", "sentencepiece.bpe.model", {}),
    ("camembert", "sentencepiece.bpe.model", {}),
    ("deberta-v2", "spm.model", DEBERTA),
]
TEXTS = [" ".join(words) for words in WORDS if "<mask>" not in words] + list(LINES)


@cache
def model(kind="unigram", **options):
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=written,
        model_type=kind,
        vocab_size=300,
        hard_vocab_limit=False,
        minloglevel=2,
        **options,
    )
    return written.getvalue()


def folder_with(tmp_path, architecture, file, content, positions=80):
    folder = save_encoder(tmp_path / "encoder", architecture, subwords=400, positions=positions)
    for path in folder.glob("tokenizer*.json"):
        path.unlink()
    (folder / file).write_bytes(content)
    return folder


@pytest.mark.parametrize(("architecture", "file", "options"), CASES)
def test_its_subwords_are_those_of_the_model(tmp_path, architecture, file, options):
    content = model(**options)
    folder = folder_with(tmp_path, architecture, file, content)
    assert tokenizer_kind(folder) == f"sentencepiece model ({file})"
    tokenizer = load_identified(identify(str(folder))).tokenizer
    reference = sentencepiece.SentencePieceProcessor(model_proto=content)
    for text in TEXTS:
        found = tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])
        pieces = reference.encode(text, out_type=str)
        known = [tokenizer.unk_token if reference.piece_to_id(p) == reference.unk_id() else p for p in pieces]
        assert found == known, text


@pytest.mark.parametrize(("architecture", "file", "options"), CASES)
def test_its_subwords_stay_the_same_in_a_model_folder(tmp_path, architecture, file, options):
    """What the first stage saves is what the second one reads."""
    folder = folder_with(tmp_path, architecture, file, model(**options))
    first = load_identified(identify(str(folder))).tokenizer
    first.save_pretrained(tmp_path / "stage")
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "stage" / name).write_bytes((folder / name).read_bytes())
    second = load_identified(identify(str(tmp_path / "stage"))).tokenizer
    for text in TEXTS:
        assert first(text) == second(text) and first(text, text) == second(text, text)
    one, other = (list(split_at_words(WORDS, tokenizer)) for tokenizer in (first, second))
    assert [(a.tolist(), b.tolist()) for a, b in one] == [(a.tolist(), b.tolist()) for a, b in other]


def test_a_model_that_the_library_misreads_is_refused(tmp_path):
    """A model of byte pairs under a class that reads it as unigrams."""
    folder = folder_with(tmp_path, "xlm-roberta", "sentencepiece.bpe.model", model("bpe"))
    with pytest.raises(CheckpointError, match=r"XLMRobertaTokenizer splits .* its file into .*\n  where: "):
        load_identified(identify(str(folder)))


@pytest.mark.parametrize("hidden", ["sentencepiece", "google.protobuf"])
def test_without_the_library_the_refusal_names_it(tmp_path, monkeypatch, hidden):
    folder = folder_with(tmp_path, "deberta-v2", "spm.model", model(**DEBERTA))
    monkeypatch.setattr(
        "isogloss.modeling.encoders.identify.tokenizer_files.is_installed", lambda name: name != hidden
    )
    package = {"google.protobuf": "protobuf"}.get(hidden, hidden)
    with pytest.raises(
        CheckpointError,
        match=rf"spm\.model cannot be read without the package {package}\n(.*\n)+.*pip install",
    ):
        identify(str(folder))


@pytest.mark.parametrize("name", ["DebertaV2Tokenizer", "XLMRobertaTokenizer", "RemBertTokenizer"])
def test_a_class_that_reads_its_file_otherwise_is_put_right(tmp_path, name):
    folder = save_encoder(tmp_path, "bert", subwords=400)
    expected = trained("Unigram")
    expected.save_pretrained(folder)
    config = json.loads((folder / "tokenizer_config.json").read_text()) | {"tokenizer_class": name}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    encoder = load_identified(identify(str(folder)))
    assert f"transformers' {name} splits" in encoder.note
    for text in TEXTS:
        assert encoder.tokenizer(text, text) == expected(text, text)
