"""``isogloss pretrain``: a small encoder from text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from isogloss.errors import FieldError, closest

if TYPE_CHECKING:
    from pydantic import ValidationError

NAME = "pretrain"


@click.command(NAME)
@click.option(
    "--corpus", type=click.Path(path_type=Path), help="Folder of <language>.txt, or in XTREME layout."
)
@click.option(
    "--parallel", type=click.Path(path_type=Path), help="Folder of parallel text, in either layout."
)
@click.option("--world", is_flag=True, help="The text of the built-in world, which made the encoder `mini`.")
@click.option("--languages", help="Only these languages, separated by commas.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the encoder; a new one."
)
@click.option("--minutes", type=float, help="Time limit, vocabulary included.")
@click.option("--steps", type=int, help="Number of updates.")
@click.option("--seed", type=int, help="[default: 1]")
@click.option("--threads", type=click.IntRange(1), help="Threads of the numerical library.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any setting of the run; see the docs."
)
def pretrain(
    corpus: Path | None,
    parallel: Path | None,
    world: bool,
    languages: str | None,
    out: Path,
    minutes: float | None,
    steps: int | None,
    seed: int | None,
    threads: int | None,
    settings: tuple[str, ...],
) -> None:
    """Train a small encoder from text: masked, and on parallel text translation language modelling.

    Writes a folder that `isogloss run --set encoder=FOLDER` and the transformers library load. Without
    --minutes and --steps it stops after 30 minutes. With --world it repeats the run that made the
    built-in encoder.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FieldError(
            f"{out} exists and is not an empty folder", where="--out", hint="choose a new folder"
        )
    if world == (corpus is not None or parallel is not None):
        raise FieldError(
            "no text to pretrain on" if not world else "--world is given beside other text",
            where="--corpus, --parallel, --world",
            allowed="--corpus and --parallel, or --world",
        )
    stated = {"minutes": minutes, "steps": steps, "seed": seed}
    _train(
        corpus,
        parallel,
        languages,
        out,
        threads,
        _parse(settings) | {k: v for k, v in stated.items() if v is not None},
    )


def _train(
    corpus: Path | None,
    parallel: Path | None,
    languages: str | None,
    out: Path,
    threads: int | None,
    stated: dict[str, Any],
) -> None:
    from pydantic import ValidationError

    from isogloss.cli.monitor import TrainingBar, duration
    from isogloss.modeling.device import set_threads
    from isogloss.training.corpora import read_corpus, world_corpus
    from isogloss.training.pretrain import WORLD_SETTINGS, PretrainSettings
    from isogloss.training.pretrain import pretrain as train

    world = corpus is None and parallel is None
    base = WORLD_SETTINGS.model_dump() if world else {}
    if "minutes" in stated or "steps" in stated:
        base |= {"minutes": None, "steps": None}
    elif not world:
        base = {"minutes": 30.0}
    try:
        settings = PretrainSettings(**(base | stated))
    except ValidationError as error:
        raise _problem(error, list(PretrainSettings.model_fields)) from None
    text = world_corpus() if world else read_corpus(corpus, parallel)
    if languages:
        text = text.only(languages.split(","))
    set_threads(threads)
    with TrainingBar("pretraining") as bar:
        report = train(text, out, settings, progress=bar)
    click.echo(
        f"{report.n_updates:,} updates, {report.n_subwords:,} subwords in {duration(report.seconds)}; loss "
        f"{report.final_loss:.2f} (subword frequencies alone: {report.unigram_loss:.2f}); "
        f"{report.n_parameters:,} parameters, {len(report.languages)} languages"
    )
    click.echo(f"encoder: {out}")


def _parse(settings: tuple[str, ...]) -> dict[str, Any]:
    import yaml

    parsed = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator or not name:
            raise FieldError(f"--set {setting!r} is not of the form name=value", hint="e.g. --set width=256")
        parsed[name] = yaml.safe_load(value)
    return parsed


def _problem(error: ValidationError, known: list[str]) -> FieldError:
    detail = error.errors()[0]
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return FieldError(f"unknown setting '{name}'", where="--set", allowed=closest(name, known))
    return FieldError(f"{name or 'settings'}: {detail['msg']}", where="--set")


COMMAND = pretrain
