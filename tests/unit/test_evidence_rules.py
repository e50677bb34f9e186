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
    ("The label error rate for Georgian is 31.5%.", "contradicted"),
    ("The label error rate for Georgian is 5.8%.", "supported"),
    ("Coordination has an error rate of 19.7% in Basque.", "supported"),
    ("Coordination has an error rate of 61.2% in Basque.", "contradicted"),
    ("Errors are independent of sentence length.", "not found"),
    ("Models trained on HillNER are better than models trained on WikiANN.", "supported"),
    ("Models trained on WikiANN are better than models trained on HillNER.", "contradicted"),
    ("mBERT trained on WikiANN reaches 31.7 F1 on HillNER.", "supported"),
    ("A conditional random field trained on HillNER reaches 40.6 F1.", "supported"),
    ("The training set has 6120 sentences in Basque.", "supported"),
    ("The training set has 7120 sentences in Basque.", "contradicted"),
    ("Three annotators worked for four months.", "supported"),
    ("Training stopped at the 30th epoch.", "contradicted"),
    ("The batch size was 128.", "contradicted"),
    ("Basque showed the longest average distance of errors.", "contradicted"),
    ("The model performed well on the test set.", "contradicted"),
    ("XLM-R reaches 71.3 F1 on HillNER.", "not found"),
    ("The attachment error rate for Turkish is 12.0%.", "not found"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    (folder / "errors.md").write_text(PAPER, encoding="utf-8")
    return Index(read_folder(folder).documents)


@pytest.mark.parametrize(("claim", "gold"), CLAIMS)
def test_verdicts_on_a_paper_with_errors_and_counts(index, claim, gold):
    verdict = make_verifier("rules", Options()).verify(claim, index)
    assert verdict.word == gold or (gold == "not found" and verdict.word == "related"), verdict
