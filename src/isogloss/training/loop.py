"""The training loop: AdamW, warm-up and linear decay, clipping, micro-batches, and no silent failure."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn

from isogloss.errors import TrainingError, is_out_of_memory
from isogloss.modeling.device import Precision
from isogloss.modeling.encoding import Batch, Encoded, collate, split_by_budget
from isogloss.modeling.progress import Progress, ProgressEvent
from isogloss.training.batches import dropout_keys
from isogloss.training.compact import CompactEmbedding
from isogloss.training.settings import TrainingSettings

MICRO_BATCH_COST = 256
"""Cost of a further micro-batch in subwords: a pass over all weights and their gradients."""

N_CURVE_POINTS = 50
"""Points of a loss curve that is short enough for a record."""

LossSum = Callable[[Batch, Tensor], Tensor]
"""Sum of the losses of all units in a micro-batch, given their dropout keys."""


@dataclass
class LoopReport:
    """Record of a training.

    Parameters
    ----------
    losses : list of float
        Mean loss per unit of every update.
    n_subwords, n_padded : int
        Real subwords seen, and padding.
    seconds : float
    max_subwords_per_batch : int
        The micro-batch that was left at the end.
    warnings : list of str
    resumed_updates : list of int
        Updates after which the run went on from a snapshot.
    """

    losses: list[float] = field(default_factory=list)
    n_subwords: int = 0
    n_padded: int = 0
    seconds: float = 0.0
    max_subwords_per_batch: int = 0
    warnings: list[str] = field(default_factory=list)
    resumed_updates: list[int] = field(default_factory=list)

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """Means over at most `N_CURVE_POINTS` stretches of the losses, each with its last update."""
        n, n_points = len(self.losses), min(N_CURVE_POINTS, len(self.losses))
        edges = [round(n * i / n_points) for i in range(n_points + 1)] if n_points else []
        return tuple((stop, sum(self.losses[start:stop]) / (stop - start)) for start, stop in pairwise(edges))

    @property
    def padding_share(self) -> float:
        """Share of padding in all positions computed."""
        return self.n_padded / max(1, self.n_subwords + self.n_padded)

    @property
    def subwords_per_s(self) -> float:
        """Real subwords per second of wall time."""
        return self.n_subwords / max(self.seconds, 1e-9)


@dataclass(frozen=True)
class LoopSettings:
    """How a loop runs, apart from the training settings of the study.

    Parameters
    ----------
    stage : str
        Name for messages.
    seed : int
        Of the dropout masks.
    padding_id : int
    max_subwords_per_batch : int
        Largest micro-batch in subwords, padding included; changes nothing but rounding.
    precision : {"fp32", "bf16"}
    device : torch.device
    betas : (float, float)
        Of AdamW.
    """

    stage: str
    seed: int
    padding_id: int
    max_subwords_per_batch: int
    precision: Precision
    device: torch.device
    betas: tuple[float, float] = (0.9, 0.999)


class Loop:
    """One training run.

    Parameters
    ----------
    model : nn.Module
        Trained in place.
    loss_sum : callable
    settings : TrainingSettings
    loop : LoopSettings
    """

    def __init__(
        self, model: nn.Module, loss_sum: LossSum, settings: TrainingSettings, loop: LoopSettings
    ) -> None:
        self.model, self.loss_sum, self.settings, self.loop = model, loss_sum, settings, loop
        self.optimizer = adamw(model, settings, loop.betas)
        self.report = LoopReport(max_subwords_per_batch=loop.max_subwords_per_batch)
        self._compact = [module for module in model.modules() if isinstance(module, CompactEmbedding)]
        self._n_told = 0

    def run(
        self,
        updates: Iterable[Sequence[Encoded]],
        n_updates: int,
        *,
        after_update: Callable[[int], None] | None = None,
        progress: Progress | None = None,
    ) -> LoopReport:
        """Train for `n_updates` updates, or for what the report says is left of them.

        Parameters
        ----------
        updates : iterable of sequences of Encoded
            The inputs of each update that is left.
        n_updates : int
        after_update : callable, optional
            Called with the number of updates done.
        progress : Progress, optional

        Raises
        ------
        TrainingError
            If a loss or gradient is not finite, or if one input alone does not fit in memory.
        """
        began = time.perf_counter() - self.report.seconds
        with deterministic_algorithms():
            for number, inputs in enumerate(updates, start=len(self.report.losses)):
                share = learning_rate_share(number, n_updates, self.settings.warmup_ratio)
                self.update(number, inputs, share)
                self.report.seconds = time.perf_counter() - began
                if progress is not None:
                    progress(self._event(number + 1, n_updates))
                if after_update is not None:
                    after_update(number + 1)
        return self.report

    def update(self, number: int, inputs: Sequence[Encoded], rate_share: float) -> float:
        """One optimiser step on `inputs`; returns the mean loss per unit."""
        keys = torch.from_numpy(dropout_keys(self.loop.seed, number, len(inputs)))
        self.model.train()
        loss = self._gradients(number, inputs, keys)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.max_grad_norm)
        if not torch.isfinite(norm):
            raise self._not_finite("gradient", float(norm), number, inputs)
        rate = self.settings.learning_rate * rate_share
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        for embedding in self._compact:
            embedding.decay_absent_rows(1.0 - rate * self.settings.weight_decay)
        self.report.losses.append(loss)
        return loss

    def _gradients(self, number: int, inputs: Sequence[Encoded], keys: Tensor) -> float:
        """Gradient of the mean loss over the whole update, in micro-batches halved until they fit."""
        while True:
            try:
                return self._accumulate(number, inputs, keys)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(number, inputs, error)

    def _accumulate(self, number: int, inputs: Sequence[Encoded], keys: Tensor) -> float:
        self.optimizer.zero_grad(set_to_none=True)
        n_units = sum(len(one.labels) for one in inputs)
        total = 0.0
        n_subwords = n_padded = 0
        with autocast(self.loop):  # around all micro-batches, so that weights are cast once
            for places in split_by_budget(
                inputs, self.report.max_subwords_per_batch, batch_cost=MICRO_BATCH_COST
            ):
                chosen = [inputs[place] for place in places]
                batch = collate(chosen, self.loop.padding_id, self.loop.device)
                loss = self.loss_sum(batch, keys[places].to(self.loop.device)) / max(1, n_units)
                value = float(loss.detach())
                if not math.isfinite(value):
                    raise self._not_finite("loss", value, number, chosen)
                with torch.autocast(self.loop.device.type, enabled=False):
                    loss.backward()  # type: ignore[no-untyped-call]
                total += value
                n_real = sum(len(one) for one in chosen)
                n_subwords += n_real
                n_padded += batch.mask.numel() - n_real
        self.report.n_subwords += n_subwords
        self.report.n_padded += n_padded
        return total

    def _halve(self, number: int, inputs: Sequence[Encoded], error: BaseException) -> None:
        longest = max(len(one) for one in inputs)
        in_use = min(self.report.max_subwords_per_batch, sum(len(one) for one in inputs))
        if in_use <= longest:
            raise TrainingError(
                f"out of memory on a single input of {longest} subwords",
                where=f"stage {self.loop.stage}, update {number + 1}",
                hint="lower training.max_length or take a smaller encoder",
            ) from error
        self.report.max_subwords_per_batch = max(longest, in_use // 2)
        self.report.warnings.append(
            f"out of memory at update {number + 1}: "
            f"micro-batch halved to {self.report.max_subwords_per_batch} subwords"
        )
        if self.loop.device.type == "cuda":
            torch.cuda.empty_cache()

    def _not_finite(self, what: str, value: float, number: int, inputs: Sequence[Encoded]) -> TrainingError:
        rows = ", ".join(str(one.row) for one in inputs[:40]) + (", ..." if len(inputs) > 40 else "")
        return TrainingError(
            f"{what} is {value}",
            where=f"stage {self.loop.stage}, update {number + 1}, rows {rows}",
            hint="lower the learning rate, lengthen the warm-up, or use precision fp32; look at these rows",
        )

    def _event(self, done: int, total: int) -> ProgressEvent:
        left = self.report.seconds / done * (total - done)
        message = self.report.warnings[-1] if len(self.report.warnings) > self._n_told else None
        self._n_told = len(self.report.warnings)
        return ProgressEvent(done, total, self.report.losses[-1], self.report.subwords_per_s, left, message)


def learning_rate_share(update: int, n_updates: int, warmup_ratio: float) -> float:
    """Share of the peak learning rate: linear warm-up, then linear decay to zero.

    Parameters
    ----------
    update : int
        From 0; the first update already moves.
    n_updates : int
    warmup_ratio : float
    """
    n_warmup = round(n_updates * warmup_ratio)
    return rise_and_decay(update + (update < n_warmup), n_warmup, n_updates)


def rise_and_decay(done: float, warmup: float, whole: float) -> float:
    """Linear from 0 to 1 while `done` is at most `warmup`, then linear to 0 at `whole`."""
    if warmup > 0 and done <= warmup:
        return done / warmup
    return (whole - done) / (whole - warmup)


def adamw(model: nn.Module, settings: TrainingSettings, betas: tuple[float, float]) -> torch.optim.AdamW:
    """AdamW without weight decay on biases and norms (vectors).

    References
    ----------
    Loshchilov and Hutter (2019); the exemption as in Devlin et al. (2019), section A.2 of their code.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=betas, fused=True)


def autocast(loop: LoopSettings) -> contextlib.AbstractContextManager[None]:
    """Compute matrix products in bf16 where the stage's precision says so; weights stay fp32."""
    if loop.precision == "fp32":
        return contextlib.nullcontext()
    return torch.autocast(loop.device.type, dtype=torch.bfloat16)


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's own generators, for first weights, and leave them as they were found."""
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield


@contextlib.contextmanager
def deterministic_algorithms() -> Iterator[None]:
    """Have torch choose deterministic kernels where it has them, and restore its settings afterwards.

    Fresh memory is not filled first, as torch would by default: nothing here reads memory before writing it.
    """
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    fills = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)
        torch.utils.deterministic.fill_uninitialized_memory = fills  # type: ignore[attr-defined]
