"""The Python interface: one function for each command, with the options of the command or of a study file.

`isogloss` itself offers them under their own names: ``import isogloss as ig``, then ``ig.run(...)``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from isogloss.data_files import as_path
from isogloss.display import Result
from isogloss.distances import distance_matrices
from isogloss.errors import FieldError
from isogloss.extras import require
from isogloss.identity import fields_of, listed, plain, settings_of
from isogloss.languages import Language, resolve_all

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from isogloss.analysis.power import PlannedDesign
    from isogloss.analysis.results import Analysis
    from isogloss.analysis.spec import PowerSpec
    from isogloss.cli.output.monitor import TerminalMonitor
    from isogloss.distances.matrix import DistanceMatrix
    from isogloss.inference.classifier import Classifier, Input, Predictions
    from isogloss.scores.table import ScoreTable
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.study.outputs.status import Status


@dataclass(frozen=True, eq=False, repr=False)
class _WithScores(Result):
    """Base of the results that show as their score table."""

    folder: Path
    scores: ScoreTable

    def to_frame(self) -> pd.DataFrame:
        """One row per score: a cell of a study, or a target language of one model."""
        return self.scores.to_frame()

    def plot(self, axes: Axes | None = None) -> Figure:
        """Draw the scores by language; see `Result.plot`."""
        return self.scores.plot(axes)


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(_WithScores):
    """Scores, analyses and report of a study.

    Parameters
    ----------
    folder : Path
        Output folder of the study.
    scores : ScoreTable
    analyses : tuple of Analysis
        One per condition and effectiveness measure; empty where nothing can be tested.
    answer : tuple of str
        The answer in sentences; where there is no analysis, the reason.
    page : Path
        The report, one HTML file.
    failed : tuple of str
        Stages that failed, each with its error; run the study again to retry them.
    """

    analyses: tuple[Analysis, ...]
    answer: tuple[str, ...]
    page: Path
    failed: tuple[str, ...] = ()

    def __str__(self) -> str:
        failed = (f"{len(self.failed)} stages failed: {self.failed[0]}",) if self.failed else ()
        return "\n".join((*self.answer, *failed, f"report: {self.page}"))


@dataclass(frozen=True, eq=False, repr=False)
class TrainedModel(_WithScores):
    """A trained model's folder and its scores.

    Parameters
    ----------
    folder : Path
        What `load` and `isogloss predict` read.
    scores : ScoreTable
    warnings : tuple of str
        What a reader of the scores must know.
    """

    warnings: tuple[str, ...] = ()

    def load(self) -> Classifier:
        """Read the model, to label texts with it."""
        return load(self.folder)


def run(
    study: Path | str,
    out: Path | str | None = None,
    *,
    settings: Mapping[str, Any] | None = None,
    data_dir: Path | str | None = None,
    store: Path | str | None = None,
    trust_remote_code: bool = False,
    progress: bool = True,
) -> StudyResult:
    """Run a study file, or resume it where an earlier run stopped; as `isogloss run`.

    Parameters
    ----------
    study : path
        Study file (YAML).
    out : path, optional
        Output folder; by default ``out/NAME``.
    settings : mapping of str to value, optional
        Replaces fields of the study file: ``{"seed": [1, 2], "training.learning_rate": 1e-4}``.
    data_dir : path, optional
        Data directory, in the layout of XTREME or of the hubs.
    store : path, optional
        Keep stages here, to share them between studies.
    trust_remote_code : bool
        Run Python code that comes with an encoder.
    progress : bool
        Show progress on standard error.

    Returns
    -------
    StudyResult

    Raises
    ------
    MissingExtraError
        If the packages of the extra ``train`` are not installed.
    StudyError
        With every problem of the study file.
    StoreError
        If the output folder is in use, holds something else, or cannot be written.

    Examples
    --------
    >>> import isogloss as ig
    >>> result = ig.run("studies/mini.yaml", "out/mini")  # doctest: +SKIP
    >>> print(result)  # doctest: +SKIP
    """
    require("train", "isogloss.run")
    from isogloss.study.execution.preparation import prepare
    from isogloss.study.execution.run import run_plan
    from isogloss.study.file.yaml_text import read_study

    overrides = [f"{name}={_in_json(name, value)}" for name, value in (settings or {}).items()]
    absolute = None if data_dir is None else str(as_path(data_dir, "data_dir").resolve())
    file = read_study(
        as_path(study, "study"), overrides, data_dir=absolute, trust_remote_code=trust_remote_code
    )
    root = Path("out") / file.study.name if out is None else as_path(out, "out")
    prepared = prepare(file, root, None if store is None else as_path(store, "store"))
    prepared.read_data()
    with prepared.claimed() as folder:
        with _monitor(progress, prepared.status) as monitor:
            done = run_plan(prepared, folder, monitor)
        return _study_result(folder, done.failed)


def _in_json(name: str, value: Any) -> str:
    """A setting as a study file may spell it."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_spelled)
    except (TypeError, ValueError, AttributeError):
        raise FieldError(f"{value!r} cannot be a value of a study file", where=f"settings, {name}") from None


