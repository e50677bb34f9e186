"""Which precision ``auto`` is: the faster one for a study's encoders on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from isogloss.errors import IsoglossError
from isogloss.modeling.device import Precision, possible_precisions
from isogloss.study.forecast.estimate import Estimator
from isogloss.study.forecast.speed import Workload, kept
from isogloss.study.plan import Plan
from isogloss.study.stages import FinetuneStage, PrecisionChoice

GAIN = 0.9
"""bf16 is taken where an update takes at most this share of its time in fp32: rounding is not given away for
differences that are noise."""

NOT_TIMED = "not timed yet"


def choose_by_time(plan: Plan, *, earlier: PrecisionChoice | None, may_measure: bool) -> PrecisionChoice:
    """Choose the precision of a study.

    Parameters
    ----------
    plan : Plan
        In any precision.
    earlier : PrecisionChoice or None
        Of an earlier run into the same output folder, which is kept: no study mixes two.
    may_measure : bool
        Time what was not timed yet; otherwise the choice is provisional.
    """
    if earlier is not None:
        return earlier
    possible = possible_precisions(plan.resolved.study.execution.device)
    if len(possible) == 1:
        reason = f"the device computes in {possible[0]} only"
        return PrecisionChoice(precision=possible[0], reason=reason)
    not_timed = PrecisionChoice(precision=possible[-1], reason=NOT_TIMED)
    if not all(encoder.identity.is_known for encoder in plan.resolved.encoders):
        return not_timed
    try:
        return _by_time(plan, possible, may_measure)
    except IsoglossError:  # in the data: reported with all other problems once every file has been read
        return not_timed


def _by_time(plan: Plan, possible: tuple[Precision, ...], may_measure: bool) -> PrecisionChoice:
    estimator = Estimator(plan, plan.stages)
    if estimator.is_small():
        return PrecisionChoice(precision="fp32", reason="too little work to time the precisions first")
    wanted = {
        (precision, stage.encoder_fingerprint): estimator.workload(_in(precision, stage))
        for stage in _one_stage_per_encoder(plan)
        for precision in possible
    }
    error = None
    if may_measure:
        error = estimator.measure([one for one in wanted.values() if kept(one.key) is None])
    return _faster(wanted, error)


def _one_stage_per_encoder(plan: Plan) -> list[FinetuneStage]:
    """The last training of each encoder's first model: the source stage."""
    names = plan.resolved.study.source.task
    stages = (
        stage
        for stage in plan.stages.values()
        if isinstance(stage, FinetuneStage) and stage.train.task in names
    )
    return list({stage.encoder_fingerprint: stage for stage in reversed(list(stages))}.values())


def _in(precision: str, stage: FinetuneStage) -> FinetuneStage:
    training = stage.training.model_copy(update={"precision": precision})
    return stage.model_copy(update={"training": training})


def _faster(wanted: Mapping[tuple[Precision, str], Workload], error: str | None) -> PrecisionChoice:
    seconds: dict[str, float] = {}
    for (precision, _), workload in wanted.items():
        measured = kept(workload.key)
        if measured is None:
            reason = NOT_TIMED if error is None else f"the precisions could not be timed: {error}"
            return PrecisionChoice(precision="bf16", reason=reason)
        seconds[precision] = seconds.get(precision, 0.0) + 1000 * measured.speed.train_subword
    told = ", ".join(f"{name} {value:.3f} s" for name, value in seconds.items())
    return PrecisionChoice(
        precision="bf16" if seconds["bf16"] <= GAIN * seconds["fp32"] else "fp32",
        reason=f"timed before the start, for 1,000 subwords of training: {told}",
        seconds_per_1000_subwords=seconds,
    )
