"""A trained model that labels texts: read from its folder, called with sentences, pairs or words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.display import Result
from isogloss.errors import DataError, some_of
from isogloss.identity import plain
from isogloss.inference.inputs import read_inputs, unlabelled
from isogloss.inference.prediction import Prediction, meta_of, predict_stream
from isogloss.modeling.device import Precision, find_device
from isogloss.modeling.model import TransferModel, load_as
from isogloss.tasks._opening import check_text
from isogloss.tasks.base import Example, WordExample

if TYPE_CHECKING:
    import pandas as pd

N_LISTED = 5
"""Wrong inputs are named up to so many, else counted."""

Input = str | Sequence[str]
"""A sentence; a pair of sentences; or the words of a sentence: what the task of the model reads."""


@dataclass(frozen=True, eq=False, repr=False)
class Predictions(Result):
    """Labels of a list of inputs.

    Parameters
    ----------
    classes : tuple of str
        Every label that the model knows, in the order of the probabilities.
    inputs : tuple of Example
    predictions : tuple of Prediction
        In the order of the inputs.
    """

    classes: tuple[str, ...]
    inputs: tuple[Example, ...]
    predictions: tuple[Prediction, ...]

    def __len__(self) -> int:
        return len(self.predictions)

    def __getitem__(self, index: int) -> Prediction:
        return self.predictions[index]

    @property
    def labels(self) -> list[str] | list[list[str]]:
        """The label of every input; of a word task the labels of its words."""
        if any(isinstance(one, WordExample) for one in self.inputs):
            return [list(found.labels) for found in self.predictions]
        return [found.labels[0] for found in self.predictions]

    def to_frame(self) -> pd.DataFrame:
        """One row per input, with the probability of every label; of a word task one row per word."""
        import pandas as pd

        rows: list[dict[str, object]] = []
        for example, found in zip(self.inputs, self.predictions, strict=True):
            if isinstance(example, WordExample):
                rows += [
                    {"sentence": found.row, "word": word, "label": label, "probability": float(shares.max())}
                    for word, label, shares in zip(
                        found.words, found.labels, found.probabilities, strict=True
                    )
                ]
                continue
            second = {} if example.text_b is None else {"text_b": example.text_b}
            shares = {
                f"p({label})": float(p) for label, p in zip(self.classes, found.probabilities[0], strict=True)
            }
            rows.append({"text_a": example.text_a, **second, "label": found.labels[0], **shares})
        return pd.DataFrame(rows)


class Classifier(TransferModel):
    """A trained model read from its folder; a torch module that labels texts."""

    def predict(self, inputs: Sequence[Input] | Path, *, precision: Precision = "fp32") -> Predictions:
        """Label texts.

        Parameters
        ----------
        inputs : sequence, or Path
            Sentences as strings, pairs of strings, or sentences as lists of words: what the task of the model
            reads. A path names a file as `isogloss predict` reads it.
        precision : {"fp32", "bf16"}

        Returns
        -------
        Predictions

        Raises
        ------
        DataError
            If an input is not of the kind that the model reads; every such input is named.
        """
        meta = meta_of(self)
        if isinstance(inputs, Path):
            examples = tuple(read_inputs(inputs, meta))
        else:
            examples = _examples(inputs, meta.n_texts)
        return Predictions(meta.labels, examples, tuple(predict_stream(self, examples, precision=precision)))


def load(folder: str | Path, *, device: str = "cpu", trust_remote_code: bool = False) -> Classifier:
    """Read a model folder back, bit for bit, in evaluation mode.

    Parameters
    ----------
    folder : str or Path
        As ``isogloss train`` or a stage of ``isogloss run`` wrote it.
    device : str
        ``"cpu"``, ``"cuda"``, ``"cuda:N"``, ``"mps"``, or ``"auto"``: CUDA where there is one.
    trust_remote_code : bool
        Run the Python code that lies in the folder, where its encoder has code of its own. What the folder
        says of itself does not count.

    Returns
    -------
    Classifier
        A torch module; `Classifier.predict` labels texts; `tokenizer` and `meta` are attributes.

    Raises
    ------
    CheckpointError
        If the folder is not a model of isogloss, its weights do not fit, or it needs untrusted code.
    FieldError
        If this machine has no such device.
    """
    chosen = find_device(device, where="device")
    return load_as(Classifier, Path(folder), trust_remote_code=trust_remote_code).to(chosen)


def _examples(inputs: Sequence[Input], n_texts: int) -> tuple[Example, ...]:
    allowed = (
        'a list of sentences as lists of words: [["one", "sentence"], ...]',
        'a list of sentences: ["one", "another"]',
        'a list of pairs of sentences: [("one", "another"), ...]',
    )[n_texts]
    # A data frame or a mapping hands out the names of its columns: labels of these would look like a result.
    if isinstance(inputs, str | Mapping) or not isinstance(inputs, Iterable) or hasattr(inputs, "columns"):
        what = "a single text" if isinstance(inputs, str) else f"an object of type {type(inputs).__name__}"
        raise DataError(f"{what} instead of a list", where="predict", allowed=allowed)
    wrong: list[str] = []
    examples: list[Example] = []
    for row, value in enumerate(inputs):
        parts = _parts(plain(value), n_texts)
        if parts is None:
            wrong.append(f"input {row} is {str(value)[:60]!r}")
            continue
        check_text(list(parts), f"predict, input {row}")
        examples.append(unlabelled(row, parts, n_texts))
    if wrong or not examples:
        what = some_of(wrong, N_LISTED, "; ") or "no input to label"
        raise DataError(what, where="predict", allowed=allowed)
    return tuple(examples)


def _parts(value: object, n_texts: int) -> tuple[str, ...] | None:
    """Texts of one input; None for an input of another kind, or with an empty text."""
    if n_texts == 1:
        value = (value,)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None
    parts = tuple(part for part in value if isinstance(part, str) and part.strip())
    return parts if parts and len(parts) == len(value) == (n_texts or len(value)) else None
