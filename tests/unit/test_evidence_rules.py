"""What the rules compare on an invented paper: facets, losses, data sets, counts, denials."""

import pytest

from isogloss.evidence.reading import read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import Options, make_verifier

PAPER = """# Errors of parsers and taggers after transfer

## Abstract

We compare a Conditional Random Field (CRF) with mBERT on HillNER, a data set for Basque.

## Errors

Table 1: Error rates of the parser by language.

| Language | Attachment error rate | Label error rate |
| --- | --- | --- |
| Basque | 8.4% | 2.1% |
| Georgian | 31.5% | 5.8% |

The exceptionally high error rate for Georgian (31.5%) has many causes. Label errors were rarer than
attachment errors in both languages. We tested if errors are independent of sentence length.

### Coordination

It is hardest, particularly in Georgian (61.2%), while it is better handled in Basque (19.7%).

## Training data

Table 2: F1 on HillNER by training data.

| Model | trained on WikiANN | trained on HillNER |
| --- | --- | --- |
| CRF | 20.4 ± 0.3 | 40.6 ± 0.2 |
| mBERT | 31.7 ± 0.1 | 58.9 ± 0.4 |

Table 3: Number of sentences.

| Split | Basque | Georgian |
| --- | --- | --- |
| train | 6120 | 4510 |
| test | 780 | 640 |

Three annotators worked for four months. Training stopped at the 16th epoch, with a batch size of 64 and 12
layers. Basque showed the shortest average distance of errors. Our model performed poorly on the test set.
Any sampling made pretraining unstable.
"""

CLAIMS = [
    ("Georgian has a higher attachment error rate than Basque.", "supported"),
    ("Georgian has a lower attachment error rate than Basque.", "contradicted"),
    ("The label error rate for Georgian is 5.8%.", "supported"),
    ("Coordination has an error rate of 61.2% in Basque.", "contradicted"),
    ("Errors are independent of sentence length.", "not found"),
    ("Models trained on HillNER are better than models trained on WikiANN.", "supported"),
    ("Models trained on WikiANN are better than models trained on HillNER.", "contradicted"),
    ("On HillNER, mBERT is better with training on HillNER than with training on WikiANN.", "supported"),
    ("On HillNER, mBERT is better with training on WikiANN than with training on HillNER.", "contradicted"),
    ("Basque has more training sentences than Georgian.", "supported"),
    ("Georgian has more training sentences than Basque.", "contradicted"),
    ("mBERT trained on WikiANN reaches 31.7 F1 on HillNER.", "supported"),
    ("In the shared task of Vale, mBERT trained on HillNER reaches 58.9 F1 on HillNER.", "supported"),
    ("In the shared task of Vale, mBERT trained on HillNER reaches 55.2 F1 on HillNER.", "related"),
    ("The Basque training data has 6120 sentences.", "supported"),
    ("A conditional random field trained on HillNER reaches 40.6 F1.", "supported"),
    ("The training set has 6120 sentences in Basque.", "supported"),
    ("The training set has 7120 sentences in Basque.", "contradicted"),
    ("Three annotators worked for four months.", "supported"),
    ("Training stopped at the 30th epoch.", "contradicted"),
    ("Basque showed the longest average distance of errors.", "not found"),
    ("The model performed well on the test set.", "not found"),
    ("XLM-R reaches 71.3 F1 on HillNER.", "not found"),
    ("The attachment error rate for Turkish is 12.0%.", "not found"),
]


