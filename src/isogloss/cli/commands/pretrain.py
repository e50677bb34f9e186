"""``isogloss pretrain``: a small encoder from text."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, listed, needs_extra, threads_option
from isogloss.errors import FieldError
from isogloss.modeling.device import set_threads

NAME = "pretrain"


@click.command(NAME)
@click.option("--corpus", type=PATH, help="Folder of <language>.txt, or in XTREME layout.")
@click.option("--parallel", type=PATH, help="Folder of parallel text, in either layout.")
@click.option("--world", is_flag=True, help="The text of the built-in world, which made the encoder `mini`.")
@click.option("--languages", help="Only these languages, separated by commas.")
@click.option("--out", type=PATH, required=True, help="Folder for the encoder; a new one.")
@click.option("--minutes", type=float, help="Time limit, vocabulary included.")
@click.option("--steps", type=int, help="Number of updates.")
@click.option("--seed", type=int, help="[default: 1]")
@threads_option
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of size or schedule, see below."
)
@needs_extra("train")
def pretrain(
    corpus: Path | None,
    parallel: Path | None,
    world: bool,
    languages: str | None,
    out: Path,
    threads: int | None,
    settings: tuple[str, ...],
    **options: float | None,
) -> None:
    """Train a small encoder from text: masked, and on parallel text translation language modelling.

    Writes a folder that `isogloss run --set encoder=FOLDER` and the transformers library load. Without
    --minutes and --steps it stops after 30 minutes. With --world it repeats the recipe that made the
    built-in encoder, which has its own settings.

    Settings of --set: layers=4, width=192, heads=3, feed_forward=512, vocabulary=8000, max_length=128,
    learning_rate=0.002, subwords_per_update=2048 and others; docs/small-encoder.md lists all of them.
    """
    from isogloss.study.file.yaml_text import parse_settings
    from isogloss.study.outputs.output import new_folder

    given = {name: value for name, value in options.items() if value is not None}
    stated = parse_settings(settings, "--set") | given
    own_text = corpus is not None or parallel is not None
    if world and (own_text or languages or stated):
        raise FieldError("--world goes with --out and --threads alone", hint="leave the other options out")
    if not world and not own_text:
        raise FieldError("no text to pretrain on", allowed="--corpus and --parallel, or --world")
    from isogloss.cli.output.monitor import TrainingBar
    from isogloss.display import counted
    from isogloss.identity import settings_of
    from isogloss.narrative.durations import duration
    from isogloss.pretraining.corpora import read_corpus
    from isogloss.pretraining.pretrain import pretrain as train
    from isogloss.pretraining.settings import PretrainSettings
    from isogloss.pretraining.world import pretrain_world

    set_threads(threads)
    with new_folder(out) as target:
        if world:
            with TrainingBar("pretraining") as bar:
                report = pretrain_world(target, progress=bar)
        else:
            base = {} if stated.keys() & {"minutes", "steps"} else {"minutes": 30.0}
            try:
                chosen = settings_of(PretrainSettings, base | stated)
            except FieldError as error:
                raise error.at("--set") from None
            text = read_corpus(corpus, parallel)
            if languages:
                text = text.only(listed(languages))
            with TrainingBar("pretraining") as bar:
                report = train(text, target, chosen, progress=bar)
    click.echo(
        f"{report.n_updates:,} updates, {report.n_subwords:,} subwords in {duration(report.seconds)}; loss "
        f"{report.final_loss:.2f} (subword frequencies alone: {report.unigram_loss:.2f}); "
        f"{report.n_parameters:,} parameters, {counted(len(report.languages), 'language')}"
    )
    click.echo(f"encoder: {out}")


COMMAND = pretrain
