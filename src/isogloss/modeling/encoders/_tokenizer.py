"""A tokenizer held against the file that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders._trust import TOKENIZER_CONFIG, read_json
from isogloss.modeling.encoders.identify.tokenizer_files import TOKENIZER, sentencepiece_file

PROBES = (
    "The cat sat on the mat, didn't it? (No: 12.5 %.)",
    "Der Größte aß süße Äpfel; où est l'élève?",
    "Кошка спит на старом диване.",
    "القطة تنام في البيت.",
    "बिल्ली घर में सो रही है।",
    "猫は家で寝ています。小猫在家里睡觉。",
    "고양이가 집에서 잔다. แมวนอนอยู่ในบ้าน",
    "ＡＢＣ １２３ ﬁne ① ½ ™",
    "e\u0301te\u0301 A\u030angstro\u0308m",
    "12\u00a0000 the\u3000cat a\u200bb so\u00adft",
    "ok 😀 x\ue000y",
)
"""Scripts, compatibility characters, decomposed accents, invisible characters, and one that nobody knows."""

Split = Callable[[str], list[str]]


def settle(tokenizer: Any, folder: Path) -> tuple[Any, str | None]:
    """Make sure that a tokenizer splits texts as its file says.

    The library's classes build normaliser and pre-tokeniser by their own rules instead of reading them: that
    of DeBERTa leaves out the normaliser of a sentencepiece model, for one. Where the subwords of a few texts
    show a difference, the file is right, since it is what the encoder was trained with.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
        As ``AutoTokenizer`` made it.
    folder : Path
        With ``tokenizer.json`` or a sentencepiece model; anything else is taken as it is, and so is a
        sentencepiece model that expects lower-case text, which the model file does not do itself.

    Returns
    -------
    tokenizer : transformers.PreTrainedTokenizerFast
    note : str or None
        What was put right.

    Raises
    ------
    CheckpointError
        If it still differs.
    """
    model = sentencepiece_file(folder)
    if (folder / TOKENIZER).is_file():
        from transformers import PreTrainedTokenizerFast

        if type(tokenizer) is PreTrainedTokenizerFast:  # made of the file and nothing else
            return tokenizer, None
        path, split, repair = folder / TOKENIZER, _as_described(folder), _from_description
    elif model is not None and "Lowercase" not in str(tokenizer.backend_tokenizer.normalizer):
        path, split, repair = model, _as_sentencepiece(model, tokenizer), _with_own_normaliser
    else:
        return tokenizer, None
    if (found := _first_difference(tokenizer, split)) is None:
        return tokenizer, None
    name = type(tokenizer).__name__
    repaired = repair(tokenizer, path)
    if (still := _first_difference(repaired, split)) is not None:
        raise CheckpointError(
            f"{name} splits {still!r} into {' '.join(_pieces(repaired, still))}, its file into "
            f"{' '.join(split(still))}",
            where=str(path),
            hint="save the tokenizer that the encoder was trained with as tokenizer.json next to the weights",
        )
    return repaired, f"split as {path.name} says: transformers' {name} splits {found!r} otherwise"


def as_saved(folder: Path) -> Any | None:
    """The tokenizer of a saved model, made of its file alone; None where the files do not suffice for that.

    It was settled before it was saved. The class that the library would choose builds the tokenizer of XLM-R
    twice, which takes three times as long.
    """
    from transformers.models.auto.tokenization_auto import tokenizer_class_from_name

    stated = read_json(folder / TOKENIZER_CONFIG)
    kind = tokenizer_class_from_name(str(stated.get("tokenizer_class")))
    names = stated.get("model_input_names") or getattr(kind, "model_input_names", None)
    if names is None or not (folder / TOKENIZER).is_file():
        return None
    return _made_of_file(folder, names)


def _made_of_file(folder: Path, input_names: Sequence[str]) -> Any:
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast.from_pretrained(
        str(folder), local_files_only=True, model_input_names=list(input_names)
    )


def _first_difference(tokenizer: Any, split: Split) -> str | None:
    return next((text for text in PROBES if _pieces(tokenizer, text) != split(text)), None)


def _pieces(tokenizer: Any, text: str) -> list[str]:
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    pieces: list[str] = tokenizer.convert_ids_to_tokens(ids)
    return pieces


def _as_described(folder: Path) -> Split:
    from tokenizers import Tokenizer

    described = Tokenizer.from_file(str(folder / TOKENIZER))
    described.no_truncation()
    described.no_padding()

    def split(text: str) -> list[str]:
        ids = described.encode(text, add_special_tokens=False).ids
        return [str(described.id_to_token(one)) for one in ids]

    return split


def _from_description(tokenizer: Any, path: Path) -> Any:
    return _made_of_file(path.parent, tokenizer.model_input_names)


def _as_sentencepiece(path: Path, tokenizer: Any) -> Split:
    from sentencepiece import SentencePieceProcessor

    model = SentencePieceProcessor(model_file=str(path))

    def split(text: str) -> list[str]:
        pieces = model.encode(text, out_type=str)
        return [tokenizer.unk_token if model.piece_to_id(one) == model.unk_id() else one for one in pieces]

    return split


def _with_own_normaliser(tokenizer: Any, path: Path) -> Any:
    """Give a tokenizer the normaliser of its sentencepiece model, and its rule for spaces."""
    from sentencepiece import sentencepiece_model_pb2 as messages
    from tokenizers import normalizers, pre_tokenizers

    stated = messages.ModelProto.FromString(path.read_bytes()).normalizer_spec
    backend = tokenizer.backend_tokenizer
    own = [normalizers.Precompiled(stated.precompiled_charsmap)] if stated.precompiled_charsmap else []
    backend.normalizer = normalizers.Sequence(own)
    scheme = "always" if stated.add_dummy_prefix else "never"
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme=scheme)]
    )
    return tokenizer
