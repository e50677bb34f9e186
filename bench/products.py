"""Linear layers: torch's products compared with those by packed weights, which isogloss uses in inference.

python -m bench products [--width 384]
"""

from __future__ import annotations

import argparse
import statistics
import time

from bench import contest


def main(arguments: list[str]) -> None:
    """Run the benchmark."""
    import torch
    from torch import Tensor, nn

    from isogloss.modeling.packed import PackedWeights

    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--width", type=int, default=384, help="of the encoder")
    options.add_argument("--threads", type=int, default=2)
    chosen = options.parse_args(arguments)
    torch.set_num_threads(chosen.threads)

    def rate(layer: nn.Linear, states: Tensor) -> float:
        times = []
        for _ in range(60):
            start = time.perf_counter()
            layer(states)
            times.append(time.perf_counter() - start)
        operations = 2.0 * states.shape[0] * layer.in_features * layer.out_features
        return operations / statistics.median(times[5:]) / 1e9

    print(f"GFLOP/s, {contest.machine(chosen.threads)}")
    print(f"{'rows':>6}{'in':>6}{'out':>6}{'precision':>11}{'torch':>7}{'packed':>8}{'ratio':>7}")
    wide = 4 * chosen.width
    with torch.no_grad():
        for kind in (torch.bfloat16, torch.float32):
            for n_rows in (500, 2000):
                for n_in, n_out in ((chosen.width,) * 2, (chosen.width, wide), (wide, chosen.width)):
                    states, layer = torch.randn(n_rows, n_in).to(kind), nn.Linear(n_in, n_out)
                    with PackedWeights(layer, kind).used():
                        packed = rate(layer, states)
                    plain = rate(layer.to(kind), states)
                    name = "bf16" if kind is torch.bfloat16 else "fp32"
                    shape = f"{n_rows:6}{n_in:6}{n_out:6}{name:>11}"
                    print(f"{shape}{plain:7.0f}{packed:8.0f}{packed / plain:7.2f}")
