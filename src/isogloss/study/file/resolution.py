"""Every name of a study file made into the thing it denotes; all problems found together.

Nothing here loads a model: encoders are identified from their files, tasks from what lies in the data
directory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from isogloss.analysis.controls.base import Controls
from isogloss.distances import DISTANCES, NONE
from isogloss.errors import FieldError, IsoglossError, StudyError, closest
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import MEASURES
from isogloss.study.executor import EXECUTORS
from isogloss.study.file.design import fault_of_design, faults_of_measure
from isogloss.study.file.names import (
    NamedAggregator,
    NamedEncoder,
    data_directory,
    find_path,
    named_aggregator,
    named_encoder,
    own_task,
    require_device_name,
    require_known,
    resolve_unless_all,
)
from isogloss.study.file.schema import ALL, Study
from isogloss.study.file.yaml_text import StudyFile
from isogloss.study.tracker import TRACKERS
from isogloss.tasks.base import TASKS, HeadKind, Split, Task, TaskCard

S = TypeVar("S")
T = TypeVar("T")

Identify = Callable[..., NamedEncoder]

_PATHS = ("distance_files", "cldf")
"""Options of an analysis that name files or folders."""


@dataclass(frozen=True)
class TaskLanguage:
    """A language and how a task's data set spells it."""

    language: Language
    code: str


@dataclass(frozen=True)
class ResolvedStudy:
    """A study whose names are known to exist.

    Parameters
    ----------
    study : Study
    folder : Path
        Of the study file; paths of the user's own tasks are relative to it.
    tasks : mapping of str to Task
        Source, intermediate and target tasks by name.
    data_dir : Path or None
    sources : tuple of TaskLanguage
    targets : mapping of str to tuple of TaskLanguage
        By the name of the task that they are scored on.
    intermediates : tuple of TaskLanguage or None
        None stands for no intermediate stage.
    encoders : tuple of NamedEncoder
    aggregators : tuple of NamedAggregator
    distances, effectiveness : tuple of str
        Registry names; no distances means that no analysis was asked for.
    """

    study: Study
    folder: Path
    tasks: Mapping[str, Task]
    data_dir: Path | None
    sources: tuple[TaskLanguage, ...]
    targets: Mapping[str, tuple[TaskLanguage, ...]]
    intermediates: tuple[TaskLanguage | None, ...]
    encoders: tuple[NamedEncoder, ...]
    aggregators: tuple[NamedAggregator, ...]
    distances: tuple[str, ...]
    effectiveness: tuple[str, ...]


def resolve_study(file: StudyFile, identify: Identify = named_encoder) -> ResolvedStudy:
    """Resolve every name of a study file with one source task.

    Parameters
    ----------
    file : StudyFile
    identify : callable
        Finds an encoder by its settings and the folder that its path is relative to.

    Raises
    ------
    StudyError
        With all problems: unknown names, languages without data, encoders that cannot be loaded, pairs
        that leave nothing to test.
    """
    return _Resolver(file, identify).resolve()


