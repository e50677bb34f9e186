"""From a spec string to an encoder: what it denotes, and whether it can be loaded; imports no torch."""

from __future__ import annotations

from pathlib import Path

from isogloss.modeling.encoders._trust import CONFIG, TOKENIZER_CONFIG, check_trust, read_json
from isogloss.modeling.encoders.base import ENCODERS, EncoderIdentity, EncoderSource, LoadedEncoder

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


def source_of_saved(spec: str, kind: str) -> EncoderSource:
    """The registry entry that rebuilds an encoder; a folder may have been called like a built-in encoder."""
    return source_of(spec) if kind == "built-in" else ENCODERS[_ELSEWHERE]


def check_code(identity: EncoderIdentity) -> None:
    """Refuse an encoder that needs code of its own; to be asked where the caller does not trust it.

    Loading checks the same, later; of a hub encoder only files that are in the cache are looked at here.

    Raises
    ------
    CheckpointError
    """
    if identity.kind == "built-in":
        return
    folder = identity.path
    if folder is None:
        from huggingface_hub import try_to_load_from_cache

        cached = try_to_load_from_cache(identity.spec, CONFIG, revision=identity.revision)
        if not isinstance(cached, str):
            return
        folder = Path(cached).parent
    check_trust(read_json(folder / CONFIG), read_json(folder / TOKENIZER_CONFIG), where=identity.spec)


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
    encoder = source_of(identity.spec).load(identity, trust_remote_code=trust_remote_code, dropout=dropout)
    from isogloss.modeling.encoders.identify.probe import check_loaded

    check_loaded(encoder, identity)
    return encoder
