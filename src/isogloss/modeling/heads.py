"""Heads: from states to one label per sentence or per word."""

from __future__ import annotations

from torch import Tensor, nn

from isogloss.modeling.dropout import ExampleDropout, ExampleKeys
from isogloss.modeling.encoding import Batch


class UnitHead(nn.Module):
    """Dropout and a linear layer on one state per unit.

    For a sentence or a pair the unit's state is that of the first subword ([CLS], ``<s>``), for a word that
    of its first subword; `Batch.unit_positions` says which, so that both tasks share this head.

    Parameters
    ----------
    width : int
        Size of a state.
    n_labels : int
    dropout : float
    keys : ExampleKeys
        Source of the dropout masks.

    References
    ----------
    Devlin et al. (2019), section 4.1 for sentences, section 5.3 for words.
    """

    def __init__(self, width: int, n_labels: int, dropout: float, keys: ExampleKeys) -> None:
        super().__init__()
        self.dropout = ExampleDropout(dropout, keys)
        self.classifier = nn.Linear(width, n_labels)
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, states: Tensor, batch: Batch) -> Tensor:
        """Logits, shape (unit, label), from states of shape (batch, subword, width)."""
        gathered = states[batch.unit_rows, batch.unit_positions]
        kept = self.dropout.of_units(gathered, batch.unit_rows, batch.unit_positions)
        logits: Tensor = self.classifier(kept)
        return logits
