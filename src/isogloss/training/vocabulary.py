"""Learning a subword vocabulary from text."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

K = TypeVar("K")

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTER_COVERAGE = 0.9995
"""Share of all characters of the text that the alphabet covers; rarer ones become [UNK], but for ASCII."""

_ALWAYS = string.ascii_letters + string.digits + string.punctuation
MAX_TRAINING_TEXTS = 200_000

# Scripts written without spaces are cut into characters, with the marks that belong to them, so that a word
# has the same subwords whether it stands in running text or alone in a word list.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]\p{M}*"


def learn_wordpieces(
    texts: Mapping[str, Sequence[str]],
    *,
    size: int,
    sampling_exponent: float,
    seed: int,
    max_length: int,
    segments: bool,
) -> Any:
    """Learn a WordPiece vocabulary; the same texts and seed give the same vocabulary.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Language to texts.
    size : int
        Number of pieces, special ones included.
    sampling_exponent : float
        Language l is drawn with probability proportional to (its number of texts) ** exponent, so
        that small languages get pieces of their own.
    seed : int
    max_length : int
        Written into the tokenizer's configuration.
    segments : bool
        The model tells first and second sentences of a pair apart.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    sample = _sample(texts, sampling_exponent, seed)
    normaliser = _normaliser()
    alphabet = _alphabet([normaliser.normalize_str(text) for text in sample])
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normaliser
    tokenizer.pre_tokenizer = _pre_tokenizer(pre_tokenizers)
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=list(SPECIAL), show_progress=False)
    # The trainer breaks ties between rare characters at random, so it only sees characters of the alphabet.
    covered = (
        "".join(c if c in alphabet else " " for c in normaliser.normalize_str(text)) for text in sample
    )
    tokenizer.train_from_iterator(covered, trainer)
    ids = {name: tokenizer.token_to_id(name) for name in SPECIAL}
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    segment_input = ["token_type_ids"] if segments else []
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_input_names=["input_ids", *segment_input, "attention_mask"],
        model_max_length=max_length,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def language_weights(sizes: Mapping[K, float], exponent: float) -> dict[K, float]:
    """Probability of each language: proportional to size ** exponent.

    References
    ----------
    Conneau and Lample (2019), section 3.1.
    """
    raw = {language: size**exponent for language, size in sizes.items() if size > 0}
    total = sum(raw.values())
    return {language: value / total for language, value in raw.items()}


def _sample(texts: Mapping[str, Sequence[str]], exponent: float, seed: int) -> list[str]:
    rng = np.random.default_rng([seed, 3])
    weights = language_weights({language: len(of) for language, of in texts.items()}, exponent)
    n_texts = min(MAX_TRAINING_TEXTS, sum(len(of) for of in texts.values()))
    counts = rng.multinomial(n_texts, list(weights.values()))
    return [
        texts[language][place]
        for language, count in zip(weights, counts, strict=True)
        for place in rng.integers(len(texts[language]), size=count)
    ]


def _alphabet(texts: Sequence[str]) -> set[str]:
    counts = Counter[str]()
    for text in texts:
        counts.update(text)
    needed = CHARACTER_COVERAGE * sum(counts.values())
    alphabet = set(_ALWAYS)
    covered = 0
    for character, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if covered >= needed:
            break
        alphabet.add(character)
        covered += count
    return alphabet


def _normaliser() -> Any:
    from tokenizers import normalizers

    return normalizers.NFKD()


def _pre_tokenizer(pre_tokenizers: Any) -> Any:
    from tokenizers import Regex

    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(Regex(_UNSPACED), "isolated"),
        ]
    )
