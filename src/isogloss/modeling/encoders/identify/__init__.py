"""From a spec string to an encoder: what it denotes, and whether it can be loaded; imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.encoders.base import ENCODERS as ENCODERS
from isogloss.modeling.encoders.base import EncoderIdentity as EncoderIdentity
from isogloss.modeling.encoders.base import EncoderSource, LoadedEncoder

if TYPE_CHECKING:
    from isogloss.modeling.encoders.identify.probe import Check

_ELSEWHERE = "hub"


def source_of(spec: str) -> EncoderSource:
    """The registry entry that `spec` names; folders and hub ids belong to the entry ``hub``."""
    return ENCODERS[spec if spec in ENCODERS else _ELSEWHERE]


def identify(spec: str, revision: str | None = None) -> EncoderIdentity:
    """Find out which weights `spec` denotes and whether they can be loaded at all.

    Reads ``config.json``, the header of the safetensors files and file hashes; never the weights themselves
    and never torch.

    Parameters
    ----------
    spec : str
        A registry name (``mini``), a local folder, or a hub id (``FacebookAI/xlm-roberta-base``).
    revision : str, optional
        Branch, tag or commit of a hub id.

    Raises
    ------
    CheckpointError
        If there is no such encoder, or its files are absent, incomplete, corrupt, or not in safetensors.
    """
    return source_of(spec).identify(spec, revision)


def load_identified(
    identity: EncoderIdentity, *, trust_remote_code: bool = False, dropout: float | None = None
) -> LoadedEncoder:
    """Load the encoder that `identify` found, in fp32.

    Parameters
    ----------
    identity : EncoderIdentity
    trust_remote_code : bool
        Run model code that the hub repository brings along.
    dropout : float, optional
        Dropout on hidden states; by default the encoder's own.

    Raises
    ------
    CheckpointError
        If the checkpoint lacks tensors of the encoder, its files do not fit together, or it does not run as
        an encoder has to: see `isogloss.modeling.encoders.identify.probe.check_loaded`.
    """
    return load_checked(identity, trust_remote_code=trust_remote_code, dropout=dropout)[0]


def load_checked(
    identity: EncoderIdentity, *, trust_remote_code: bool = False, dropout: float | None = None
) -> tuple[LoadedEncoder, tuple[Check, ...]]:
    """Load an encoder as `load_identified` does, and say what was checked with what outcome."""
    encoder = source_of(identity.spec).load(identity, trust_remote_code=trust_remote_code, dropout=dropout)
    from isogloss.modeling.encoders.identify.probe import check_loaded

    return encoder, check_loaded(encoder, identity)