TRANSFER = """# Parsing Old English with help from its neighbours

Table 1: UAS and LAS (UAS%/LAS%) of parsers.

| Data | Copied | Reproduced |
| --- | --- | --- |
| de | 40.1/31.5 | 41.7/33.2 |
| is | 45.3/36.8 | 48.9/39.4 |
| sv+de | 43.2/34.9 | 44.6/35.1 |
| Old English | 60.7/47.2 | 61.3/48.5 |

Diff. between reproduced de and is: 7.2%.

Table 2: Correlation with transfer.

| Distance | Pearson | Spearman |
| --- | --- | --- |
| SYN | -0.31 | -0.46 |
| GEN | -0.33 | -0.39 |

| Lang | Test / EM | Dev / EM |
| --- | --- | --- |
| vro | 82.17 | 80.70 |
| deu | 93.95 | 93.28 |

Table 4: Edges found per treebank, and the percentage of enhanced edges.

| Treebank | Edges / LP | Edges / LR | Edges / LF | % Enhanced |
| --- | --- | --- | --- | --- |
| Polish | 73.3 | 71.7 | 72.5 | 2.61 |
| Latvian | 31.8 | 29.4 | 30.6 | 6.83 |

We adapt HelpNet with rank r=16 and alpha=32, and it has 51193168 parameters. The merged data has 194 281
sentences for training. Sizes go from 138 examples (Ludic) to 100310 (Turkish). HelpNet was entered in the
Parsing Race, where it came third. However, HelpNet still outperforms HashNet in the majority of pairs.
"""

CLAIMS_ON_TRANSFER = [
    ("Trained on Icelandic, the reproduced parser reaches 39.4 LAS on Old English.", "supported"),
    ("Reproduced, the parser of Swedish and German data reaches 44.6 UAS.", "supported"),
    ("Syntactic distance has a Spearman correlation of -0.46 with transfer.", "supported"),
    ("On the test set the exact match for German (deu) is 93.95.", "supported"),
    ("On edges of the Latvian treebank the recall is 29.4.", "supported"),
    ("On edges of the Latvian treebank the recall is 31.8.", "contradicted"),
    ("HelpNet is adapted with rank 16 and alpha 32.", "supported"),
    ("HelpNet has roughly 51 million parameters.", "supported"),
    ("The merged training data has 194,281 sentences.", "supported"),
    ("HelpNet won the Parsing Race.", "not found"),
]


TAGGING = """# Tagging with parts of models

## Abstract

We present TagNet, a tagger of many languages.

## Results

Table 1: Accuracy of tagging by source (row) and target language (column), and by number of sentences.

| | 100 / (da) | 100 / (no) | 1000 / (da) | 1000 / (no) |
| --- | --- | --- | --- | --- |
| (sv) | 81.4% | 76.5% | 92.6% | 90.2% |
| (no) | 83.1% | - | 93.1% | - |
| (da) | - | 77.6% | - | 90.1% |

Table 2: Ablation. Emb are embeddings, L layers.

| Model | BPE | XNLI / fr | XNLI / ru | XNLI / ∆ | NER / fr | NER / ru | NER / ∆ |
| --- | --- | --- | --- | --- | --- | --- | --- |
| Default | 80k | 73.6 | 68.7 | 0.0 | 79.8 | 60.9 | 0.0 |
| Sep Emb | - | 72.7 | 63.6 | -4.5 | 75.5 | 57.5 | -4.1 |
| Sep Emb + L1-3 | 40k/40k | 69.2 | 61.7 | -7.8 | 73.8 | 46.8 | -10.0 |
| Sep L1-6 | 40k/40k | 61.9 | 43.6 | -22.6 | 61.2 | 23.7 | -38.7 |

Table 3: Entity count by type in the training data of each domain.

| Domain | PER | ORG | LOC |
| --- | --- | --- | --- |
| News | 10,977 | 9,568 | 28,168 |
| UN | 1,094 | 25,875 | 12,718 |

Table 4: Accuracy of TagNet on treebanks of the individual languages.

| Treebank | Indiv. | Joint |
| --- | --- | --- |
| Dutch | 91.3 | 88.9 |
| Frisian | 70.2 | 74.4 |

On phrases with negation TagNet reaches 82.9 F1 in two classes, and 27.2 F1 in four. Most errors are in
nouns: … ; the rest is small. It takes 46.1s to tag a treebank on a CPU. The questions are 1190
question-answer pairs from SQuAD. TagNet warms up for the first 250 steps of training.
"""

