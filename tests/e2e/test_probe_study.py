"""A study in probe mode, run and reported as a user does; its layer section comes from stored predictions."""

import json
from collections import Counter

import pytest

from isogloss.report.export import write_report
from isogloss.report.summary import summarise
from isogloss.study.execution.preparation import Prepared
from isogloss.study.execution.run import run_plan
from isogloss.study.file.yaml_text import read_study
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.results import gather
from isogloss.study.outputs.status import status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import make_plan

STUDY = """
name: probes
mode: {mode}
source: {{task: mini-pos, language: en, examples: 24, training: {{steps: 3, batch_size: 8}}}}
targets: {{languages: [en, de, zh], examples: 20}}
encoder: {encoder}
aggregator: [last, mlp_last, {{aif: {{layer: 1}}}}, {{aif: {{layer: 2}}}}]
seed: [1, 2]
training: {{max_length: 64, precision: fp32}}
analysis: {{distances: none}}
execution: {{executor: inline, threads: 1, keep_models: {keep}}}
"""


class Silent:
    def __getattr__(self, name):
        return lambda *arguments: None


@pytest.fixture(scope="module")
def study(tiny_encoder, tmp_path_factory):
    root = tmp_path_factory.mktemp("probe-study")
    path = root / "study.yaml"
    path.write_text(STUDY.format(mode="probe", encoder=tiny_encoder, keep="needed"), encoding="utf-8")
    plan = make_plan(read_study(path))
    status = status_of(plan, Store(root / "out" / "stages"))
    folder = StudyFolder.claim(root / "out", plan, None)
    result = run_plan(Prepared(root / "out", None, plan, status), folder, Silent())
    assert not result.failed, result.failed
    return plan, folder


def test_every_cell_has_a_score_and_no_weights_are_left(study):
    plan, folder = study
    assert len(folder.scores()) == 4 * 2 * 3
    assert not list((folder.root / "stages").glob("*/model"))
    assert not status_of(plan, folder.store).pending


def test_the_report_tells_the_chosen_layer_its_gain_and_what_choosing_gains(study):
    _, folder = study
    results = gather(folder)
    summary = summarise(results)
    files = write_report(summary, folder.root)
    (section,) = results.sweeps.sections
    (words,) = summary.layers
    sweep = section.sweep
    assert sweep.chosen in {"D_1", "D_2"} and [name for name, _ in sweep.headline] == ["last", "mlp_last"]
    table = {(row.aggregator, row.seed, row.target_language): row.score for row in results.table}
    gains = [
        table[sweep.chosen, seed, target] - table["last", seed, target]
        for seed in (1, 2)
        for target in ("de", "zh")
    ]
    assert sweep.headline[0][1].estimate == pytest.approx(sum(gains) / 4)
    for row in sweep.rows:
        assert row.source == pytest.approx(
            (table[row.aggregator, 1, "en"] + table[row.aggregator, 2, "en"]) / 2
        )
        assert 0 <= row.validation <= 1
    page = files.html.read_text(encoding="utf-8")
    records = {
        (cell.aggregator, cell.seed, cell.target_language): folder.store.record(cell.stage_id)
        for cell in folder.manifest.cells
    }
    for row in sweep.rows:
        macro = [records[row.aggregator, seed, target].macro_f1 for seed in (1, 2) for target in ("de", "zh")]
        assert section.macro_f1[row.aggregator] == pytest.approx(sum(macro) / 4)
    assert set(section.lower_share) == {"D_1", "D_2"}
    assert [row.target for row in section.shares] == ["en", "de", "zh"]
    layer = int(sweep.chosen[-1])
    for row in section.shares:
        own = [records[sweep.chosen, seed, row.target].layer_shares.overall[layer] for seed in (1, 2)]
        assert row.overall == pytest.approx(sum(own) / 2)
        assert len(row.parts) == 4 and all(0 < part < 1 for part in row.parts)
    assert "Share of the<br>lower layer" in page and "Macro F1,<br>zero-shot" in page
    assert "the encoder was not trained" in page
    assert words.headline in page and 'id="layers"' in page and "chosen on validation" in page
    said = json.loads((folder.root / "analysis.json").read_text(encoding="utf-8"))
    assert said["layers"][0]["swept"]["sweep"]["chosen"] == sweep.chosen


def test_an_incomplete_aggregator_takes_no_part_and_is_named(study, tmp_path):
    _, folder = study
    whole = folder.manifest
    cells = [c for c in whole.cells if (c.aggregator, c.seed, c.target_language) != ("D_2", 2, "zh")]
    partial = StudyFolder(folder.root, whole.model_copy(update={"cells": tuple(cells)}))
    layers = gather(partial).sweeps
    assert [row.aggregator for row in layers.sections[0].sweep.rows] == ["last", "mlp_last", "D_1"]
    assert any("D_2 is not complete" in note for note in layers.notes)


def test_results_check_every_stage_once(study, monkeypatch):
    _, folder = study
    checked = Counter()
    verify = Store.verify

    def counted(self, stage_id, *, with_model):
        checked[stage_id] += 1
        return verify(self, stage_id, with_model=with_model)

    monkeypatch.setattr(Store, "verify", counted)
    assert len(gather(folder).table) == 4 * 2 * 3
    assert checked == dict.fromkeys(folder.manifest.stages, 1)
