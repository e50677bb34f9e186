"""Encoders of the transformers library, loaded with every missing tensor an error."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders._tokenizer import settle
from isogloss.modeling.encoders.base import EncoderIdentity, EncoderOutput
from isogloss.modeling.encoders.identify.checks import missing_tensors
from isogloss.modeling.encoders.identify.folder import no_tokenizer
from isogloss.modeling.encoders.identify.tokenizer_files import TOKENIZER_FILES

_HIDDEN_DROPOUT = ("hidden_dropout_prob", "hidden_dropout", "embedding_dropout", "mlp_dropout", "dropout")
_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout", "attn_dropout")


class TransformersEncoder(nn.Module):
    """An encoder-only model of the transformers library and its tokenizer.

    Parameters
    ----------
    backbone : transformers.PreTrainedModel
        Without pooling and language-modelling heads.
    tokenizer : transformers.PreTrainedTokenizerFast
    config : dict
        The checkpoint's own configuration, before dropout was set for training.
    note : str, optional
        What was put right in the tokenizer.
    """

    def __init__(
        self, backbone: Any, tokenizer: Any, config: dict[str, Any], *, note: str | None = None
    ) -> None:
        super().__init__()
        self.note = note
        if getattr(backbone, "pooler", None) is not None:
            backbone.pooler = None
        self.backbone = backbone
        self.tokenizer = tokenizer
        self.config = config
        takes_segments = "token_type_ids" in inspect.signature(backbone.forward).parameters
        self._knows_segments = takes_segments and getattr(backbone.config, "type_vocab_size", 2) > 1

    @property
    def module(self) -> nn.Module:
        """The trainable weights."""
        return self

    @property
    def n_layers(self) -> int:
        """Number of transformer layers."""
        return int(self.backbone.config.num_hidden_layers)

    @property
    def width(self) -> int:
        """Size of one state."""
        return int(self.backbone.config.hidden_size)

    def forward(self, subword_ids: Tensor, mask: Tensor, segment_ids: Tensor | None = None) -> EncoderOutput:
        """Encode a batch; see `LoadedEncoder`."""
        segments = {"token_type_ids": segment_ids} if self._knows_segments and segment_ids is not None else {}
        found = self.backbone(
            input_ids=subword_ids,
            attention_mask=mask.long(),
            output_hidden_states=True,
            return_dict=True,
            **segments,
        )
        return EncoderOutput((*found.hidden_states[:-1], found.last_hidden_state))


def load_pretrained(
    identity: EncoderIdentity, *, trust_remote_code: bool, dropout: float | None
) -> TransformersEncoder:
    """Load the weights and the tokenizer that `identity` names.

    Raises
    ------
    CheckpointError
        If the files do not fit together or the checkpoint lacks tensors of the encoder.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    origin = identity.spec if identity.path is None else str(identity.path)
    common = {
        "revision": identity.revision if identity.path is None else None,
        "trust_remote_code": trust_remote_code,
        "local_files_only": identity.path is not None,
    }
    common = {key: value for key, value in common.items() if value is not None}
    with quiet(), _as_checkpoint_error(identity.spec):
        config = AutoConfig.from_pretrained(origin, **common)
        original = config.to_dict()
        set_dropout(config, dropout)
        backbone, loading = AutoModel.from_pretrained(
            origin,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            **common,
        )
        tokenizer = AutoTokenizer.from_pretrained(origin, use_fast=True, **common)
        if not getattr(tokenizer, "is_fast", False):
            raise no_tokenizer(origin)
        tokenizer, note = settle(tokenizer, identity.path or _cached_files(identity))
    missing = sorted(name for name in loading["missing_keys"] if "pooler." not in name)
    if missing:
        raise missing_tensors(missing, where=origin)
    return TransformersEncoder(backbone, tokenizer, original, note=note)


def _cached_files(identity: EncoderIdentity) -> Path:
    """Where the tokenizer's files of a hub encoder are, once it has been loaded."""
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            identity.spec,
            revision=identity.revision,
            allow_patterns=list(TOKENIZER_FILES),
            local_files_only=True,
        )
    )


def build_from_config(
    config: dict[str, Any], tokenizer_folder: Path, *, trust_remote_code: bool, dropout: float | None
) -> TransformersEncoder:
    """Build the encoder that `config` describes, with weights still to be filled in.

    Parameters
    ----------
    config : dict
        `TransformersEncoder.config` of the encoder that was saved.
    tokenizer_folder : Path
        A folder with the tokenizer's files.
    trust_remote_code : bool
        Whether model code of the hub repository may run.
    dropout : float or None
        On hidden states; None keeps that of `config`.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer

    with quiet(), _as_checkpoint_error(str(tokenizer_folder)), torch.random.fork_rng(devices=[]):
        settings = {key: value for key, value in config.items() if key != "model_type"}
        built = AutoConfig.for_model(config["model_type"], **settings)
        set_dropout(built, dropout)
        backbone = AutoModel.from_config(built, dtype=torch.float32, trust_remote_code=trust_remote_code)
        tokenizer = AutoTokenizer.from_pretrained(str(tokenizer_folder), use_fast=True, local_files_only=True)
        tokenizer, note = settle(tokenizer, tokenizer_folder)
    return TransformersEncoder(backbone, tokenizer, config, note=note)


def set_dropout(config: Any, dropout: float | None) -> None:
    """Set dropout on hidden states, and none on attention weights.

    Attention weights are not dropped, whatever the checkpoint says: their masks cannot be tied to examples
    inside a fused attention kernel, and without them the kernel is several times faster on a CPU.

    Raises
    ------
    CheckpointError
        If the configuration has no dropout that is known here and one is asked for.
    """
    stated = config.to_dict()
    for name in _ATTENTION_DROPOUT:
        if name in stated:
            setattr(config, name, 0.0)
    if dropout is None:
        return
    known = [name for name in _HIDDEN_DROPOUT if name in stated]
    if not known:
        raise CheckpointError(
            f"dropout {dropout} cannot be set on an encoder of type '{config.model_type}'",
            allowed=f"configurations with one of: {', '.join(_HIDDEN_DROPOUT)}",
            hint="leave `dropout` out of the study file",
        )
    for name in known:
        setattr(config, name, dropout)


@contextmanager
def _as_checkpoint_error(spec: str) -> Iterator[None]:
    """Turn what the libraries raise over unusable files into one error of ours."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        if isinstance(error, CheckpointError) or "out of memory" in str(error).lower():
            raise
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        hint = (
            "trust_remote_code: true runs the repository's own code"
            if "trust_remote_code" in str(error)
            else None
        )
        raise CheckpointError(f"the encoder cannot be loaded: {first_line}", where=spec, hint=hint) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the library's loading report and bars: what matters in it is an error here."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
