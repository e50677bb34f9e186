"""The reference pages list exactly what the code has."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic_core import PydanticUndefined

from isogloss import __version__
from isogloss.analysis.spec import AnalysisSpec
from isogloss.identity import Frozen
from isogloss.modeling.aggregators.base import AGGREGATORS
from isogloss.scores.table import COLUMNS, KEY
from isogloss.study.file import schema
from isogloss.study.file.yaml_text import read_study
from isogloss.tasks import settings as task_settings
from isogloss.tasks.base import TASKS
from isogloss.training.settings import TrainingSettings, ValidationSettings

ROOT = Path(__file__).resolve().parents[2]

SECTIONS = {
    "Study": schema.Study,
    "source": schema.SourceSettings,
    "intermediate": schema.IntermediateSettings,
    "targets": schema.TargetSettings,
    "encoder": schema.EncoderSettings,
    "aggregator": schema.AggregatorSettings,
    "training": TrainingSettings,
    "validation": ValidationSettings,
    "analysis": AnalysisSpec,
    "tasks": task_settings.LocalTaskSettings,
    "columns": task_settings.ColumnSettings,
    "execution": schema.ExecutionSettings,
    "slurm": schema.SlurmSettings,
    "ray": schema.RaySettings,
}


def table_rows(page: str, heading: str) -> list[list[str]]:
    """Body of the first table below a heading, as cells."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    body = next(part for part in section if part.splitlines()[0] == heading)
    lines = [line for line in body.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("heading", SECTIONS)
def test_study_file_page_lists_the_fields_in_order(heading):
    fields = SECTIONS[heading].model_fields
    assert [row[0] for row in table_rows("study-file.md", heading)] == [f"`{name}`" for name in fields]


@pytest.mark.parametrize("heading", SECTIONS)
def test_study_file_page_states_the_defaults(heading):
    fields = SECTIONS[heading].model_fields
    for name, default, _ in table_rows("study-file.md", heading):
        field = fields[name.strip("`")]
        if (heading, name) == ("Study", "`name`"):
            continue  # filled in from the file's name before validation
        assert (default == "required") == (
            field.default is PydanticUndefined and not field.default_factory
        ), name
        if isinstance(field.default, bool | int | float | str) and field.default != "":
            assert default == f"`{str(field.default).lower()}`", name


def test_the_example_study_is_valid(tmp_path):
    text = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
    (tmp_path / "example.yaml").write_text(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1))
    study = read_study(tmp_path / "example.yaml").study
    assert {*study.source.task, study.intermediate.task} <= set(TASKS)
    assert {aggregator.name for aggregator in study.aggregator} <= set(AGGREGATORS)


def test_every_settings_model_has_a_section():
    models = {
        value
        for value in {**vars(schema), **vars(task_settings)}.values()
        if isinstance(value, type) and issubclass(value, Frozen) and value is not Frozen
    }
    assert models == set(SECTIONS.values())


def test_results_page_lists_the_columns_in_order():
    rows = table_rows("results.md", "The score table")
    assert [row[0] for row in rows] == [f"`{name}`" for name in COLUMNS]
    assert {row[0].strip("`") for row in rows if row[1] == "key"} == set(KEY)


def test_citation_file_has_the_version_of_the_package():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
]


def anchors(page: Path) -> set[str]:
    """Anchors that GitHub and Sphinx give the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_have_a_text_and_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for shown, link in re.findall(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)", text):
        assert shown, f"a link without text shows nothing on GitHub: {link}"
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path) if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_no_label_that_only_sphinx_reads():
    for page in PAGES:
        assert not re.search(r"^\([\w-]+\)=$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE), page
