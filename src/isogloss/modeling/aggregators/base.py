"""Interface of aggregators over layers; imports no torch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationError
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
        """Make the module, for an encoder that `validate_for` does not refuse.

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
        what, allowed = _fault(name, kind, field, problem)
        raise FieldError(what, where=where, allowed=allowed) from None


def _fault(
    name: str, kind: type[AggregatorConfig], field: str, problem: ErrorDetails
) -> tuple[str, str | None]:
    """What is wrong with an option, and what is allowed instead."""
    if problem["type"] == "extra_forbidden":
        return f"aggregator '{name}' has no option '{field}'", closest(field, kind.model_fields)
    what, allowed = fault_of(problem, repr(problem["input"]))
    if problem["type"] == "missing":
        what, allowed = f"option '{field}' of aggregator '{name}' is missing", None
    else:
        what = f"option '{field}' of aggregator '{name}': {what}"
    if field == "layer":
        allowed = "the number of a layer, from 0 (the embedding output) to the one below the last"
    return what, allowed


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


class NarrowedConfig(AggregatorConfig):
    """Settings of an aggregator with networks that are narrower inside than the encoder.

    Parameters
    ----------
    reduction : int
        The bottleneck r; must divide the encoder's width.
    """

    reduction: int = Field(default=4, ge=1)

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse a bottleneck that does not divide the width."""
        if width % self.reduction:
            divisors = [str(r) for r in range(1, 33) if width % r == 0]
            raise FieldError(
                f"{self.name} reduction {self.reduction} does not divide the encoder's width {width}",
                allowed=f"a divisor: {', '.join(divisors)}",
            )


class ContextConfig(NarrowedConfig):
    """Settings of an aggregator with local and global context.

    Parameters
    ----------
    reduction : int
        As in `NarrowedConfig`.
    norm : {"layer", "batch"}
        Layer norm works at batch size one; batch norm is that of Dai et al., here over real subwords only.
    convolutions : {"separate", "shared"}
        Two convolutions a branch, or two that both branches share: the paper's words allow both readings.
    """

    norm: Literal["layer", "batch"] = "layer"
    convolutions: Literal["separate", "shared"] = "separate"
