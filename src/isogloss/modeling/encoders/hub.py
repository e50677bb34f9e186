"""Any encoder of the transformers library, by hub id or local folder."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from isogloss.errors import CheckpointError, HubError, closest, first_line
from isogloss.modeling.encoders._trust import CONFIG
from isogloss.modeling.encoders.base import ENCODERS, EncoderIdentity, LoadedEncoder
from isogloss.modeling.encoders.identify import folder as checkpoint
from isogloss.modeling.encoders.identify.checks import check_embeddings, check_layers, embedding_rows
from isogloss.modeling.encoders.identify.tokenizer_files import TOKENIZER_FILES, require_sentencepiece

NAME = "hub"


class HubSource:
    """Encoders in the hub's file layout, remote or local."""

    def identify(self, spec: str, revision: str | None) -> EncoderIdentity:
        """Identify a folder by its content, a hub id by its commit.

        Raises
        ------
        CheckpointError
            If there is no such folder or hub id, or its files cannot be used.
        """
        folder = Path(spec).expanduser()
        if folder.is_dir():
            if revision is not None:
                raise CheckpointError(
                    f"revision '{revision}' of a local folder",
                    where=spec,
                    hint="a revision belongs to a hub id; a folder is identified by its content",
                )
            return checkpoint.folder_identity(spec, "folder", folder)
        if folder.exists() or folder.is_absolute() or spec.startswith(("~", ".")) or spec.count("/") > 1:
            raise CheckpointError(
                f"no folder '{spec}' to load an encoder from",
                allowed=_allowed(spec),
            )
        return _identify_on_hub(spec, revision)

    def load(
        self, identity: EncoderIdentity, *, trust_remote_code: bool = False, dropout: float | None = None
    ) -> LoadedEncoder:
        """Load the weights in fp32, from safetensors only."""
        from isogloss.modeling.encoders._transformers import load_pretrained

        return load_pretrained(identity, trust_remote_code=trust_remote_code, dropout=dropout)

    def rebuild(
        self, config: dict[str, Any], folder: Path, *, trust_remote_code: bool, dropout: float | None
    ) -> LoadedEncoder:
        """Build the encoder with weights still to be filled in."""
        from isogloss.modeling.encoders._transformers import build_from_config

        return build_from_config(config, folder, trust_remote_code=trust_remote_code, dropout=dropout)


Encoder = HubSource()


def _identify_on_hub(spec: str, revision: str | None) -> EncoderIdentity:
    from huggingface_hub import HfApi

    # Its errors module has the HTTPError of the library that it works with, requests or httpx.
    from huggingface_hub.errors import HFValidationError, HTTPError  # type: ignore[attr-defined]

    api = HfApi()
    try:
        info = api.model_info(spec, revision=revision)
        commit = str(info.sha)
        names = [file.rfilename for file in info.siblings or ()]
        config = checkpoint.read_config(Path(api.hf_hub_download(spec, CONFIG, revision=commit)))
        if not {checkpoint.WEIGHTS, checkpoint.WEIGHTS_INDEX} & set(names):
            raise checkpoint.no_safetensors(names, where=f"{spec} at {commit}")
        if not set(TOKENIZER_FILES) & set(names):
            raise checkpoint.no_tokenizer(f"{spec} at {commit}")
        require_sentencepiece(names, where=f"{spec} at {commit}")
        headers = api.get_safetensors_metadata(spec, revision=commit).files_metadata.values()
        tensors = (tensor for header in headers for tensor in header.tensors.items())
        shapes = {name: tuple(tensor.shape) for name, tensor in tensors}
    except (HFValidationError, HTTPError, OSError) as error:
        response = getattr(error, "response", None)
        if isinstance(error, HFValidationError) or getattr(response, "status_code", 0) in {401, 403, 404}:
            raise CheckpointError(
                f"no encoder {_named(spec, revision)}: {first_line(error)}", allowed=_allowed(spec)
            ) from None
        return _identify_in_cache(spec, revision, error)
    configured = checkpoint.read_architecture(spec, "hub", config, where=f"{spec} at {commit}, config.json")
    check_layers(shapes, configured.n_layers, where=f"{spec} at {commit}")
    check_embeddings(None, embedding_rows(shapes), config, where=f"{spec} at {commit}")
    return replace(
        configured,
        revision=commit,
        fingerprint=_hub_fingerprint(spec, commit),
        n_parameters=checkpoint.count_parameters(shapes),
        n_embeddings=embedding_rows(shapes),
    )


def _identify_in_cache(spec: str, revision: str | None, reason: Exception) -> EncoderIdentity:
    """Without a network: the snapshot that an earlier run left in the hub's cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(spec, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        raise HubError(
            f"encoder {_named(spec, revision)} is neither a folder nor cached, and the hub is out of reach: "
            f"{first_line(reason)}",
            allowed=_allowed(spec),
            hint="check the spelling, or download it where there is a network and name the folder",
        ) from None
    found = checkpoint.folder_identity(spec, "hub", folder)
    commit = folder.name
    return replace(found, revision=commit, fingerprint=_hub_fingerprint(spec, commit))


def _hub_fingerprint(spec: str, commit: str) -> str:
    return hashlib.sha256(f"hub\0{spec}\0{commit}".encode()).hexdigest()


def _named(spec: str, revision: str | None) -> str:
    return f"'{spec}' at revision '{revision}'" if revision else f"'{spec}'"


def _allowed(spec: str) -> str:
    built_in = [name for name in ENCODERS if name != NAME]
    return (
        f"{closest(spec, built_in)}; or an existing folder, or a hub id such as FacebookAI/xlm-roberta-base"
    )
