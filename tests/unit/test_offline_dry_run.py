"""A dry run plans an encoder whose hub cannot be reached; a run refuses it. The tests run offline."""

import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.errors import CheckpointError, StudyError
from isogloss.study.file.resolution import resolve_study
from isogloss.study.file.yaml_text import read_study

ENCODER = "nobody/an-encoder-of-the-hub"
STUDY = f"""
source: {{task: udpos, language: en}}
targets: [de, fr, ja]
encoder: [{ENCODER}, mini]
aggregator: [last, {{aif: {{layer: 2}}}}]
data_dir: demo/data
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["example", "demo"]).exit_code == 0
    (tmp_path / "study.yaml").write_text(STUDY)
    return tmp_path


def test_a_dry_run_prints_the_plan_and_what_is_unknown(folder):
    done = CliRunner().invoke(cli, ["run", "study.yaml", "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "study: 16 stages (4 fine-tuning, 12 evaluation)" in done.output
    assert f"encoder {ENCODER}: not in the cache, and the hub cannot be reached" in done.output
    assert "unknown: whether it exists" in done.output
    assert "estimated time" not in done.output
    assert not (folder / "out").exists()


@pytest.mark.parametrize("options", [[], ["--dry-run", "--measure"]])
def test_a_run_and_a_timing_refuse_it(folder, options):
    done = CliRunner().invoke(cli, ["run", "study.yaml", *options])
    assert isinstance(done.exception, StudyError)
    assert isinstance(done.exception.problems[0], CheckpointError)
    assert "the hub is out of reach" in str(done.exception)


def test_the_layers_of_other_encoders_are_checked(folder):
    from dataclasses import replace

    file = read_study(folder / "study.yaml", ["aggregator={aif: {layer: 9}}"])
    with pytest.raises(StudyError, match="layer 9") as caught:
        resolve_study(replace(file, may_plan_unread=True))
    assert len(caught.value.problems) == 1
