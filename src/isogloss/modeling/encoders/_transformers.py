"""Encoders of the transformers library, loaded with every missing tensor an error."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from isogloss.errors import CheckpointError, IsoglossError, first_line, is_out_of_memory
from isogloss.modeling.attention import use_matrix_products
from isogloss.modeling.device import keep_freed_memory, limit_kernel_cache
from isogloss.modeling.encoders._tokenizer import as_saved, settle
from isogloss.modeling.encoders._trust import (
    CONFIG,
    TOKENIZER_CONFIG,
    TRUST_HINT,
    NamedCode,
    check_trust,
    folder_without_code,
    named_code,
    portable,
    read_json,
    without_code,
)
from isogloss.modeling.encoders.base import EncoderIdentity, EncoderOutput
from isogloss.modeling.encoders.identify.checks import missing_tensors
from isogloss.modeling.encoders.identify.folder import no_tokenizer
from isogloss.modeling.encoders.identify.tokenizer_files import TOKENIZER_FILES

_LOG = logging.getLogger(__name__)
_HUB_FILES = ("model*.safetensors", "*.json", "*.txt", "*.model", "*.vocab", "*.codes")
"""What is fetched of a hub encoder whose code is not trusted; in its top folder only."""
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
        keep_freed_memory()
        limit_kernel_cache()  # before the first product: encoders are tried out when they are loaded
        self.note = note
        if getattr(backbone, "pooler", None) is not None:
            backbone.pooler = None
        use_matrix_products(backbone)
        self.backbone, self.tokenizer, self.config = backbone, tokenizer, config
        self.n_layers = int(backbone.config.num_hidden_layers)
        self.width = int(backbone.config.hidden_size)
        takes_segments = "token_type_ids" in inspect.signature(backbone.forward).parameters
        self._knows_segments = takes_segments and getattr(backbone.config, "type_vocab_size", 2) > 1

    @property
    def module(self) -> nn.Module:
        """The trainable weights."""
        return self

    def save_code(self, folder: Path) -> dict[str, str]:
        """Copy Python code that came with the encoder into the folder of a model, which then needs no other.

        Returns
        -------
        dict of str to str
            ``auto_map`` for the configuration; empty for classes of the library.
        """
        from transformers.dynamic_module_utils import custom_object_save

        settings: dict[str, Any] = {}
        for part in (self.backbone.config, self.backbone):
            if part.is_remote_code():
                custom_object_save(part, folder, config=settings)
        return dict(settings.get("auto_map", {}))

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
    from transformers import AutoConfig, AutoModel

    with quiet(), _as_checkpoint_error(identity.spec), _origin(identity, trust_remote_code) as where:
        origin, common = where
        config = AutoConfig.from_pretrained(origin, **common)
        _refuse_quantized(config.to_dict(), identity.spec)
        original = portable(config.to_dict())
        set_dropout(config, dropout)
        backbone, loading = AutoModel.from_pretrained(
            origin,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            **common,
        )
        tokenizer = _fast_tokenizer(origin, where=identity.spec, **common)
        files = Path(origin) if Path(origin).is_dir() else _snapshot(identity, TOKENIZER_FILES, cached=True)
        tokenizer, note = settle(tokenizer, files)
    missing = sorted(name for name in loading["missing_keys"] if "pooler." not in name)
    if missing:
        raise missing_tensors(missing, where=identity.spec, unused=sorted(loading["unexpected_keys"]))
    return TransformersEncoder(backbone, tokenizer, original, note=note)


def _fast_tokenizer(source: str, *, where: str, **options: Any) -> Any:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, **options)
    if not getattr(tokenizer, "is_fast", False):
        raise no_tokenizer(where)
    return tokenizer


def _snapshot(identity: EncoderIdentity, patterns: Sequence[str], *, cached: bool = False) -> Path:
    """Folder with the files of a hub encoder that match, of its top folder only; fetched unless `cached`."""
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(
            identity.spec,
            revision=identity.revision,
            allow_patterns=list(patterns),
            ignore_patterns=["*/*"],
            local_files_only=cached,
        )
    )


@contextmanager
def _origin(identity: EncoderIdentity, trust_remote_code: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name what the library loads from and the options for it; without code where it is not trusted."""
    if trust_remote_code:
        local = identity.path is not None
        yield (
            identity.spec if identity.path is None else str(identity.path),
            {"trust_remote_code": True, "local_files_only": local}
            | ({} if local or identity.revision is None else {"revision": identity.revision}),
        )
        return
    folder = identity.path or _snapshot(identity, _HUB_FILES)
    with _without_code(folder, read_json(folder / CONFIG), identity.spec) as view:
        yield str(view), {"trust_remote_code": False, "local_files_only": True}


