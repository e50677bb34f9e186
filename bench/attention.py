"""Attention: torch's fused kernel compared with the matrix products that isogloss uses on a CPU.

python -m bench attention [--heads 12] [--width 32]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from bench import contest


def main(arguments: list[str]) -> None:
    """Run the benchmark."""
    import torch
    from torch import Tensor
    from torch.nn import functional

    from isogloss.modeling.attention import by_products

    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--heads", type=int, default=12)
    options.add_argument("--width", type=int, default=32, help="of a head")
    options.add_argument("--threads", type=int, default=2)
    chosen = options.parse_args(arguments)
    torch.set_num_threads(chosen.threads)

    def products(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        return by_products(query * chosen.width**-0.5, key, value, mask).transpose(1, 2).contiguous()

    def fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
        states = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return states.transpose(1, 2).contiguous()

    def milliseconds(
        function: Callable[..., Tensor], length: int, kind: torch.dtype, *, train: bool
    ) -> float:
        shape = (32, length, 3, chosen.heads, chosen.width)
        states = torch.randn(shape).to(kind).requires_grad_(train)
        mask = torch.ones(32, 1, length, length, dtype=torch.bool)
        times = []
        for _ in range(15):
            start = time.perf_counter()
            query, key, value = (one.transpose(1, 2) for one in states.unbind(2))
            found = function(query, key, value, mask).sum()
            if train:
                found.backward()
            times.append(time.perf_counter() - start)
        return 1000 * statistics.median(times[3:])

    print(f"one layer, 32 inputs, {contest.machine(chosen.threads)}; training: forward and backward")
    print(f"{'':10}{'subwords':>9}{'precision':>11}{'fused ms':>10}{'products ms':>13}{'ratio':>7}")
    for train in (True, False):
        for kind in (torch.bfloat16, torch.float32):
            for length in (12, 24, 32, 43, 64, 128):
                slow, quick = (milliseconds(way, length, kind, train=train) for way in (fused, products))
                name = "bf16" if kind is torch.bfloat16 else "fp32"
                what = "training" if train else "inference"
                print(f"{what:10}{length:9}{name:>11}{slow:10.1f}{quick:13.1f}{slow / quick:7.2f}")
