"""Small papers of our own, with invented numbers, for the tests and benchmarks of the evidence room."""

from pathlib import Path

MARKDOWN = """# Donor languages for tagging

## Abstract

We fine-tune mBERT on a donor language before English. Donor training adds 2.3 points on Basque.
Related donors help more than unrelated ones.

## Results

Table 1 shows zero-shot mBERT after English fine-tuning.

Table 1: NER F1 on the test set by model and target language.

| Model | German | Basque | Swahili | avg |
| --- | --- | --- | --- | --- |
| mBERT | 70.5 | 60.1 | 49.7 | 60.1 |
| mBERT + donor | 71.7 | 62.4 | 52.4 | 62.2 |
| XLM-R | 78.7 | 66.0 | 71.2 | 72.0 |

Table 2: POS accuracy. Row = fine-tuning language, column = evaluation language.

|    | EN | DE | FI |
| --- | --- | --- | --- |
| EN | 96.8 | 89.4 | 80.2 |
| DE | 84.0 | 94.0 | 77.1 |
| FI | 71.3 | 70.9 | 95.5 |

## Hyperparameters

We use a learning rate of 2e-5 and a hidden size of 768 for 3 epochs.

## References

Smith, J. 2019. Everything reaches 99.9% accuracy on Hungarian. In Proceedings.
"""

CLAIMS = (
    ("Zero-shot mBERT reaches 70.5 F1 on German NER.", "supported"),
    ("On average, XLM-R reaches 72.0 F1 on NER.", "supported"),
    ("Fine-tuned on German, mBERT reaches 77.1% POS accuracy on Finnish.", "supported"),
    ("Donor training adds 2.3 points on Basque.", "supported"),
    ("XLM-R outperforms mBERT on Swahili NER.", "supported"),
    ("Zero-shot mBERT reaches 75.5 F1 on German NER.", "contradicted"),
    ("Fine-tuned on Finnish, mBERT reaches 77.1% POS accuracy on German.", "contradicted"),
    ("XLM-R reaches 62.4 F1 on Basque NER.", "contradicted"),
    ("mBERT outperforms XLM-R on Basque NER.", "contradicted"),
    ("mBERT reaches 70.5 F1 on the XQuAD test set.", "not found"),
    ("Zero-shot mBERT reaches 70.5 F1 on Hungarian NER.", "not found"),
    ("A frozen embedding layer speeds up convergence.", "not found"),
)
"""Claims about MARKDOWN with their verdicts; related counts as not found."""


def write_papers(folder: Path) -> Path:
    """Write the paper and a second one that repeats two of its results."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "donors.md").write_text(MARKDOWN, encoding="utf-8")
    text = "Zero-shot mBERT reaches 70.5 F1 on German NER. Related donors help Basque most."
    (folder / "note.txt").write_text(f"A note on donors\n\n{text}\n", encoding="utf-8")
    return folder


def long_papers(folder: Path, n_papers: int = 20, n_pages: int = 50, words_a_page: int = 500) -> Path:
    """Write papers that repeat the body of the small one with other numbers, as text."""
    folder.mkdir(parents=True, exist_ok=True)
    body = MARKDOWN.partition("## References")[0]
    n_copies = round(n_pages * words_a_page / len(body.split()))
    for i in range(n_papers):
        parts = "\n\n".join(body.replace("70.5", f"{60 + i}.{j % 10}") for j in range(n_copies))
        (folder / f"{i}.md").write_text(f"# Paper number {i} of the long ones\n\n{parts}", encoding="utf-8")
    return folder
