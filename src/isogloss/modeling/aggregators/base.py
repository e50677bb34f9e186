"""Interface of aggregators over layers; imports no torch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from isogloss.errors import FieldError, closest
from isogloss.identity import Frozen, OneOrMore, fault_of
from isogloss.registry import Registry

if TYPE_CHECKING:
    from torch import nn


class AggregatorConfig(Frozen):
    """Settings of one aggregator; a file in ``modeling/aggregators/`` defines ``NAME`` and ``Aggregator``."""

    name: ClassVar[str]
    """Registry name, for `label`."""

    def label(self) -> str:
        """How score tables name it: ``last``, ``D_3``; by default its name with `departures`."""
        return self.name + self.departures()

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse settings that an encoder of that shape cannot have; by default all are fine.

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
        After a call, ``last_weights`` holds the share of every layer at every position, shape (n_layers + 1,
        batch, subword): it sums to one over the layers, is zero where the mask is False, and is a mean over
        the width where shares differ along it. It is None where layers have no shares.
        """

    def departures(self, *but: str) -> str:
        """Options that are not at their defaults, for the label: ``_r2_batch``; fields in `but` aside."""
        parts = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name not in but and value != field.default:
                parts.append(
                    value if isinstance(value, str) else name if value is True else f"{name[0]}{value}"
                )
        return "".join(f"_{part}" for part in parts)


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
        # A misspelt option is also a missing one; the misspelling is what to say.
        problem = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in problem["loc"])
        raise FieldError(
            _what_is_wrong(name, field, problem), where=where, allowed=_allowed(kind, field, problem)
        ) from None


def _what_is_wrong(name: str, field: str, problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        return f"aggregator '{name}' has no option '{field}'"
    if problem["type"] == "missing":
        return f"option '{field}' of aggregator '{name}' is missing"
    what, _ = fault_of(problem, repr(problem["input"]))
    return f"option '{field}' of aggregator '{name}': {what}"


def _allowed(kind: type[AggregatorConfig], field: str, problem: ErrorDetails) -> str | None:
    if problem["type"] == "extra_forbidden":
        return closest(field, kind.model_fields)
    if field == "layer":
        return "the number of a layer, from 0 (the embedding output) to the one below the last"
    return None if problem["type"] == "missing" else fault_of(problem, "")[1]


class ChosenLayers(AggregatorConfig):
    """Settings of an aggregator over chosen layers.

    Parameters
    ----------
    layers : tuple of int, optional
        0 is the embedding output; all layers by default.
    """

    layers: OneOrMore[int] | None = None

    def label(self) -> str:
        """The name, with the layers behind it: ``concat``, or ``concat_1_3``."""
        return "_".join([self.name, *(str(layer) for layer in self.layers or ())])

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse layers that there are not."""
        for layer in self.chosen(n_layers):
            if not 0 <= layer <= n_layers:
                raise FieldError(
                    f"{self.name} layer {layer} of an encoder with {n_layers}", allowed=f"0 to {n_layers}"
                )

    def chosen(self, n_layers: int) -> tuple[int, ...]:
        """Numbers of the layers of an encoder."""
        return tuple(range(n_layers + 1)) if self.layers is None else self.layers


def check_reduction(aggregator: str, reduction: int, width: int) -> None:
    """Refuse a bottleneck that does not divide the encoder's width.

    Raises
    ------
    FieldError
    """
    if width % reduction:
        divisors = [str(r) for r in range(1, 33) if width % r == 0]
        raise FieldError(
            f"{aggregator} reduction {reduction} does not divide the encoder's width {width}",
            allowed=f"a divisor: {', '.join(divisors)}",
        )
