"""Options that several commands share."""

from __future__ import annotations

import click

trust_option = click.option(
    "--trust-remote-code",
    is_flag=True,
    help="Run Python code that comes with the encoder or lies in the model's folder.",
)