CLAIMS_ON_TAGGING = [
    ("With Swedish as the source and 1000 sentences, accuracy on Norwegian is 90.2%.", "supported"),
    ("With Swedish as the source and 1000 sentences, accuracy on Norwegian is 76.5%.", "contradicted"),
    ("Trained on 100 Norwegian sentences, the tagger reaches 83.1% on Danish.", "supported"),
    ("With separate embeddings (Sep Emb), accuracy on Russian XNLI is 63.6%.", "supported"),
    ("The UN data contains 25,875 ORG entities.", "supported"),
    ("TagNet has an accuracy of 91.3 on Dutch with individual training.", "supported"),
    ("Tagging a treebank takes 46.1 seconds on a CPU.", "supported"),
    ("On phrases with negation, TagNet reaches 82.9 F1 in two classes.", "supported"),
    ("The LOC data of the UN domain has an accuracy of 91.3%.", "not found"),
    ("Nouns have more errors than the rest.", "not found"),
    ("1190 pairs of questions and answers are taken from SQuAD.", "supported"),
    ("TagNet warms up during the first 250 training steps.", "supported"),
]


def indexed(folder, text):
    (folder / "paper.md").write_text(text, encoding="utf-8")
    return Index(read_folder(folder).documents)


def is_right(claim, gold, index):
    word = make_verifier("rules", Options()).verify(claim, index).word
    return word == gold or (gold == "not found" and word == "related")


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    return indexed(tmp_path_factory.mktemp("errors"), PAPER)


@pytest.fixture(scope="module")
def transfer(tmp_path_factory):
    return indexed(tmp_path_factory.mktemp("transfer"), TRANSFER)


@pytest.fixture(scope="module")
def tagging(tmp_path_factory):
    return indexed(tmp_path_factory.mktemp("tagging"), TAGGING)


@pytest.mark.parametrize(("claim", "gold"), CLAIMS)
def test_verdicts_on_a_paper_with_errors_and_counts(errors, claim, gold):
    assert is_right(claim, gold, errors)


@pytest.mark.parametrize(("claim", "gold"), CLAIMS_ON_TRANSFER)
def test_verdicts_on_a_paper_with_codes_pairs_and_several_numbers(transfer, claim, gold):
    assert is_right(claim, gold, transfer)


@pytest.mark.parametrize(("claim", "gold"), CLAIMS_ON_TAGGING)
def test_verdicts_on_a_paper_with_sizes_at_the_head_of_columns(tagging, claim, gold):
    assert is_right(claim, gold, tagging)


def test_a_cell_that_accounts_for_less_does_not_contradict_what_a_sentence_states(errors):
    verdict = make_verifier("rules", Options()).verify(
        "Coordination has an error rate of 19.7% in Basque.", errors
    )
    assert verdict.word in ("supported", "related")
    assert any("19.7" in each.quote for each in verdict.shown)


@pytest.mark.parametrize("heads", [("de", "sw"), ("DE", "SW"), ("German", "Swahili"), ("de", "sw", "fr")])
@pytest.mark.parametrize("turned", [False, True])
def test_languages_head_columns_and_rows_however_few(tmp_path, heads, turned):
    numbers = {"mBERT": ("71.1", "49.7", "73.8"), "XLM-R": ("76.4", "66.5", "77.0")}
    rows = [("model", *heads), *((model, *scores[: len(heads)]) for model, scores in numbers.items())]
    rows = [*zip(*rows, strict=True)] if turned else rows
    lines = [f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])]
    table = "\n".join(lines)
    index = indexed(tmp_path, f"# Transfer to languages\n\nTable 1: Accuracy on XNLI\n\n{table}\n")
    for language, score, gold in (
        ("Swahili", "49.7", "supported"),
        ("Swahili", "71.1", "contradicted"),
        ("German", "49.7", "contradicted"),
    ):
        assert is_right(f"mBERT reaches {score} accuracy on XNLI in {language}.", gold, index)


