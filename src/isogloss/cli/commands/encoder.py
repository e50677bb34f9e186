"""``isogloss encoder``: what an encoder is, what was checked, and what it costs on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from isogloss.cli.options import (
    device_option,
    is_typed,
    needs_extra,
    precision_option,
    threads_option,
    trust_option,
)
from isogloss.errors import FieldError
from isogloss.modeling.device import choose_device, resolve_precision, set_threads

if TYPE_CHECKING:
    from isogloss.modeling.encoders.base import EncoderIdentity
    from isogloss.training.cost import EncoderCost

NAME = "encoder"
_OF_MEASURING = ("trust_remote_code", "precision", "threads", "device")


@click.command(NAME)
@click.argument("encoder")
@click.option("--revision", help="Branch, tag or commit of a hub id.")
@click.option(
    "--measure/--no-measure",
    default=True,
    help="Load it, check how it runs, and time it; without, only its files are read.",
)
@trust_option
@precision_option("auto")
@threads_option
@device_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@needs_extra("train", when=lambda options: options["measure"])
def encoder(
    encoder: str,
    revision: str | None,
    measure: bool,
    trust_remote_code: bool,
    precision: str,
    threads: int | None,
    device: str,
    as_json: bool,
) -> None:
    """Show what ENCODER is, what was checked of it, and what it takes on this machine.

    ENCODER is mini, a folder, or a hub id. An encoder that cannot be right here (a decoder, one whose layers
    or tokenizer do not fit its weights, one that lets padding leak) is refused with the reason, as it is
    before a study.
    """
    stated = [name for name in _OF_MEASURING if is_typed(name)]
    if stated and not measure:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in stated)
        raise FieldError(
            f"without a measurement {options} would change nothing",
            where="--no-measure",
            hint="leave out one of them",
        )
    from isogloss.cli.output.tables import print_json
    from isogloss.modeling.encoders.identify import identify, source_of
    from isogloss.modeling.encoders.identify.folder import describe_files

    identity = identify(encoder, revision)
    checks = {"files": describe_files(identity)}
    measured: EncoderCost | None = None
    if measure:
        set_threads(threads)
        choose_device(device)
        from isogloss.modeling.encoders.identify.probe import check_loaded
        from isogloss.training.cost import measure_cost

        loaded = source_of(identity.spec).load(identity, trust_remote_code=trust_remote_code)
        checks |= check_loaded(loaded, identity)
        measured = measure_cost(
            identity, precision=resolve_precision(precision), trust_remote_code=trust_remote_code
        )
    if as_json:
        plain = {**asdict(identity), "path": str(identity.path or "")}
        print_json({"encoder": plain, "checks": checks, "measured": measured})
        return
    _print(identity, checks, measured)


def _print(identity: EncoderIdentity, checks: Mapping[str, str], measured: EncoderCost | None) -> None:
    known = "not known before it is loaded"
    positions = "no limit stated" if identity.max_positions is None else f"{identity.max_positions:,}"
    embeddings = known if identity.n_embeddings is None else f"{identity.n_embeddings:,} embeddings"
    rows = {
        "encoder": f"{identity.spec} ({identity.kind})",
        **({"revision": identity.revision} if identity.revision else {}),
        "architecture": identity.architecture,
        "layers": f"{identity.n_layers}, numbered 0 (embedding output) to {identity.n_layers}",
        "width": str(identity.width),
        "subwords": f"{embeddings}; tokenizer: {identity.tokenizer or known}",
        "positions": positions,
        "parameters": f"{identity.n_parameters:,} ({_size(4 * identity.n_parameters)} in fp32)",
        "fingerprint": identity.fingerprint[:16],
    }
    _print_rows("", rows)
    _print_rows("checked", checks)
    if measured is None:
        return
    peak = "not known" if measured.peak_gib is None else f"{measured.peak_gib:.2f} GiB at most"
    trained = f"{measured.n_trained:,}"
    rows = {
        "machine": f"{measured.device}, {measured.precision}",
        "inputs": f"pairs of built-in sentences, {measured.subwords_per_pair:.0f} subwords on average",
        "reading": f"{measured.read_seconds:.1f} s per 1,000 (from {measured.n_read:,})",
        "training": f"{measured.train_seconds:.1f} s per 1,000 (from {trained}, in updates of 32)",
        "memory": f"{peak}, of this process, training included",
    }
    _print_rows("measured", rows)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 2**30:.2f} GiB" if n_bytes >= 2**30 else f"{n_bytes / 2**20:,.0f} MiB"


def _print_rows(title: str, rows: Mapping[str, str]) -> None:
    if title:
        click.secho(title, bold=True)
    for name, value in rows.items():
        click.echo(f"{name:<14} {value}")


COMMAND = encoder
