"""Encoder, aggregator and head as one model, and the folder it is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import torch
from pydantic import ConfigDict, TypeAdapter, ValidationError
from torch import Tensor, nn

from isogloss.errors import CheckpointError
from isogloss.identity import fault_in
from isogloss.modeling.aggregators._modules import LastLayer
from isogloss.modeling.aggregators.base import AggregatorConfig, make_aggregator
from isogloss.modeling.dropout import DEFAULT_DROPOUT, ExampleKeys, replace_dropout
from isogloss.modeling.encoders._trust import TOKENIZER_CONFIG, portable, read_json
from isogloss.modeling.encoders.base import EncoderOutput, LoadedEncoder
from isogloss.modeling.encoders.identify import source_of_saved
from isogloss.modeling.encoders.identify.probe import check_numbers
from isogloss.modeling.encoding import Batch
from isogloss.modeling.first_subword import last_layer_at_first_subword
from isogloss.modeling.heads import UnitHead
from isogloss.tasks.base import HeadKind

FORMAT = 2
_LEAST_LENGTH = 3
"""Subwords of an input with two marks around it."""
_LOAD_OPTIONS = ("is_local", "local_files_only", "trust_remote_code")
"""Arguments of a call that the transformers library saves as if they were settings of the tokenizer."""


@dataclass(frozen=True)
class ModelMeta:
    """Content of ``config.json`` of a model folder.

    Parameters
    ----------
    task : str
    labels : tuple of str
        In the order of class indices.
    head : {"sentence", "word"}
    aggregator : str
        Registry name.
    aggregator_options : mapping
        With defaults filled in.
    encoder : mapping
        `EncoderIdentity` of the encoder that training began with.
    encoder_config : mapping
        The encoder's own ``config.json``, without places of the machine it was trained on.
    dropout : float or None
        As set for training; None is the encoder's own.
    max_length : int
        In subwords; the limit that training kept to.
    n_texts : int
        Sentences of an input: 1 or 2 for a sentence task, 0 where the input is words.
    format : int
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    task: str
    labels: tuple[str, ...]
    head: HeadKind
    aggregator: str
    aggregator_options: Mapping[str, Any]
    encoder: Mapping[str, Any]
    encoder_config: Mapping[str, Any]
    dropout: float | None
    max_length: int
    n_texts: int
    format: int = FORMAT


class TransferModel(nn.Module):
    """Encoder, aggregator over layers, head.

    Parameters
    ----------
    encoder : LoadedEncoder
    aggregator : AggregatorConfig
        Checked against the encoder's layers and width.
    n_labels : int
    dropout : float or None
        Of the head; None is 0.1. The encoder's own dropout is what it was loaded with.

    Attributes
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
        The encoder's.
    meta : ModelMeta or None
        What its folder says of it; None for a model that was not read from one.
    """

    def __init__(
        self,
        encoder: LoadedEncoder,
        aggregator: AggregatorConfig,
        n_labels: int,
        *,
        dropout: float | None = None,
    ) -> None:
        super().__init__()
        aggregator.validate_for(encoder.n_layers, encoder.width)
        self._keys = ExampleKeys()
        self.encoder = encoder.module
        replace_dropout(self.encoder, self._keys)
        self.aggregator = aggregator.build(encoder.n_layers, encoder.width)
        self._reads_last = isinstance(self.aggregator, LastLayer)
        share = DEFAULT_DROPOUT if dropout is None else dropout
        self.head = UnitHead(encoder.width, n_labels, share, self._keys)
        self.tokenizer = encoder.tokenizer
        self.meta: ModelMeta | None = None

    def forward(self, batch: Batch, dropout_keys: Tensor | None = None) -> Tensor:
        """Classify every unit of a batch.

        Parameters
        ----------
        batch : Batch
        dropout_keys : Tensor of int64, shape (batch,), optional
            Needed in training mode where there is dropout: one number an example, which fixes its masks.

        Returns
        -------
        Tensor, shape (unit, label)
            Logits.
        """
        self._keys.set(dropout_keys)
        backbone = getattr(self.encoder, "backbone", None) if self._reads_last and batch.first_only else None
        with last_layer_at_first_subword(backbone):
            output: EncoderOutput = self.encoder(batch.subword_ids, batch.mask, batch.segment_ids)
        states = self.aggregator(output.hidden_states, batch.mask)
        logits: Tensor = self.head(states, batch)
        return logits