def test_a_cell_that_is_too_coarse_to_tell_leaves_the_claim_open(tmp_path):
    table = "| model | German | Korean |\n|---|---|---|\n| mBERT | 78.1 | 58.3 |\n| RemBERT | 80.5 | 61 |"
    index = indexed(tmp_path, f"# Results of transfer on NER\n\nTable 1: F1 on NER\n\n{table}\n")
    claim = "RemBERT has an F1 of {} on NER in Korean."
    words = [make_verifier("rules", Options()).verify(claim.format(n), index).word for n in (61.4, 61, 65.4)]
    assert words == ["related", "supported", "contradicted"]


def test_a_bound_is_compared_with_what_it_counts(tmp_path):
    (tmp_path / "paper.md").write_text(
        "# Vectors\n\n## Training\n\nWe train the 300 dimensional embeddings of words over 10 iterations.\n"
    )
    index = Index(read_folder(tmp_path).documents)
    verdict = make_verifier("rules", Options()).verify(
        "Word embeddings were trained over 20 iterations.", index
    )
    assert verdict.word != "supported"


def test_a_passage_that_states_the_number_is_shown_whatever_the_verdict(tmp_path):
    lines = [
        "Zero-shot transfer to Basque is hard with mBERT.",
        "Transfer to Basque with mBERT is zero-shot.",
        "mBERT reaches Basque by transfer.",
        "Zero-shot results with mBERT are low.",
        "LAS is a measure.",
        "The LAS was 0.4731 in the end of all that we did and saw with it.",
    ]
    (tmp_path / "paper.md").write_text("# Trees\n\n## Results\n\n" + "\n\n".join(lines) + "\n")
    index = Index(read_folder(tmp_path).documents)
    claim = "Zero-shot transfer to Basque with mBERT reaches 47.31% LAS."
    verdict = make_verifier("rules", Options()).verify(claim, index)
    assert any("0.4731" in each.quote for each in verdict.shown)


def of(caption, *lines):
    """A caption, and the lines of a Markdown table with a bar between cells."""
    rows = [f"| {line} |" for line in lines]
    rows.insert(1, "|" + " --- |" * lines[0].count("|") + " --- |")
    return f"{caption}\n\n" + "\n".join(rows)


