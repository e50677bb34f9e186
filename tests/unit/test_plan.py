"""From a study file to stages, cells and identities."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from isogloss.errors import StudyError
from isogloss.study.file.yaml_text import read_study
from isogloss.study.plan import Plan, make_plan
from isogloss.study.stages import FinetuneStage


def study(encoder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "name": "plan",
        "source": {"task": "mini-paws", "language": "en", "examples": 64},
        "intermediate": {"task": "mini-pos", "languages": ["de", "fr"], "examples": 32},
        "targets": ["en", "de", "fr", "zh", "ja", "es"],
        "encoder": str(encoder),
        "selection": "none",
        **changes,
    }


def plan(tmp_path: Path, content: dict[str, Any], *overrides: str) -> Plan:
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return make_plan(read_study(path, overrides))


def problems(tmp_path: Path, content: dict[str, Any]) -> str:
    with pytest.raises(StudyError) as caught:
        plan(tmp_path, content)
    return str(caught.value)


def test_every_cell_of_the_grid_has_one_row(tmp_path: Path, tiny_encoder: Path) -> None:
    made = plan(tmp_path, study(tiny_encoder, seed=[1, 2], aggregator=["last", {"aif": {"layer": 1}}]))
    # none, English of equal budget, de, fr; 6 targets, 2 seeds, 2 aggregators
    assert len(made.cells) == 4 * 6 * 2 * 2
    assert len({cell.stage_id for cell in made.cells}) == len(made.cells)
    assert {cell.aggregator for cell in made.cells} == {"last", "D_1"}


def test_parents_come_before_their_children(tmp_path: Path, tiny_encoder: Path) -> None:
    seen: set[str] = set()
    for stage_id, stage in plan(tmp_path, study(tiny_encoder)).stages.items():
        assert stage.parent is None or stage.parent in seen
        seen.add(stage_id)


def test_cells_whose_target_was_trained_on_are_marked(tmp_path: Path, tiny_encoder: Path) -> None:
    cells = plan(tmp_path, study(tiny_encoder)).cells
    marked = {(cell.intermediate_language, cell.target_language) for cell in cells if not cell.zero_shot}
    english = {(middle, "en") for middle in (None, "en", "de", "fr")}
    assert marked == english | {("de", "de"), ("fr", "fr")}


def test_what_may_not_change_a_number_leaves_the_identities(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder)
    ids = set(plan(tmp_path, content).stages)
    reordered = dict(reversed(list(content.items())))
    assert set(plan(tmp_path, reordered).stages) == ids
    assert (
        set(plan(tmp_path, content, "execution.jobs=2", "execution.max_subwords_per_batch=64").stages) == ids
    )
    assert set(plan(tmp_path, content, "analysis.seed=7", "name=other").stages) == ids
    assert set(plan(tmp_path, content, "targets=[es, ja, zh, fr, de, eng]").stages) == ids


@pytest.mark.parametrize(
    "override",
    [
        "training.learning_rate=1e-3",
        "training.batch_size=16",
        "training.max_length=64",
        "seed=2",
        "source.examples=63",
        "aggregator={aif: {layer: 1}}",
        "selection=source-validation",
    ],
)
def test_what_may_change_a_number_changes_the_identities(
    tmp_path: Path, tiny_encoder: Path, override: str
) -> None:
    content = study(tiny_encoder)
    before = {cell.stage_id for cell in plan(tmp_path, content).cells}
    assert before.isdisjoint(cell.stage_id for cell in plan(tmp_path, content, override).cells)


def test_studies_that_share_stages_share_their_ids(tmp_path: Path, tiny_encoder: Path) -> None:
    small = plan(tmp_path, study(tiny_encoder))
    large = plan(tmp_path, study(tiny_encoder, targets=["en", "de", "fr", "zh", "ja", "es", "ko"]))
    assert set(small.stages) < set(large.stages)


def test_equal_stages_coincide_and_what_that_saves_is_counted(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder, targets=["en", "de", "fr", "zh", "es"])
    content["source"]["language"] = ["en", "es"]
    made = plan(tmp_path, content)
    trained = [stage for stage in made.stages.values() if isinstance(stage, FinetuneStage)]
    # intermediates en, es, de, fr are each trained once for two sources; (1 + 4) x 2 source stages
    assert len(trained) == 4 + 5 * 2
    assert made.n_unshared - len(made.stages) == 4


def test_all_problems_of_names_at_once(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(
        tiny_encoder, aggregator=[{"aif": {"layer": 3}}, "lst", {"aif": {"layer": 1, "reducton": 4}}]
    )
    content["source"]["task"] = "mini-pawz"
    content["analysis"] = {"distances": ["syntatic"], "effectiveness": ["gian"]}
    text = problems(tmp_path, content)
    for part in ("did you mean 'mini-paws'?", "did you mean 'last'?", "did you mean 'reduction'?"):
        assert part in text
    assert "did you mean 'syntactic'?" in text
    assert "did you mean 'gain'?" in text
    assert "layer 3" in text
    assert text.startswith("6 problems")


def test_unknown_and_missing_languages(tmp_path: Path, tiny_encoder: Path) -> None:
    text = problems(tmp_path, study(tiny_encoder, targets=["en", "xx-nonsense", "sw", "zh", "cmn"]))
    assert "xx-nonsense" in text
    assert "mini-paws has no test data in 'sw' (Swahili" in text
    assert "'cmn' and 'zh' are one language" in text
    assert "study.yaml, line" in text


def test_measures_name_the_baseline_they_need(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder, targets=["de", "fr", "zh"])
    content["intermediate"]["baselines"] = ["none"]
    content["analysis"] = {"effectiveness": ["gain_equal_budget", "gap"]}
    text = problems(tmp_path, content)
    assert "needs the baseline 'source-language'" in text
    assert "add en to the targets" in text


def test_pairs_that_leave_nothing_to_test(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder, targets=["en", "de", "fr"])
    assert "leave nothing to test: 2 zero-shot pairs" in problems(tmp_path, content)
    content["analysis"] = {"distances": "none"}
    assert plan(tmp_path, content).resolved.distances == ()


OWN = "a,b,value\nen,de,0.1\nen,fr,0.2\nde,fr,0.3\n"


def test_distances_of_ones_own_take_part(tmp_path: Path, tiny_encoder: Path) -> None:
    (tmp_path / "speech.csv").write_text(OWN, encoding="utf-8")
    content = study(tiny_encoder, analysis={"distances": ["syntactic"], "distance_files": "speech.csv"})
    resolved = plan(tmp_path, content).resolved
    assert resolved.distances == ("syntactic", "speech")
    assert resolved.study.analysis.distance_files == (str(tmp_path / "speech.csv"),)
    content["analysis"]["distances"] = ["speech"]
    assert plan(tmp_path, content).resolved.distances == ("speech",)


def test_distances_of_ones_own_change_no_identity(tmp_path: Path, tiny_encoder: Path) -> None:
    (tmp_path / "speech.csv").write_text(OWN, encoding="utf-8")
    with_own = plan(tmp_path, study(tiny_encoder, analysis={"distance_files": ["speech.csv"]}))
    assert set(with_own.stages) == set(plan(tmp_path, study(tiny_encoder)).stages)


def test_a_distance_file_that_cannot_be_used_is_found_before_anything_runs(
    tmp_path: Path, tiny_encoder: Path
) -> None:
    (tmp_path / "speech.csv").write_text(OWN + "de,zh,far\n", encoding="utf-8")
    text = problems(tmp_path, study(tiny_encoder, analysis={"distance_files": ["speech.csv"]}))
    assert "'far' is not a valid distance" in text
    assert "analysis.distance_files" in text
    assert "speech.csv, line 5, column 'value'" in text
    text = problems(tmp_path, study(tiny_encoder, analysis={"cldf": "nowhere"}))
    assert "no folder" in text
    assert "analysis.cldf" in text


def test_how_the_checkpoint_is_chosen_is_part_of_the_identity(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder, selection="source-validation")
    overrides = [
        (),
        ("validation.examples=100",),
        ("validation.evaluations=3",),
        ("validation.patience=2",),
        ("validation.split=train",),
    ]
    found = [{cell.stage_id for cell in plan(tmp_path, content, *one).cells} for one in overrides]
    assert len(set.union(*found)) == sum(map(len, found))
    spelled_out = ("validation={split: validation, examples: auto, evaluations: auto, patience: null}",)
    assert {cell.stage_id for cell in plan(tmp_path, content, *spelled_out).cells} == found[0]


def test_intermediate_stages_choose_nothing(tmp_path: Path, tiny_encoder: Path) -> None:
    chosen = plan(tmp_path, study(tiny_encoder, selection="source-validation", validation={"examples": 50}))
    kept_last = plan(tmp_path, study(tiny_encoder))
    first = {
        key
        for made in (chosen, kept_last)
        for key, stage in made.stages.items()
        if isinstance(stage, FinetuneStage) and stage.train.task == "mini-pos"
    }
    assert first <= set(chosen.stages)
    assert first <= set(kept_last.stages)


def test_rows_cut_from_training_need_no_validation_split(tmp_path: Path, tiny_encoder: Path) -> None:
    content = study(tiny_encoder, selection="source-validation")
    read = {}
    for split in ("validation", "train"):
        made = plan(tmp_path, content, f"validation.split={split}")
        stages = [stage for stage in made.stages.values() if isinstance(stage, FinetuneStage)]
        read[split] = {data.split for stage in stages for data in stage.validation}
        assert {stage.selection for stage in stages} == {"none", "source-validation"}
    assert read == {"validation": {"validation"}, "train": set()}


TWINS = ["mini-paws", "mini-paws-enciphered"]


def test_targets_are_scored_on_every_task_named(tmp_path: Path, tiny_encoder: Path) -> None:
    alone = plan(tmp_path, study(tiny_encoder))
    targets = {"languages": ["en", "de", "fr", "zh", "ja", "es"], "task": TWINS}
    both = plan(tmp_path, study(tiny_encoder, targets=targets))
    assert set(alone.stages) < set(both.stages)
    assert set(both.resolved.targets) == set(TWINS)
    assert len(both.cells) == 2 * len(alone.cells)
    trained = [stage for stage in both.stages.values() if isinstance(stage, FinetuneStage)]
    assert trained == [stage for stage in alone.stages.values() if isinstance(stage, FinetuneStage)]
    assert {(cell.task, cell.source_task) for cell in both.cells} == {(task, "mini-paws") for task in TWINS}
    assert len({cell.stage_id for cell in both.cells}) == len(both.cells)
    marked = {(cell.task, cell.target_language) for cell in both.cells if not cell.zero_shot}
    assert ("mini-paws-enciphered", "en") in marked


def test_a_task_of_ones_own_is_scored_by_a_model_of_a_benchmark(tmp_path: Path, tiny_encoder: Path) -> None:
    codes = ("eng", "deu", "fra", "spa", "ita", "por")
    for code in codes:
        (tmp_path / f"own-{code}.tsv").write_text("a\tb\tlabel\nx\ty\t1\nx\tz\t0\n", encoding="utf-8")
    own = {"name": "own", "path": "own-{language}.tsv", "labels": ["0", "1"]}
    own["columns"] = {"text_a": "a", "text_b": "b", "label": "label"}
    content = study(tiny_encoder, tasks=[own], targets={"languages": "all", "task": "own"})
    content |= {"analysis": {"effectiveness": ["gap"]}}
    cells = plan(tmp_path, content, "targets.split=train").cells
    assert {(cell.task, cell.source_task) for cell in cells} == {("own", "mini-paws")}
    assert {cell.target_language for cell in cells} == set(codes)
    assert not any(cell.zero_shot for cell in cells if cell.target_language == "eng")


def test_a_task_with_other_labels_cannot_be_scored(tmp_path: Path, tiny_encoder: Path) -> None:
    own = {"name": "yes-no", "path": "{language}.tsv", "labels": ["0", "1"]}
    targets = {"languages": ["de", "fr", "zh"], "task": ["mini-paws", "mini-poss", "mini-pos"]}
    text = problems(tmp_path, study(tiny_encoder, targets=targets, tasks=[own]))
    assert "unknown task 'mini-poss'" in text
    assert "a model of 'mini-paws' (labels 0, 1 per sentence) cannot be scored on 'mini-pos' (labels" in text
    assert "pawsx, yes-no" in text.split("cannot be scored")[1]
    assert "study.yaml, line" in text


def test_oracle_looks_at_the_validation_data_of_every_target_task(tmp_path: Path, tiny_encoder: Path) -> None:
    targets = {"languages": ["en", "de", "fr", "zh", "ja", "es"], "task": TWINS}
    made = plan(tmp_path, study(tiny_encoder, targets=targets, selection="oracle"))
    read = {
        (data.task, data.language)
        for stage in made.stages.values()
        if isinstance(stage, FinetuneStage)
        for data in stage.validation
    }
    assert read == {(task, language) for task in TWINS for language in targets["languages"]}


def test_a_language_that_one_target_task_lacks_is_named_once(tmp_path: Path, tiny_encoder: Path) -> None:
    targets = {"languages": ["en", "de", "fr", "zh", "qq-nothing"], "task": TWINS}
    text = problems(tmp_path, study(tiny_encoder, targets=targets))
    assert text.count("qq-nothing") == text.count("no language 'qq-nothing'") == 1


@pytest.mark.parametrize("name", ["mini", "mini-paws", "mini-controls", "mini-ceiling"])
def test_studies_of_the_built_in_world_run_as_they_stand(name: str) -> None:
    path = Path(__file__).resolve().parents[2] / "studies" / f"{name}.yaml"
    assert make_plan(read_study(path)).cells