def _setting(value: Any) -> Any:
    return str(value.expanduser()) if isinstance(value, Path) else plain(value)


def _spelled(value: Any) -> Any:
    if isinstance(value, Path | set | frozenset):
        return str(value) if isinstance(value, Path) else sorted(value)
    return value.tolist()  # of numpy and pandas; of anything else an AttributeError


def report(folder: Path | str) -> StudyResult:
    """Analyse a study again from its records and write its report; as `isogloss report`.

    Parameters
    ----------
    folder : path
        Output folder of `run`.

    Raises
    ------
    MissingExtraError
        If the packages of the extra ``report`` are not installed.
    StoreError
        If the folder holds no study.
    """
    require("report", "isogloss.report")
    from isogloss.study.outputs.folder import StudyFolder

    return _study_result(StudyFolder.open(as_path(folder, "folder")))


def train(
    task: str,
    source: str,
    encoder: str,
    out: Path | str,
    *,
    targets: str | Sequence[str] | Mapping[str, Any] | None = None,
    examples: int | None = None,
    progress: bool = True,
    **fields: Any,
) -> TrainedModel:
    """Train one model from one task and language, and score it; as `isogloss train`.

    Parameters
    ----------
    task : str
        Registry name: ``"pawsx"``.
    source : str
        Language of the training data.
    encoder : str
        ``"mini"``, a folder, or a hub id.
    out : path
        Folder for the model; a new one.
    targets : str, sequence of str or mapping, optional
        Languages to score it on, by default the source; or the fields of ``targets`` in a study file:
        ``{"languages": ["de", "fr"], "examples": 500}``.
    examples : int, optional
        Training examples; by default all.
    progress : bool
        Show progress on standard error.
    **fields
        Any other field of a study file: ``aggregator={"aif": {"layer": 2}}``, ``seed=2``,
        ``training={"steps": 100}``, ``selection``, ``validation``, ``data_dir``, ``execution``.

    Returns
    -------
    TrainedModel

    Raises
    ------
    MissingExtraError
        If the packages of the extra ``train`` are not installed.
    StudyError
        With every problem of the arguments.
    TrainingError
        If training or scoring fails.
    """
    require("train", "isogloss.train")
    from isogloss.study.execution.single import plan_single, train_single

    raw = {
        "source": {"task": task, "language": source, "examples": plain(examples)},
        "targets": source if targets is None else targets,
        "encoder": encoder,
        **{name: _setting(value) for name, value in fields.items() if value is not None},
    }
    origins: dict[tuple[str | int, ...], str] = {
        ("source", "task"): "task",
        ("source", "language"): "source",
        ("source", "examples"): "examples",
        ("targets", "languages"): "targets",
    }
    single = plan_single(raw, origins, as_path(out, "out"))
    single.read_data()
    with _monitor(progress, single.status) as monitor:
        model = train_single(single, monitor)
    return TrainedModel(model.folder, model.scores, model.warnings)


def load(
    folder: Path | str | TrainedModel, *, device: str = "cpu", trust_remote_code: bool = False
) -> Classifier:
    """Read the folder of a trained model; ``load(folder).predict(["a text"])`` labels texts.

    Parameters
    ----------
    folder : path or TrainedModel
        As `train` or a stage of `run` wrote it, or what `train` returned.
    device : str
        ``"cpu"``, ``"cuda"``, ``"cuda:N"``, ``"mps"`` or ``"auto"``.
    trust_remote_code : bool
        Run Python code that lies in the folder.

    Returns
    -------
    Classifier
        A torch module in evaluation mode, with ``predict``, ``tokenizer`` and ``meta``.

    Raises
    ------
    MissingExtraError
        If the packages of the extra ``train`` are not installed.
    CheckpointError
        If the folder is not a model of isogloss, its weights do not fit, or it needs untrusted code.
    """
    require("train", "isogloss.load")
    from isogloss.inference.classifier import load as load_classifier

    path = folder.folder if isinstance(folder, TrainedModel) else folder
    return load_classifier(as_path(path, "folder"), device=device, trust_remote_code=trust_remote_code)