XQUAD = [
    of(f"Table {i}: {what} on XQuAD.", "Model | de | sw", f"mBERT | {a}", f"XLM-R | {b}")
    for i, what, a, b in ((1, "F1", "71.1 | 53.8", "76.5 | 68.2"), (2, "EM", "55.4 | 37.9", "60.3 | 51.7"))
]
QA = [
    of(f"Table {i}: F1 on {data}.", "Model | de | sw", f"mBERT | {a}", f"XLM-R | {b}")
    for i, data, a, b in (
        (1, "XQuAD", "71.1 | 53.8", "76.5 | 68.2"),
        (2, "MLQA", "55.4 | 37.9", "60.3 | 51.7"),
    )
]
MATRIX = ("de | sw", "de | 71.1 | 52.6", "sw | 55.7 | 60.5", "fr | 63.2 | 50.1")
ON_GERMAN = "mBERT fine-tuned on German reaches {} accuracy on Swahili XNLI."
PLAIN = [
    (
        [
            of(
                "Table 1: Accuracy on XNLI.",
                "Model | German | French",
                "mBERT | 71.1 | 73.8",
                "XLM-R | 76.5 | 78.2",
            )
        ],
        {
            "mBERT reaches 71.1 accuracy on XNLI in Swahili.": "not found",
            "InfoXLM reaches 71.1 accuracy on XNLI in German.": "not found",
        },
    ),
    (
        XQUAD,
        {
            "mBERT reaches 55.4 F1 on XQuAD in German.": "contradicted",
            "mBERT reaches 55.4 EM on XQuAD in German.": "supported",
        },
    ),
    (
        QA,
        {
            "mBERT reaches 55.4 F1 on XQuAD in German.": "contradicted",
            "mBERT reaches 55.4 F1 on MLQA in German.": "supported",
        },
    ),
    (
        [
            of(
                "Table 1: Accuracy on XNLI.",
                "Model | Params | de | sw",
                "mBERT | 110M | 71.1 | 53.8",
                "XLM-R | 270M | 76.5 | 68.2",
            )
        ],
        {"mBERT reaches 71.1 accuracy on XNLI in Swahili.": "contradicted"},
    ),
    (
        [of("Table 1: Accuracy on XNLI.", "Model | deu | swa", "mBERT | 71.1 | 53.8", "XLM-R | 76.5 | 68.2")],
        {"mBERT reaches 71.1 accuracy on XNLI in Swahili.": "contradicted"},
    ),
    (
        [
            of(
                "Table 1: Zero-shot accuracy.",
                "Model | XNLI (de) | XNLI (sw)",
                "mBERT | 71.1 | 53.8",
                "XLM-R | 76.5 | 68.2",
            )
        ],
        {
            "mBERT reaches 71.1 accuracy on XNLI in German.": "supported",
            "mBERT reaches 71.1 accuracy on XNLI in Swahili.": "contradicted",
        },
    ),
    (
        [
            of(
                "Table 1: BLEU on FLORES.",
                "Model | en→de | de→en | en→sw",
                "NLLB | 31.2 | 38.4 | 25.7",
                "M2M | 28.1 | 35.0 | 20.9",
            )
        ],
        {
            "NLLB reaches 38.4 BLEU from English to German.": "contradicted",
            "NLLB reaches 38.4 BLEU from German to English.": "supported",
        },
    ),
    (
        [
            of(
                "Table 1: Results on XQuAD.",
                " | German | | Swahili | ",
                "Model | F1 | EM | F1 | EM",
                "mBERT | 71.1 | 55.4 | 53.8 | 37.9",
                "XLM-R | 76.5 | 60.3 | 68.2 | 51.7",
            )
        ],
        {
            "mBERT reaches 55.4 EM on XQuAD in German.": "supported",
            "mBERT reaches 55.4 F1 on XQuAD in German.": "contradicted",
        },
    ),
    (
        [of("Table 1: Accuracy of mBERT on XNLI.", f"train / test | {MATRIX[0]}", *MATRIX[1:])],
        {ON_GERMAN.format(52.6): "supported", ON_GERMAN.format(55.7): "contradicted"},
    ),
    *(
        (
            [of(f"Table 1: Accuracy of mBERT on XNLI {what}.", f" | {MATRIX[0]}", *MATRIX[1:])],
            {ON_GERMAN.format(52.6): "supported", ON_GERMAN.format(55.7): "contradicted"},
        )
        for what in (
            "for source languages (rows) and target languages (columns)",
            "when fine-tuned on the row language and tested on the column language",
            "trained on the language of the row",
        )
    ),
    (
        [
            of(
                "Table 1: Accuracy of mBERT on XNLI.",
                "Language | Dev | Test",
                "German | 72.4 | 71.1",
                "Swahili | 55.0 | 53.8",
            )
        ],
        {"mBERT reaches a development accuracy of 71.1 on XNLI in German.": "contradicted"},
    ),
]


@pytest.mark.parametrize(("tables", "claims"), PLAIN)
def test_plain_tables_are_read_as_a_reader_does(tmp_path, tables, claims):
    text = "# A study of transfer\n\n## Abstract\n\nEncoders transfer.\n\n## Results\n\n" + "\n\n".join(
        tables
    )
    index = indexed(tmp_path, text)
    assert {claim: is_right(claim, gold, index) for claim, gold in claims.items()} == dict.fromkeys(
        claims, True
    )
