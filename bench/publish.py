"""Make the output of a finished study a published table: ``python -m bench.publish OUT NAME --encoder TEXT``.

Written are the score table, ``src/isogloss/scores/published/NAME.csv``, for which a card ``NAME.yaml`` is
written by hand; and the record of the run, ``studies/results/NAME.json``: the study as it was resolved,
commit, versions, hardware, every data file with its hash, and time and last loss of each training. Paths are
cut to the names of files. A study with a missing or torn stage is refused. With ``--not-shipped`` the table
goes to ``studies/results/NAME.csv``: a block of baselines relates nothing to distances. Of a sweep over
layers the table of its report is kept as ``NAME-layers.csv`` there: its intervals need every prediction.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from isogloss.errors import StoreError
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.record import DataRead, StageRecord

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "src" / "isogloss" / "scores" / "published"
RESULTS = ROOT / "studies" / "results"


def record_of_run(study: StudyFolder, encoder: str) -> dict[str, Any]:
    """What the records of all stages say, each fact once."""
    records = [study.store.record(stage_id) for stage_id in study.manifest.stages]
    training = [record for record in records if record.training]
    resolved = study.manifest.study.model_dump(mode="json", exclude={"data_dir"})
    resolved["encoder"] = encoder
    return {
        "study": resolved,
        "isogloss": _distinct(f"{one.isogloss_version}, commit {one.git_commit}" for one in records),
        "uncommitted_changes": any(one.git_dirty for one in records),
        "versions": _distinct(one.versions for one in records),
        "hardware": _distinct(one.hardware.model_dump(mode="json") for one in records),
        "precision": _distinct(one.precision for one in records),
        "encoder_fingerprint": _distinct(one.encoder.fingerprint for one in training if one.encoder),
        "started": min(one.started for one in records),
        "stages": len(records),
        "hours_of_training": round(sum(one.seconds for one in training) / 3600, 2),
        "hours_of_evaluation": round(sum(one.seconds for one in records if one.result) / 3600, 2),
        "data": _distinct(_of_data(data) for one in records for data in one.data),
        "trainings": [_of_training(one) for one in training],
        "warnings": _distinct(warning for one in records for warning in one.warnings),
    }


def _distinct(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def _of_data(data: DataRead) -> dict[str, Any]:
    files = [{"name": Path(one.path).name, "sha256": one.sha256, "rows": one.rows} for one in data.files]
    return data.model_dump(mode="json") | {"files": files}


def _of_training(record: StageRecord) -> dict[str, Any]:
    assert record.training is not None
    return {
        "label": record.label,
        "stage_id": record.stage_id,
        "updates": record.training.n_updates,
        "subwords": record.training.n_subwords,
        "seconds": round(record.seconds, 1),
        "last_loss": round(record.training.losses[-1][1], 4),
        "validation_score": record.training.kept_score,
    }


def layers_of_report(out: Path) -> Iterator[dict[str, Any]]:
    """Rows of the report's tables of layers; scores in [0, 1], gains over ``last`` and over ``mlp_last``."""
    for part in json.loads((out / "analysis.json").read_text(encoding="utf-8"))["layers"]:
        sweep = part["swept"]["sweep"]
        over_control = dict(sweep["headline"]).get("mlp_last") or {}
        for row in sweep["rows"]:
            gain, is_chosen = row["gain"] or {}, row["aggregator"] == sweep["chosen"]
            yield {
                "task": sweep["setting"]["task"],
                **{name: row[name] for name in ("aggregator", "validation", "source", "targets")},
                "seeds": len(sweep["setting"]["seeds"]),
                "gain": gain.get("estimate"),
                "gain_low": gain.get("ci_low"),
                "gain_high": gain.get("ci_high"),
                "chosen": is_chosen,
                "over_mlp_last": over_control.get("estimate") if is_chosen else None,
                "over_mlp_last_low": over_control.get("ci_low") if is_chosen else None,
                "over_mlp_last_high": over_control.get("ci_high") if is_chosen else None,
                "best_by_chance": sweep["best_by_chance"],
            }


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="output folder of the study")
    parser.add_argument("name", help="name of the published table")
    parser.add_argument("--encoder", required=True, help="name of the encoder in the table")
    parser.add_argument("--not-shipped", action="store_true", help="keep the table out of the package")
    arguments = parser.parse_args()
    study = StudyFolder.open(arguments.out)
    missing = [cell for cell in study.manifest.cells if not study.store.is_done(cell.stage_id)]
    if missing:
        raise StoreError(
            f"{len(missing)} cells have no score", where=str(arguments.out), hint="finish the run"
        )
    frame = (
        study.scores()
        .to_frame()
        .drop(columns=["layer", "source_id", "intermediate_id", "target_id"])
        .assign(encoder=arguments.encoder)
    )
    RESULTS.mkdir(exist_ok=True)
    tables = RESULTS if arguments.not_shipped else TABLES
    frame.to_csv(tables / f"{arguments.name}.csv", index=False, lineterminator="\n")
    if layers := list(layers_of_report(arguments.out)):
        table = pd.DataFrame(layers).round(5)
        table.to_csv(RESULTS / f"{arguments.name}-layers.csv", index=False, lineterminator="\n")
    record = record_of_run(study, arguments.encoder)
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
    (RESULTS / f"{arguments.name}.json").write_text(text + "\n", encoding="utf-8")
    card = TABLES / f"{arguments.name}.yaml"
    is_left = not arguments.not_shipped and not card.exists()
    print(f"{len(frame)} scores of {record['stages']} stages" + (f"; now write {card}" if is_left else ""))


if __name__ == "__main__":
    main()
