"""What an aggregator over layers is; imports no torch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from isogloss.config import Frozen
from isogloss.errors import FieldError, closest
from isogloss.registry import Registry

if TYPE_CHECKING:
    from torch import nn


class AggregatorConfig(Frozen):
    """Settings of one aggregator; a file in ``modeling/aggregators/`` defines ``NAME`` and ``Aggregator``."""

    @abstractmethod
    def label(self) -> str:
        """How score tables name it: ``last``, ``D_3``."""

    @abstractmethod
    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse settings that an encoder of that shape cannot have.

        Raises
        ------
        FieldError
        """

    @abstractmethod
    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module.

        Its ``forward(hidden_states, mask)`` takes n_layers + 1 tensors of shape (batch, subword, width) (or
        one tensor with the layer as first axis) and a bool mask of shape (batch, subword), and returns
        one tensor (batch, subword, width) that is zero where the mask is False. Padding has no influence.
        After a call, ``last_weights`` holds the weights it used, or None.
        """


AGGREGATORS: Registry[type[AggregatorConfig]] = Registry(
    "aggregator", "isogloss.modeling.aggregators", "Aggregator"
)


def make_aggregator(name: str, options: Mapping[str, Any], *, where: str | None = None) -> AggregatorConfig:
    """Settings from a registry name and the options of a study file.

    Raises
    ------
    RegistryError
        If there is no such aggregator.
    FieldError
        If an option is unknown, missing or out of range.
    """
    kind = AGGREGATORS[name]
    try:
        return kind(**options)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        unknown = problem["type"] == "extra_forbidden"
        raise FieldError(
            f"aggregator '{name}' has no option '{field}'"
            if unknown
            else f"option '{field}' of aggregator '{name}': {problem['msg'].lower()}",
            where=where,
            allowed=closest(field, kind.model_fields) if unknown else None,
        ) from None