def predict(
    model: Path | str | TrainedModel | Classifier,
    inputs: Sequence[Input] | Path,
    *,
    trust_remote_code: bool = False,
) -> Predictions:
    """Label texts with a trained model; as `isogloss predict`.

    Parameters
    ----------
    model : path, TrainedModel or Classifier
        A model's folder, what `train` returned, or what `load` returned.
    inputs : sequence, or Path
        Sentences, pairs of sentences, or sentences as lists of words; or a file of them.
    trust_remote_code : bool
        Run Python code that lies in the model's folder.

    Returns
    -------
    Predictions

    Raises
    ------
    MissingExtraError, CheckpointError
        As `load`.
    DataError
        If an input is not of the kind that the model reads.
    """
    loaded = model if hasattr(model, "predict") else load(model, trust_remote_code=trust_remote_code)
    return loaded.predict(inputs)


def distance_matrix(
    languages: Iterable[Language | str], metric: str = "syntactic", definition: str = "shared"
) -> DistanceMatrix:
    """Give one distance between every two of several languages; `distance_matrices` gives several.

    Parameters
    ----------
    languages : iterable of Language or str
        Each once, under any code or name that `resolve` knows.
    metric : str
        Name in `isogloss.distances.DISTANCES`.
    definition : str
        ``"shared"``, ``"uriel"`` or ``"knn"``.

    Returns
    -------
    DistanceMatrix
        Values in [0, 1] with the numbers of features they rest on; NaN for a pair with too little on record.

    Raises
    ------
    RegistryError
        If the metric is unknown or has no such definition.
    LanguageError
        If a language is unknown, or occurs twice after resolution.

    Examples
    --------
    >>> import isogloss as ig
    >>> print(ig.distance_matrix(["de", "nl", "ja"]).to_frame().round(2))
          de    nl    ja
    de  0.00  0.20  0.59
    nl  0.20  0.00  0.64
    ja  0.59  0.64  0.00
    """
    found = distance_matrices(languages, (metric,), definition)[metric]
    return cast("DistanceMatrix", found)  # a metric of isogloss is symmetric


def power(
    rows: Sequence[str],
    targets: Sequence[str],
    spec: PowerSpec | None = None,
    *,
    sd: float | None = None,
    pilot: Path | str | None = None,
    **options: Any,
) -> PlannedDesign:
    """Compute the smallest slope on each distance that a planned design would detect; as `isogloss power`.

    Parameters
    ----------
    rows : sequence of str
        Source or intermediate languages.
    targets : sequence of str
    spec : PowerSpec, optional
        Distances, level, power and settings of the simulation.
    sd : float, optional
        Residual standard deviation in points of score; 1 by default.
    pilot : path, optional
        A score table to estimate the residual deviation from, instead of `sd`.
    **options
        Fields of `PowerSpec`, which replace those of `spec`.

    Returns
    -------
    PlannedDesign

    Raises
    ------
    LanguageError
        If a language is unknown.
    FieldError
        If both `sd` and `pilot` are given, `sd` is not positive, or an option is unknown or wrong.
    AnalysisError
        If no distance can be tested in this design.
    """
    from isogloss.analysis.power import errors_of, plan
    from isogloss.analysis.spec import PowerSpec

    errors = errors_of(sd, None if pilot is None else as_path(pilot, "pilot"))
    spec = settings_of(PowerSpec, {**fields_of(spec, PowerSpec), **options})
    both = resolve_all([*listed(rows), *listed(targets)])
    n = len(listed(rows))
    matrices = spec.matrices(tuple({language.id: language for language in both}.values()))
    return plan(both[:n], both[n:], matrices, errors, spec)


def _study_result(folder: StudyFolder, failed: tuple[str, ...] = ()) -> StudyResult:
    from isogloss.cli.output.answer import write_results

    summary, _ = write_results(folder)
    found = summary.results
    answer = tuple(sentence for one in summary.answers for sentence in one.sentences)
    page = folder.root / "report.html"
    return StudyResult(folder.root, found.table, found.analyses, answer, page, failed)


def _monitor(progress: bool, status: Status) -> TerminalMonitor:
    """Progress on standard error, or none."""
    from rich.console import Console

    from isogloss.cli.output.monitor import TerminalMonitor

    return TerminalMonitor(status, None if progress else Console(quiet=True))
