"""Progress on a narrow and a wide terminal, in a pipe, and from a worker to whoever watches."""

import io
import json
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from isogloss.cli.output import monitor
from isogloss.cli.output.monitor import JsonMonitor, TerminalMonitor, TrainingBar, shortened
from isogloss.modeling.progress import ProgressEvent
from isogloss.study.execution.worker import ProgressFile
from isogloss.study.jobs import progress_path
from isogloss.study.outputs.status import StageGroup, Status

LABEL = "multilingual-e5-small D_3 seed 1: mini-pos de > mini-paws en"
TARGETS = ("en", "de", "es", "fr", "ja", "ko", "zh")
TRAINING = {
    "done": 1234,
    "total": 12000,
    "loss": 0.6931,
    "subwords_per_s": 11600.0,
    "seconds_left": 3900.0,
    "messages": [],
}


def group(name, *labels, kind="finetune"):
    return StageGroup(name, tuple(SimpleNamespace(kind=kind, label=label) for label in labels), None)


TRAINED = group("finetune-a", LABEL)
SCORED = group("evaluate-a", *(f"{LABEL} > {target}" for target in TARGETS), kind="evaluate")


class Clock:
    """Stands in for `time` in the module; a test moves it."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(monitor, "time", found)
    return found


def piped():
    return Console(file=io.StringIO(), force_terminal=False, width=80)


def watch(console):
    stages = {str(i): stage for i, stage in enumerate((*TRAINED.stages, *SCORED.stages))}
    return TerminalMonitor(Status(stages, {}), console)


def drawn(watching, width):
    """What stands on a terminal of so many columns, line by line."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(watching.progress.get_renderable())
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [60, 80, 109, 110, 200])
def test_numbers_are_never_cut(width):
    watching = watch(Console(file=io.StringIO(), force_terminal=True, width=width))
    watching.started(TRAINED)
    watching.progressed(TRAINED, TRAINING)
    overall, stage = drawn(watching, width)
    assert len(stage) <= width
    for shown in ("1234/12000", "0:00:0", "loss 0.693", "65 min left"):
        assert shown in stage
    assert ("11,600 subwords/s" in stage) == (width >= monitor.WIDE)
    assert overall.startswith("stages ") and " 0/8 " in overall


def test_the_label_at_80_columns_tells_stages_apart():
    watching = watch(Console(file=io.StringIO(), force_terminal=True, width=80))
    for each in (TRAINED, SCORED):
        watching.started(each)
        watching.progressed(each, TRAINING | {"done": 12, "total": 300, "seconds_left": 40.0})
    _, trained, scored = drawn(watching, 80)
    assert trained.startswith("mini-pos de > mini-paws en ")
    assert scored.startswith("…") and " ja, ko, zh " in scored


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (80, "e5 last seed 1: mini-pos de > mini-paws en"),
        (30, "mini-pos de > mini-paws en"),
        (12, "…ini-paws en"),
    ],
)
def test_labels_are_shortened_from_the_front(width, expected):
    assert shortened("e5 last seed 1: mini-pos de > mini-paws en", width) == expected


def test_a_pipe_gets_lines_from_the_first_update_on_and_not_too_many(clock):
    console = piped()
    with watch(console) as watching:
        watching.started(TRAINED)
        for second in range(60):
            clock.now = 100.0 + second
            watching.progressed(TRAINED, TRAINING | {"done": second + 1, "total": 60})
        watching.ended(TRAINED, None)
        watching.started(SCORED)
        clock.now += 10
        watching.progressed(SCORED, TRAINING | {"done": 20, "total": 400, "loss": None})
        watching.ended(SCORED, None)
    lines = console.file.getvalue().splitlines()
    assert lines[:2] == [
        f"starting: {LABEL}",
        f"[0/8] {LABEL}: update 1 of 60, loss 0.693, 65 min left, 11,600 subwords/s",
    ]
    assert [re.search(r"update (\d+)", line)[1] for line in lines[1:7]] == ["1", "11", "21", "31", "41", "51"]
    assert lines[7:] == [
        f"[1/8] {LABEL}",
        f"[1/8] {LABEL} > {', '.join(TARGETS)}: sentence 20 of 400, 65 min left, 11,600 subwords/s",
        f"[8/8] {LABEL} > {', '.join(TARGETS)}",
    ]


def test_a_run_of_a_day_does_not_fill_its_log(clock):
    console = piped()
    with TrainingBar("pretraining", console) as bar:
        for second in range(0, 86_400, 2):
            clock.now = 100.0 + second
            bar(ProgressEvent(second, 86_400, 2.0, 900.0, 86_400.0 - second))
    assert 200 < len(console.file.getvalue().splitlines()) < 400


@pytest.mark.parametrize("terminal", [True, False])
def test_messages_are_shown_once(terminal):
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
    watching = watch(console)
    watching.started(TRAINED)
    for messages in ([], ["halved to 100"], ["halved to 100"], ["halved to 100", "halved to 50"]):
        watching.progressed(TRAINED, TRAINING | {"messages": messages})
    warnings = [line for line in console.file.getvalue().splitlines() if "warning" in line]
    assert warnings == [f"warning: {LABEL}: halved to 100", f"warning: {LABEL}: halved to 50"]


def test_a_message_reaches_a_single_training_run():
    console = piped()
    TrainingBar("pretraining", console)(ProgressEvent(1, 9, 2.0, 900.0, 3.0, "halved to 100"))
    assert console.file.getvalue().splitlines()[0] == "warning: halved to 100"


def test_a_worker_writes_every_message_also_between_two_notes(tmp_path):
    job = tmp_path / "job.json"
    progress = ProgressFile(job)
    progress(ProgressEvent(1, 9, 2.0, 900.0, 3.0))
    for done, message in ((2, "halved to 100"), (3, None), (4, "halved to 50"), (5, None)):
        progress(ProgressEvent(done, 9, 2.0, 900.0, 3.0, message))
    written = json.loads(progress_path(job).read_text(encoding="utf-8"))
    assert written["messages"] == ["halved to 100", "halved to 50"]
    assert written["done"] == 4


def test_a_terminal_that_cannot_draw_gets_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    watching = watch(console)
    watching.started(TRAINED)
    watching.progressed(TRAINED, TRAINING)
    assert "update 1234 of 12000" in console.file.getvalue()


def test_machines_get_one_json_object_a_line():
    group = StageGroup("evaluate-x", (), "x")
    stream = io.StringIO()
    with JsonMonitor(Status({}, {}), stream) as told:
        told.started(group)
        told.progressed(group, TRAINING)
        told.progressed(group, TRAINING)  # nothing new
        told.warned("a \u00e4\n b")
        told.time_left(100.0)
        told.time_left(95.0)
        told.ended(group, "boom")
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    names = ["run", "started", "progress", "warning", "time_left", "ended", "over"]
    assert [event["event"] for event in events] == names
    assert events[2]["loss"] == TRAINING["loss"]
    assert events[5]["error"] == "boom"
    assert all("time" in event for event in events)
