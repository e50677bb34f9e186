"""Training on the rows of an embedding matrix that a stage's subwords need, and on no others.

A vocabulary of 250,000 subwords takes most of a small encoder's weights, and a stage's data holds a few
thousand of them. A row that does not occur has gradient and moments of zero and no share in the clipped norm;
AdamW only multiplies it by one minus rate times decay at every update. So the rows that occur are trained as
a small matrix, and the others are multiplied once, at the end, by the product of these factors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

LARGEST_SHARE = 0.5
"""Share of a vocabulary from which on the whole matrix is trained: the gain would be small."""


class CompactEmbedding(nn.Module):
    """Some rows of an embedding matrix, looked up by the subword ids of the whole vocabulary.

    Parameters
    ----------
    full : nn.Embedding
        Left as it is until `expand`.
    subword_ids : Tensor of int64, shape (row,)
        Distinct ids of the rows to train.

    Attributes
    ----------
    weight : nn.Parameter, shape (row, width)
    decay : Tensor of float64, scalar
        Product of the factors by which rows that do not occur have been multiplied; part of `state_dict`, so
        that weights kept at some update go with its own factor.
    """

    weight: nn.Parameter
    decay: Tensor
    places: Tensor

    def __init__(self, full: nn.Embedding, subword_ids: Tensor) -> None:
        super().__init__()
        self._full, self._ids = [full], subword_ids  # in a list: not a submodule, so neither moved nor saved
        self.weight = nn.Parameter(full.weight.detach()[subword_ids].clone())
        self.register_buffer("decay", torch.ones((), dtype=torch.float64))
        places = torch.full((full.num_embeddings,), -1, dtype=torch.int32)
        places[subword_ids] = torch.arange(len(subword_ids), dtype=torch.int32)
        self.register_buffer("places", places, persistent=False)
        self._padding_place = None if full.padding_idx is None else int(places[full.padding_idx])

    def forward(self, subword_ids: Tensor) -> Tensor:
        """Look rows up; an id that has none raises IndexError on the CPU."""
        return functional.embedding(self.places[subword_ids], self.weight, padding_idx=self._padding_place)

    def decay_absent_rows(self, factor: float) -> None:
        """Note that an update multiplied all weights by `factor` before its step."""
        self.decay.mul_(factor)

    def expand(self) -> nn.Embedding:
        """Give the whole matrix, with the trained rows and the others decayed."""
        (full,) = self._full
        with torch.no_grad():
            full.weight.mul_(float(self.decay))
            full.weight[self._ids] = self.weight.to(full.weight)
        return full


def compact_embedding(model: nn.Module, backbone: Any, subword_ids: Iterable[int]) -> CompactEmbedding | None:
    """Put a `CompactEmbedding` in the place of an encoder's embedding matrix, where that changes nothing.

    Parameters
    ----------
    model : nn.Module
        Searched for other uses of the matrix: one that is tied is left as it is.
    backbone : transformers.PreTrainedModel
        The encoder within `model`.
    subword_ids : iterable of int
        Of everything that the model will read until `expand_embedding`: training and validation examples
        and padding.

    Returns
    -------
    CompactEmbedding or None
        None where the matrix is frozen, tied, not a plain `nn.Embedding` that only looks rows up, or where
        more than `LARGEST_SHARE` of its rows occur.
    """
    table = _input_embedding(backbone)
    if table is None or not table.weight.requires_grad:
        return None
    uses = [at for at in model.named_modules(remove_duplicate=False) if at[1] is table]
    shares = [p for _, p in model.named_parameters(remove_duplicate=False) if p is table.weight]
    ids = torch.tensor(sorted(set(subword_ids)))
    if len(uses) != 1 or len(shares) != 1 or len(ids) > LARGEST_SHARE * table.num_embeddings:
        return None
    compact = CompactEmbedding(table, ids)
    _replace(model, table, compact)
    return compact


def expand_embedding(model: nn.Module) -> None:
    """Put the whole matrix back in the place of every `CompactEmbedding`."""
    for module in list(model.modules()):
        if isinstance(module, CompactEmbedding):
            full = module.expand()
            _replace(model, module, full.to(module.weight.device))


def _input_embedding(backbone: Any) -> nn.Embedding | None:
    if not hasattr(backbone, "get_input_embeddings"):
        return None
    try:
        table = backbone.get_input_embeddings()
    except NotImplementedError:  # how transformers says that an architecture has none
        return None
    if type(table) is not nn.Embedding:
        return None
    plain = table.max_norm is None and not table.scale_grad_by_freq and not table.sparse
    return table if plain else None


def _replace(model: nn.Module, old: nn.Module, new: nn.Module) -> None:
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if child is old:
                setattr(parent, name, new)