@contextmanager
def _without_code(folder: Path, config: dict[str, Any], spec: str) -> Iterator[Path]:
    """Make a view of a folder from which no code can run.

    Named code that was not run is reported: the library's own classes may not do what it would have done.
    """
    tokenizer_config = read_json(folder / TOKENIZER_CONFIG)
    check_trust(config, tokenizer_config, where=spec)
    named = "; ".join(map(str, _all_code(config, tokenizer_config)))
    with folder_without_code(folder) as view:
        try:
            yield view
        except Exception as error:  # classes that read settings meant for others fail in any way
            if not named or isinstance(error, CheckpointError) or is_out_of_memory(error):
                raise
            raise CheckpointError(
                f"the library's own classes cannot load this checkpoint: {first_line(error)}; it names code "
                f"of its own, which was not run: {named}",
                where=spec,
                hint=TRUST_HINT,
            ) from error
    if named:
        _LOG.warning(
            "%s: the library's own classes replace code that was not run: %s. %s", spec, named, TRUST_HINT
        )


def _all_code(config: dict[str, Any], tokenizer_config: dict[str, Any]) -> tuple[NamedCode, ...]:
    return (*named_code(CONFIG, config), *named_code(TOKENIZER_CONFIG, tokenizer_config))


def build_from_config(
    config: dict[str, Any], folder: Path, *, trust_remote_code: bool, dropout: float | None
) -> TransformersEncoder:
    """Build the encoder that `config` describes, with weights still to be filled in.

    Nothing but files of `folder` is read, whatever `config` names.

    Parameters
    ----------
    config : dict
        `TransformersEncoder.config` of the encoder that was saved.
    folder : Path
        With the tokenizer's files, and with the encoder's code where it has code of its own.
    trust_remote_code : bool
        Whether that code may run.
    dropout : float or None
        On hidden states; None keeps that of `config`.

    Raises
    ------
    CheckpointError
        If the encoder needs code of its own that may not run, or files are absent.
    """
    from transformers import AutoModel
    from transformers.initialization import no_init_weights

    _refuse_quantized(config, str(folder))
    described = _described_by_code if trust_remote_code else _described
    # First weights are not drawn: for 250,000 subwords that takes a second, and all of them are filled in.
    with (
        quiet(),
        _as_checkpoint_error(str(folder)),
        no_init_weights(),
        torch.random.fork_rng(devices=[]),
        described(config, folder) as (built, view),
    ):
        set_dropout(built, dropout)
        backbone = AutoModel.from_config(built, dtype=torch.float32, trust_remote_code=trust_remote_code)
        tokenizer = None if trust_remote_code else as_saved(view)
        note = None
        if tokenizer is None:
            options = {"local_files_only": True, "trust_remote_code": trust_remote_code}
            tokenizer, note = settle(_fast_tokenizer(str(view), where=str(folder), **options), folder)
    return TransformersEncoder(backbone, tokenizer, portable(config), note=note)


@contextmanager
def _described(config: dict[str, Any], folder: Path) -> Iterator[tuple[Any, Path]]:
    """Configuration of the library's own classes, and a view of the folder without code."""
    from transformers import AutoConfig

    settings = without_code(config)
    with _without_code(folder, config, str(folder)) as view:
        yield AutoConfig.for_model(settings.pop("model_type", None), **settings), view


@contextmanager
def _described_by_code(config: dict[str, Any], folder: Path) -> Iterator[tuple[Any, Path]]:
    """Configuration of classes that lie in the folder, and the folder itself."""
    from transformers import AutoConfig
    from transformers.dynamic_module_utils import get_class_from_dynamic_module

    code = _all_code(config, read_json(folder / TOKENIZER_CONFIG))
    elsewhere = [str(each) for each in code if "--" in each.reference]
    if elsewhere:
        raise CheckpointError(
            f"the code of this model is not in its folder: {'; '.join(elsewhere)}",
            where=str(folder),
            allowed="Python files next to the weights, as `isogloss train` saves them",
        )
    settings = portable(config)
    reference = (config.get("auto_map") or {}).get("AutoConfig")
    if reference:
        kind = get_class_from_dynamic_module(reference, str(folder), local_files_only=True)
        kind.register_for_auto_class()
        built = kind.from_dict(settings)
    else:
        built = AutoConfig.for_model(settings.pop("model_type", None), **settings)
    built._name_or_path = str(folder)  # where the library looks for the module of the model
    yield built, folder


def _refuse_quantized(config: Mapping[str, Any], where: str) -> None:
    stated = config.get("quantization_config")
    if stated:
        method = stated.get("quant_method") if isinstance(stated, Mapping) else None
        raise CheckpointError(
            f"quantized weights ({method or 'quantization_config in config.json'}) cannot be trained",
            where=where,
            allowed="weights in fp32, fp16 or bf16",
        )


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
    try:
        yield
    except Exception as error:  # over damaged files they raise errors of all kinds, some of no other class
        if isinstance(error, IsoglossError) or is_out_of_memory(error):
            raise
        raise CheckpointError(f"the encoder cannot be loaded: {first_line(error)}", where=spec) from error


def load_tokenizer(folder: Path, **options: Any) -> Any:
    """Load the fast tokenizer of a folder, running no code that the folder holds or names."""
    options |= {"local_files_only": True, "trust_remote_code": False}
    with quiet(), folder_without_code(folder) as view:
        return _fast_tokenizer(str(view), where=str(folder), **options)


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