class _Resolver:
    """Collects problems while it resolves names."""

    def __init__(self, file: StudyFile, identify: Identify) -> None:
        self.file, self.identify = file, identify
        self.study = file.study
        self.folder = file.folder
        self.problems: list[tuple[int, IsoglossError]] = []
        self.data_dir = self._try(lambda: data_directory(self.study.data_dir, self.folder), "data_dir")
        self.tasks: dict[str, Task] = {}
        self.targets: dict[str, tuple[TaskLanguage, ...]] = {}

    def resolve(self) -> ResolvedStudy:
        study = self.study
        task = self._task(study.source.task[0], "source", "task")
        middle = study.intermediate
        middle_task = self._task(middle.task, "intermediate", "task") if middle else None
        target_tasks = self._target_tasks(task)
        encoders = self._encoders()
        aggregators = self._all(study.aggregator, named_aggregator, "aggregator")
        for (index, aggregator), (_, encoder) in product(aggregators, encoders):
            if encoder.identity.is_known:
                shape = (encoder.identity.n_layers, encoder.identity.width)
                self._try(partial(aggregator.config.validate_for, *shape), "aggregator", index)
        distances, effectiveness = self._analysis()
        executor = study.execution.executor
        self._try(lambda: require_known(executor, EXECUTORS, "executor"), "execution", "executor")
        self._known(study.execution.track, TRACKERS, "tracker", "execution", "track")
        self._try(lambda: require_device_name(study.execution.device), "execution", "device")
        self.sources = self._languages(task, study.source.language, study.source.split, "source", "language")
        wanted, split = study.targets.languages, study.targets.split
        for own in target_tasks:
            self.targets[own.card.name] = self._languages(own, wanted, split, "targets", "languages")
        if not target_tasks:  # an unknown task, said above, hides no unknown language
            self._languages(None, wanted, split, "targets", "languages")
        self.intermediates = self._intermediates(middle_task)
        self._require_validation(task)
        names = [found.name for _, found in aggregators]
        self._require_what_measures_need(effectiveness, names if len(names) == len(study.aggregator) else [])
        self._stop_on_problems()
        if distances:
            for languages in self.targets.values():
                self._require_dyads(languages)
            self._stop_on_problems()
        return ResolvedStudy(
            self.study,
            self.folder,
            self.tasks,
            self.data_dir,
            self.sources,
            self.targets,
            self.intermediates,
            tuple(encoder for _, encoder in encoders),
            tuple(aggregator for _, aggregator in aggregators),
            distances,
            effectiveness,
        )

    # Names

    def _task(self, name: str, *field: str | int) -> Task | None:
        own = [task.name for task in self.study.tasks]
        if name in self.tasks:
            return self.tasks[name]
        task: Task | None
        if name in own:
            at = own.index(name)
            task = self._try(lambda: own_task(self.study.tasks[at], self.folder), "tasks", at)
        else:
            self._try(lambda: require_known(name, [*TASKS, *own], "task"), *field)
            task = TASKS[name] if name in TASKS else None
        if task is not None:
            self.tasks[name] = task
        return task

    def _target_tasks(self, source: Task | None) -> list[Task]:
        """Tasks that the targets are scored on; the model's head must fit them."""
        if self.study.targets.task is None or source is None:
            return [source] if source is not None else []
        names = self.study.targets.task
        found = []
        for index, name in enumerate(names):
            task = self._task(name, "targets", "task", index)
            if task is not None and _answers(task.card) != _answers(source.card):
                what = (
                    f"a model of '{source.card.name}' ({_in_words(source.card)}) cannot be scored on "
                    f"'{name}' ({_in_words(task.card)})"
                )
                allowed = closest(name, self._tasks_like(source))
                self._note(FieldError(what, allowed=allowed), "targets", "task", index)
            elif task is not None:
                found.append(task)
        return found

    def _tasks_like(self, source: Task) -> list[str]:
        """Tasks with the same labels in the same order and the same head."""
        wanted = _answers(source.card)
        built_in = [name for name, task in TASKS.items() if _answers(task.card) == wanted]
        return built_in + [own.name for own in self.study.tasks if (own.head, own.labels) == wanted]

    def _encoders(self) -> list[tuple[int, NamedEncoder]]:
        identify = partial(self.identify, folder=self.folder, may_be_unread=self.file.may_plan_unread)
        encoders = self._all(self.study.encoder, identify, "encoder")
        names: set[str] = set()
        for index, encoder in encoders:
            if encoder.name in names:
                twice = FieldError(f"two encoders are called '{encoder.name}'", hint="rename one folder")
                self._note(twice, "encoder", index)
            names.add(encoder.name)
        return encoders

    def _analysis(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        # From here on the study names files and folders by whole paths.
        paths = {
            field: tuple(str(find_path(text, self.folder)) for text in getattr(self.study.analysis, field))
            for field in _PATHS
        }
        analysis = self.study.analysis.model_copy(update=paths)
        self.study = self.study.model_copy(update={"analysis": analysis})
        measures = analysis.effectiveness or self._default_measures()
        self._known(measures, MEASURES, "effectiveness measure", "analysis", "effectiveness")
        self._try(
            lambda: Controls(analysis.controls).check([m for m in measures if m in MEASURES]),
            "analysis",
            "controls",
        )
        field = next((each for each in (*_PATHS, "urielplus") if getattr(analysis, each)), "distances")
        catalog = self._try(analysis.catalog, "analysis", field)
        if catalog is None:
            return (), measures
        known = (*DISTANCES, *catalog.given, ALL, NONE)
        self._known(analysis.distances, known, "distance", "analysis", "distances")
        return analysis.names(catalog.given), measures

    def _default_measures(self) -> tuple[str, ...]:
        baselines = self.study.intermediate.baselines if self.study.intermediate else ()
        if "none" in baselines:
            return ("gain",)
        return ("gain_equal_budget",) if baselines else ("score",)

    def _known(self, names: Sequence[str], known: Iterable[str], kind: str, *field: str) -> None:
        for index, name in enumerate(names):
            self._try(partial(require_known, name, known, kind), *field, index)

    # Languages

    def _languages(
        self, task: Task | None, wanted: Sequence[str], split: Split, *field: str
    ) -> tuple[TaskLanguage, ...]:
        """Languages asked for, in the data set's own codes; those without the split are problems."""
        on_disk = None  # also where another problem hides what is there
        if task is not None and (self.data_dir is not None or self.study.data_dir is None):
            on_disk = self._try(partial(task.available, self.data_dir), *field)
        if task is None or on_disk is None:
            for index, spelling in enumerate(wanted):
                self._try(partial(resolve_unless_all, spelling), *field, index)
            return ()
        have = {code: resolve(code) for code, splits in on_disk.items() if split in splits}
        first = task.card.codes_by_language(have)
        if tuple(wanted) == (ALL,):
            if not have:
                none = FieldError(f"no language has {split} data of {task.card.name}", hint=self._looked())
                self._note(none, *field)
            return tuple(TaskLanguage(have[code], code) for code in first.values())
        return self._found(task, wanted, split, have, first, *field)

    def _found(
        self,
        task: Task,
        wanted: Sequence[str],
        split: Split,
        have: Mapping[str, Language],
        first: Mapping[str, str],
        *field: str,
    ) -> tuple[TaskLanguage, ...]:
        """Languages of the data, `have` by code and `first` by language; what is not there is a problem."""
        found: dict[str, TaskLanguage] = {}
        for index, spelling in enumerate(wanted):
            language = self._language(task, spelling, *field, index)
            if language is None:
                continue
            code = spelling if spelling in have else first.get(language.id)
            if code is None:
                missing = FieldError(
                    f"{task.card.name} has no {split} data in '{language.input}' ({language.name})",
                    allowed=f"languages with {split} data: {', '.join(sorted(have)) or 'none'}",
                    hint=task.where_to_put(language.input, split) or self._looked(),
                )
                self._note(missing, *field, index)
            elif language.id in found:
                earlier = found[language.id].language.input
                twice = FieldError(f"'{spelling}' and '{earlier}' are one language", hint="keep one")
                self._note(twice, *field, index)
            else:
                found[language.id] = TaskLanguage(language, code)
        return tuple(found.values())

    def _language(self, task: Task, spelling: str, *field: str | int) -> Language | None:
        """The language that a spelling denotes; None where the spelling is a problem."""
        language = self._try(partial(resolve, spelling), *field)
        refusal = task.reason_to_refuse(spelling, self.data_dir)
        if refusal is not None:
            self._note(FieldError(refusal), *field)
        return language if refusal is None else None

    def _looked(self) -> str:
        return f"looked in {self.data_dir}" if self.data_dir else "give the data with --data-dir DIR"

    def _intermediates(self, task: Task | None) -> tuple[TaskLanguage | None, ...]:
        """Intermediate languages after the baselines: None for no stage, the sources for equal budget."""
        settings = self.study.intermediate
        if settings is None:
            return (None,)
        found: dict[str | None, TaskLanguage | None] = {}
        if "none" in settings.baselines:
            found[None] = None
        if "source-language" in settings.baselines:
            spellings = [source.language.input for source in self.sources]
            for own in self._languages(task, spellings, settings.split, "intermediate", "baselines"):
                found[own.language.id] = own
        for other in self._languages(task, settings.languages, settings.split, "intermediate", "languages"):
            found.setdefault(other.language.id, other)
        return tuple(found.values())

    def _require_validation(self, task: Task | None) -> None:
        """Selection needs a validation split: of the source, or of every target for `oracle`.

        None is needed where the validation rows are cut from the training rows.
        """
        if self.study.selection == "source-validation" and self.study.validation.split == "validation":
            self._languages(task, [source.code for source in self.sources], "validation", "selection")
        elif self.study.selection == "oracle":
            for name, languages in self.targets.items():
                codes = [language.code for language in languages]
                self._languages(self.tasks[name], codes, "validation", "selection")

    def _require_what_measures_need(self, measures: Sequence[str], aggregators: Sequence[str]) -> None:
        scored = [{target.language for target in languages} for languages in self.targets.values()]
        unscored = [one.code for one in self.sources if not all(one.language in own for own in scored)]
        baselines = self.study.intermediate.baselines if self.study.intermediate else ()
        for index, measure in enumerate(measures):
            if measure in MEASURES:
                for fault in faults_of_measure(measure, baselines, unscored, aggregators):
                    self._note(fault, "analysis", "effectiveness", index)

    def _require_dyads(self, targets: Sequence[TaskLanguage]) -> None:
        """Refuse a design in which no distance could be tested, whatever the scores turn out to be."""
        middles = None
        if self.study.intermediate is not None:
            middles = [row.language.id for row in self.intermediates if row is not None]
        own = [source.language.id for source in self.sources]
        fault = fault_of_design(own, middles, [target.language.id for target in targets])
        if fault is not None:
            self._note(fault, "targets", "languages")

    # Problems

    def _all(self, items: Sequence[S], resolve_one: Callable[[S], T], field: str) -> list[tuple[int, T]]:
        """Resolve each item of a field, with its place; those that do not resolve are left out."""
        found = (self._try(partial(resolve_one, item), field, index) for index, item in enumerate(items))
        return [(index, item) for index, item in enumerate(found) if item is not None]

    def _try(self, action: Callable[[], T], *field: str | int) -> T | None:
        """The result of `action`; an error becomes a problem of `field`."""
        try:
            return action()
        except IsoglossError as error:
            self._note(error, *field)
            return None

    def _note(self, error: IsoglossError, *field: str | int) -> None:
        """Make an error a problem of a field, or of the part below it that the error names."""
        place = (*field, *(error.field if isinstance(error, FieldError) else ()))
        self.problems.append((self.file.rank(*place), error.at(self.file.where(*place))))

    def _stop_on_problems(self) -> None:
        """Raise what was found, in the order of the file; what several target tasks have in common once."""
        if self.problems:
            ordered = [problem for _, problem in sorted(self.problems, key=itemgetter(0))]
            raise StudyError(list({str(problem): problem for problem in ordered}.values()))


def _answers(card: TaskCard) -> tuple[HeadKind, tuple[str, ...]]:
    """Output of a model of the task: the kind of head, and the labels in the order of its classes."""
    return card.head, card.labels


def _in_words(card: TaskCard) -> str:
    return f"labels {', '.join(card.labels)} per {card.head}"
