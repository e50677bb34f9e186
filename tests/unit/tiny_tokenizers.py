"""A tokenizer of each kind, trained on a few lines, and sentences that are hard to split at words."""

from functools import cache

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SPECIAL = {"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "<s>", "sep_token": "</s>"}
SPECIAL["mask_token"] = "<mask>"

LINES = (
    "the cat sat on the mat , and the other cat looked at the first cat .",
    "a dog does not sit ; it runs after the ball !",
    "In 1998 the river rose by 12.5 metres ( see page 40 ) .",
    "Der Hund schläft heute nicht , weil die Katze müde ist .",
    "Le garçon a mangé une pêche près de la forêt .",
    "Кошка спит на старом диване , а собака ест .",
    "القطة تنام في البيت القديم .",
    "बिल्ली घर में सो रही है ।",
    "猫 は 家 で 寝 て い ます 。",
    "小 猫 在 家 里 睡 觉 。",
    "고양이 가 집 에서 잔다 .",
    "แมว นอน อยู่ ใน บ้าน",
    "she said : « yes » - then “ no ” … and laughed 😀 😀",
)

WORDS = (
    ("the", "cat", "sat", "on", "the", "cat", "."),
    ("Cat",),
    (
        "(",
        "the",
        "dog's",
        "ball",
        ")",
        "isn't",
        "12.5",
        ",",
        "...",
        "!?",
        "«",
        "yes",
        "»",
        "http://x.org/a_b",
    ),
    ("猫", "は", "家", "で", "。", "小猫", "在", "家里", "。", "고양이가", "แมวนอน"),
    ("Кошка", "спит", ",", "القطة", "بيت", "बिल्ली", "।"),
    ("hello", "😀", "👩‍👩‍👧", "😀😀", "🇩🇪", "ok"),
    ("garc\u0327on", "pe\u0302che", "garçon", "e\u0301te\u0301", "A\u030angstro\u0308m"),
    ("the", "\u0301", "cat", "\u200b", "dog", "\ufeff", "\u00ad", "a"),
    ("\u200b", "cat", "\u200b"),
    ("\u200b",),
    ("1 000", "Hà Nội", "12\u00a0000", "the\u3000cat", "a  b"),
    (" ", "cat", "\u00a0", " dog", "mat "),
    ("<mask>", "cat", "<s>", "</s>", "x<mask>y"),
    ("unseen", "Ωmega", "ßtraße", "ﬁne", "①", "x" * 60, "cat"),
)
"""Punctuation, unspaced scripts, emoji, decomposed accents, words without subwords, words with spaces."""


def _wordpiece():
    built = Tokenizer(models.WordPiece(unk_token="<unk>"))
    built.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=None)
    built.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    built.decoder = decoders.WordPiece()
    return built, trainers.WordPieceTrainer, {}


def _unigram():
    built = Tokenizer(models.Unigram())
    built.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    built.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    built.decoder = decoders.Metaspace(prepend_scheme="always")
    return built, trainers.UnigramTrainer, {"unk_token": "<unk>"}


def _byte_level():
    """As ModernBERT's: no space in front of the first word."""
    built = Tokenizer(models.BPE())
    built.normalizer = normalizers.NFC()
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    built.decoder = decoders.ByteLevel()
    return built, trainers.BpeTrainer, {"initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}


def _byte_level_split():
    """As EuroBERT's: split by an expression of its own, in which numbers have no leading space."""
    built = Tokenizer(models.BPE(ignore_merges=True))
    expression = Regex(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+"
    )
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(expression, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    built.decoder = decoders.ByteLevel()
    return built, trainers.BpeTrainer, {"initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}


def _metaspace_bpe():
    """As Gemma's, and so mmBERT's: spaces become marks, and the text is not split before merging."""
    built = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    built.normalizer = normalizers.Replace(" ", "▁")
    built.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    built.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return built, trainers.BpeTrainer, {"initial_alphabet": ["▁"]}


_KINDS = {
    "WordPiece": _wordpiece,
    "Unigram": _unigram,
    "byte-level BPE": _byte_level,
    "byte-level BPE, split": _byte_level_split,
    "Metaspace BPE": _metaspace_bpe,
}
KINDS = tuple(_KINDS)


@cache
def trained(kind):
    """A tokenizer of some 400 subwords; the special ones have the first numbers, ``<s>`` 2."""
    built, trainer, options = _KINDS[kind]()
    special = list(SPECIAL.values())
    if kind == "Metaspace BPE":
        special += [f"<0x{byte:02X}>" for byte in range(256)]
    lines = LINES if kind != "Metaspace BPE" else [f" {word}" for line in LINES for word in line.split()]
    built.train_from_iterator(
        lines, trainer(vocab_size=650, special_tokens=special, show_progress=False, **options)
    )
    if kind == "Metaspace BPE":
        built = _without_bytes_as_specials(built)
    built.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[("<s>", built.token_to_id("<s>")), ("</s>", built.token_to_id("</s>"))],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=built,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **SPECIAL,
    )


def _without_bytes_as_specials(built):
    import json

    described = json.loads(built.to_str())
    described["added_tokens"] = [one for one in described["added_tokens"] if "0x" not in one["content"]]
    return Tokenizer.from_str(json.dumps(described))