def save_model(model: TransferModel, folder: Path) -> None:
    """Write a model folder: ``model.safetensors`` (fp32), ``config.json`` and the tokenizer's files.

    The model has its description, `TransferModel.meta`. Python code that came with the encoder and was
    trusted in training is copied with them.
    """
    from safetensors.torch import save_file

    meta = model.meta
    assert meta is not None  # set by whoever trained or read it
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    save_file(weights, str(folder / "model.safetensors"), metadata={"format": "pt"})
    model.tokenizer.save_pretrained(str(folder))
    _settle_tokenizer_config(folder / TOKENIZER_CONFIG, model.tokenizer)
    save_code = getattr(model.encoder, "save_code", None)
    code = {} if save_code is None else save_code(folder)
    config = {name: value for name, value in meta.encoder_config.items() if name != "auto_map"}
    meta = replace(meta, encoder_config=config | ({"auto_map": code} if code else {}))
    text = json.dumps({"isogloss": asdict(meta)}, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def _settle_tokenizer_config(path: Path, tokenizer: Any) -> None:
    """Take paths of this machine out of the settings of a saved tokenizer, and name its added subwords.

    Where they are not named, the library looks them up on loading, in a file of many megabytes.
    """
    settings = {name: value for name, value in portable(read_json(path)).items() if name not in _LOAD_OPTIONS}
    added = tokenizer.added_tokens_decoder
    settings["added_tokens_decoder"] = {str(at): one.__getstate__() for at, one in added.items()}
    path.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


Kind = TypeVar("Kind", bound=TransferModel)


def load_as(kind: type[Kind], folder: Path, *, trust_remote_code: bool = False) -> Kind:
    """Read a model folder back, bit for bit, in evaluation mode on the CPU.

    Parameters
    ----------
    kind : type
        `TransferModel`, or a class that derives from it and adds methods alone.
    folder : Path
        As ``isogloss train`` or a stage of ``isogloss run`` wrote it.
    trust_remote_code : bool
        Run the Python code that lies in the folder, where its encoder has code of its own. What the folder
        says of itself does not count.

    Raises
    ------
    CheckpointError
        If the folder is not a model of isogloss, its weights do not fit, or it needs untrusted code.
    """
    meta = read_meta(folder)
    encoder, weights, _ = load_parts(folder, dropout=meta.dropout, trust_remote_code=trust_remote_code)
    aggregator = make_aggregator(meta.aggregator, meta.aggregator_options, where=str(folder / "config.json"))
    with torch.random.fork_rng(devices=[]):
        model = kind(encoder, aggregator, len(meta.labels), dropout=meta.dropout)
    try:
        model.load_state_dict(weights, assign=True)  # no copy: what is not used is never read
    except RuntimeError as error:
        raise CheckpointError(f"the weights do not fit the model: {error}", where=str(folder)) from None
    check_numbers(encoder, str(folder))
    model.meta = meta
    return model.eval()


def load_model(folder: Path, *, trust_remote_code: bool = False) -> tuple[TransferModel, Any, ModelMeta]:
    """Read a model folder as `load_as` does, with its tokenizer and description.

    Raises
    ------
    CheckpointError
        If the folder is not a model of isogloss, or its weights do not fit.
    """
    model = load_as(TransferModel, folder, trust_remote_code=trust_remote_code)
    assert model.meta is not None  # set by load_as
    return model, model.tokenizer, model.meta


def load_parts(
    folder: Path, *, dropout: float | None, trust_remote_code: bool = False
) -> tuple[LoadedEncoder, dict[str, Tensor], ModelMeta]:
    """Read the parts of a model folder: an encoder still without weights, all weights, and the description.

    Parameters
    ----------
    folder : Path
    dropout : float or None
        Of the encoder's hidden states; None is the encoder's own.
    trust_remote_code : bool
        Run Python code that lies in the folder.

    Raises
    ------
    CheckpointError
        If the folder is not a model of isogloss or cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    meta = read_meta(folder)
    path = folder / "model.safetensors"
    try:
        weights = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"the model's weights cannot be read: {error}", where=str(path)) from None
    source = source_of_saved(str(meta.encoder["spec"]), str(meta.encoder["kind"]))
    encoder = source.rebuild(
        dict(meta.encoder_config), folder, trust_remote_code=trust_remote_code, dropout=dropout
    )
    return encoder, weights, meta


_META = TypeAdapter(ModelMeta)


def _check(meta: ModelMeta) -> None:
    """Refuse what no training writes; raises ValueError."""
    if len(set(meta.labels)) != len(meta.labels) or len(meta.labels) < 2:
        raise ValueError("labels: two or more that differ")
    if meta.max_length < _LEAST_LENGTH:
        raise ValueError(f"max_length: {_LEAST_LENGTH} or more, not {meta.max_length}")
    if not {"spec", "kind"} <= meta.encoder.keys():
        raise ValueError("encoder: needs spec and kind")


def read_meta(folder: Path) -> ModelMeta:
    """Read ``config.json`` of a model folder.

    Raises
    ------
    CheckpointError
        If it is absent, unreadable, or not isogloss's.
    """
    path = folder / "config.json"
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))["isogloss"]
        fields.pop("trust_remote_code", None)  # earlier versions wrote it; a folder's own word does not count
        meta = _META.validate_python(fields)
        _check(meta)
    except FileNotFoundError:
        raise CheckpointError("no model folder: config.json is absent", where=str(folder)) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        told = fault_in(error) if isinstance(error, ValidationError) else error
        raise CheckpointError(
            f"config.json is not that of a model of isogloss: {told}",
            where=str(path),
            hint="name a folder that training wrote",
        ) from None
    if meta.format != FORMAT:
        raise CheckpointError(
            f"model format {meta.format!r}",
            where=str(path),
            allowed=f"{FORMAT}",
            hint="use the isogloss that wrote it",
        )
    return meta
