"""Labels of files that a task does not know: collected over a whole file and reported with their cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from isogloss.errors import DataError, some_of

_HEADERS = frozenset(
    {
        *("annotation", "category", "class", "gold", "gold_label", "intent", "label", "labels", "ner"),
        *("ner_tag", "ner_tags", "pos", "sentiment", "tag", "tags", "target", "upos", "y"),
    }
)
_NO_LABEL = frozenset(("", "-", "--", "-1", "-100", "?", "_", "n/a", "na", "nan", "none", "null", "unk"))
_OTHER_SCHEMES = {"S": "iobes", "E": "iobes", "L": "bilou", "U": "bilou"}


class UnknownLabels:
    """Remembers the labels of a file that are not known.

    Parameters
    ----------
    index : mapping of str to int
        Label to class index.
    own : bool
        A study file declares the task: hints name its fields.
    """

    def __init__(self, index: Mapping[str, int], *, own: bool) -> None:
        self.index, self.own = index, own
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def note(self, label: str, place: str) -> None:
        """Remember a label that is not known, and where it stands first."""
        self.counts[label] += 1
        self.first.setdefault(label, place)

    def stop(self, path: Path) -> None:
        """Report every label that was not known.

        Raises
        ------
        DataError
        """
        if not self.counts:
            return
        label, place = next(iter(self.first.items()))
        if len(self.counts) == 1:
            n = self.counts[label]
            what = f"unknown label '{label[:40]}'" + (f", {n:,} times" if n > 1 else "")
        else:
            listed = [
                f"'{one[:40]}' ({n:,} time{'s' * (n > 1)}, first at {self.first[one]})"
                for one, n in self.counts.items()
            ]
            what = f"{len(self.counts)} unknown labels: {some_of(listed, 20)}"
        raise DataError(
            what,
            where=f"{path}, {place}, field 'label'",
            allowed=f"one of: {', '.join(sorted(self.index))}",
            hint=self._hint(label, place),
        )

    def _hint(self, label: str, place: str) -> str:
        """Name the cause where it can be found. A label is never corrected by its spelling."""
        if place in ("line 1", "row 0") and label.strip().lower() in _HEADERS:
            return "the first line looks like a header: " + ("set header: true" if self.own else "remove it")
        return (
            self._spelling() or self._scheme() or self._undeclared() or "correct the label or remove the row"
        )

    def _spelling(self) -> str | None:
        """Name a label that differs from a known one in its case or in white space."""
        folded = {known.casefold(): known for known in self.index}
        for one in self.counts:
            same = folded.get(one.strip().casefold())
            if same is not None:
                difference = "white space" if one.strip() == same else "upper and lower case"
                return f"'{one}' and '{same}' differ in {difference} only: write one of them everywhere"
        return None

    def _scheme(self) -> str | None:
        """Name another scheme of tags than BIO."""
        scheme = next((_OTHER_SCHEMES[one[0]] for one in self.counts if re.match(r"[SELU](-|$)", one)), None)
        if scheme is None:
            return None
        remedy = f"set scheme: {scheme}" if self.own else "convert the tags to BIO"
        return f"the tags seem to be {scheme.upper()}, not BIO: {remedy}"

    def _undeclared(self) -> str | None:
        """Name the field of a study file that says how the labels are meant."""
        if not self.own:
            return None
        empty = [one for one in self.counts if one.strip().lower() in _NO_LABEL]
        if empty:
            return f"if {empty[0]!r} stands for no label, declare it: unlabelled: [{empty[0]!r}]"
        if all(re.fullmatch(r"\d+", one) for one in self.counts):
            return (
                "numbers are class indices only where the file, dataset_info.json or README.md next to it "
                "names the classes; otherwise write the numbers as `labels`"
            )
        return None
