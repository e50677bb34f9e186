"""Linear layers that are not trained, with weights in the order in which oneDNN multiplies them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from transformers.activations import GELUActivation

from isogloss.modeling.forwarding import forwarded

_ROWS = 1024
"""Rows for which weights are ordered; any other number of rows is allowed."""


class PackedWeights:
    """Packed copies of the weights of a module's linear layers, for inference on a CPU.

    Products agree with torch's within rounding, and are faster: ``python -m bench products``. The copies
    take as much memory as the weights in `precision`, and do not follow when these change. There are none on
    other devices, and where torch was built without oneDNN.

    Parameters
    ----------
    module : nn.Module
    precision : torch.dtype
        To multiply in: torch.float32 or torch.bfloat16.
    """

    def __init__(self, module: nn.Module, precision: torch.dtype = torch.float32) -> None:
        found = {each: _linear_of(each) for each in module.modules()}
        inside = {layer for each, (layer, _) in found.items() if layer is not each}
        self._forwards = [
            (each, _forward(layer, activation, precision))
            for each, (layer, activation) in found.items()
            if layer is not None and each not in inside and _can_pack(layer, precision)
        ]

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """Let the layers multiply by the copies, within the context and without gradients."""
        with contextlib.ExitStack() as stack:
            for layer, forward in self._forwards:
                stack.enter_context(forwarded(layer, forward))
            yield


def _linear_of(module: Any) -> tuple[nn.Linear | None, str]:
    """The linear layer that a module is, and the activation behind it; None for other modules."""
    kind, activation = type(module), getattr(module, "intermediate_act_fn", None)
    if kind is nn.Linear:
        return module, "none"
    in_library = kind.__module__.startswith("transformers.models.") and kind.__name__.endswith("Intermediate")
    if in_library and type(activation) is GELUActivation and type(module.dense) is nn.Linear:
        return module.dense, "gelu"
    return None, ""


def _can_pack(layer: nn.Linear, precision: torch.dtype) -> bool:
    """Whether torch has the operations, for this device and these numbers."""
    is_built = bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]
    is_there = is_built and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    if not is_there or layer.weight.device.type != "cpu" or layer.weight.dtype != torch.float32:
        return False
    return precision == torch.float32 or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _forward(layer: nn.Linear, activation: str, precision: torch.dtype) -> Callable[[Tensor], Tensor]:
    weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach().to(precision), _ROWS)
    bias = None if layer.bias is None else layer.bias.detach().to(precision)

    def forward(states: Tensor) -> Tensor:
        rows = states.to(precision).contiguous()
        found: Tensor = torch.ops.mkldnn._linear_pointwise(rows, weight, bias, activation, [], "none")
        return found

    return forward
