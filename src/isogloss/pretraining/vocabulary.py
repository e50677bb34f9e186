"""Learning a subword vocabulary from text."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from isogloss.pretraining.settings import PretrainSettings

K = TypeVar("K")

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
CHARACTER_COVERAGE = 0.9995
"""Share of all characters of the text that the alphabet covers; rarer ones become [UNK], but for ASCII."""

MAX_ALPHABET_SHARE = 0.4
"""Of all pieces, at most so many are the first characters of words."""

_MARK = "\N{LOWER ONE EIGHTH BLOCK}"
_ALWAYS = string.ascii_letters + string.digits + string.punctuation
MAX_TRAINING_TEXTS = 200_000

# Scripts written without spaces between words; a character goes with the marks that belong to it.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]\p{M}*"


def learn_wordpieces(texts: Mapping[str, Sequence[str]], settings: PretrainSettings) -> Any:
    """Learn a WordPiece vocabulary; the same texts and seed give the same vocabulary.

    Pieces are chosen by byte-pair encoding (Sennrich et al. 2016, section 3.2) over characters. The
    characters of scripts without spaces stand alone, so that a word has the same subwords in running text and
    in a list of words.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Language to texts.
    settings : PretrainSettings
        `vocabulary` is the largest number of pieces, special ones included. Language l is drawn with
        probability proportional to (its number of texts) ** `sampling_exponent`, so that small languages get
        pieces of their own. `max_positions`, and whether the architecture tells first and second sentences
        apart, are written into the tokenizer's configuration.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
    """
    from tokenizers import Tokenizer, models, normalizers, processors
    from transformers import PreTrainedTokenizerFast

    size, normaliser = settings.vocabulary, normalizers.NFKD()
    drawn = _sample(texts, settings.sampling_exponent, settings.seed)
    sample = [normaliser.normalize_str(text) for text in drawn]
    alphabet = _alphabet(sample, int(size * MAX_ALPHABET_SHARE))
    pieces = [*SPECIAL, *_characters(alphabet), *_merged(sample, alphabet, size)]
    ids = {piece: i for i, piece in enumerate(list(dict.fromkeys(pieces))[:size])}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normaliser
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    segment_input = [] if settings.architecture == "modernbert" else ["token_type_ids"]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_input_names=["input_ids", *segment_input, "attention_mask"],
        model_max_length=settings.max_positions,
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


def _alphabet(texts: Sequence[str], max_size: int) -> list[str]:
    """Most frequent characters, up to `CHARACTER_COVERAGE` of the text, and all of ASCII; sorted."""
    counts = Counter[str]()
    for text in texts:
        counts.update(text)
    needed = CHARACTER_COVERAGE * sum(counts.values())
    alphabet = set(_ALWAYS)
    covered = 0
    for character, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if covered >= needed or len(alphabet) >= max_size:
            break
        covered += count
        if not character.isspace():
            alphabet.add(character)
    return sorted(alphabet)


def _characters(alphabet: Sequence[str]) -> list[str]:
    """Every character as the beginning of a word, and as its continuation where words can go on with it."""
    pre_tokenizer = _pre_tokenizer()
    continuing = [c for c in alphabet if len(pre_tokenizer.pre_tokenize_str(f"a{c}")) == 1]
    return [*alphabet, *(f"##{character}" for character in continuing)]


def _merged(texts: Sequence[str], alphabet: Sequence[str], size: int) -> list[str]:
    """Longer pieces, most useful first.

    The library's own WordPiece trainer breaks ties at random. Its byte-pair trainer does not, as long as all
    characters are frequent; so words are marked at their beginning, and WordPiece's marks put there
    afterwards.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    known = set(alphabet)
    covered = ("".join(c if c in known else " " for c in text) for text in texts)
    tokenizer = Tokenizer(models.BPE())
    mark = pre_tokenizers.Metaspace(_MARK, prepend_scheme="always", split=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([_pre_tokenizer(), mark])
    trainer = trainers.BpeTrainer(vocab_size=size + len(alphabet), show_progress=False)
    tokenizer.train_from_iterator(covered, trainer)
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    pieces = [piece for piece, _ in ordered if len(piece) > 1]
    return [piece[1:] if piece.startswith(_MARK) else f"##{piece}" for piece in pieces]


def _pre_tokenizer() -> Any:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Split(Regex(_UNSPACED), "isolated"),
        ]
    )
