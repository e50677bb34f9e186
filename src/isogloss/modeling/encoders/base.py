"""Interface of encoders: identity, output, and the source that a name leads to; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from isogloss.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor, nn

EncoderKind = Literal["built-in", "folder", "hub"]


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """Which weights an encoder has, read from headers and hashes without loading it.

    Parameters
    ----------
    spec : str
        As the user wrote it: a registry name, a folder or a hub id.
    kind : {"built-in", "folder", "hub"}
    path : Path or None
        The local folder; None while the files are on the hub only.
    revision : str or None
        The hub's commit hash, resolved from whatever branch or tag was asked for.
    fingerprint : str
        SHA-256 over configuration, weights and tokenizer; over id and commit for a hub encoder.
    n_layers, width, n_parameters : int
        Transformer layers, size of a state, and weights without language-modelling or pooling heads.
    max_positions : int or None
        The longest input in subwords, special ones included; None if the configuration states none.
    architecture : str
        As ``config.json`` calls it: ``"xlm-roberta"``.
    n_embeddings : int or None
        Rows of the embedding matrix; None where no tensor is known to be it.
    tokenizer : str or None
        Kind of tokenizer, such as ``"Unigram"``; None while its files are on the hub only.
    """

    spec: str
    kind: EncoderKind
    path: Path | None
    revision: str | None
    fingerprint: str
    n_layers: int
    width: int
    n_parameters: int
    max_positions: int | None
    architecture: str = "unknown"
    n_embeddings: int | None = None
    tokenizer: str | None = None

    @classmethod
    def unread(cls, spec: str, revision: str | None) -> EncoderIdentity:
        """Make a stand-in for a hub encoder that cannot be reached: nothing but its name is known."""
        return cls(spec, "hub", None, revision, f"unread {spec}", 0, 0, 0, None)

    @property
    def is_known(self) -> bool:
        """Whether the files were read."""
        return self.n_layers > 0


@dataclass(frozen=True, slots=True)
class EncoderOutput:
    """States of all layers.

    Parameters
    ----------
    hidden_states : sequence of Tensor, each of shape (batch, subword, width)
        Index 0 is the embedding output and index -1 what the encoder calls its last hidden state,
        so there are n_layers + 1 entries.
    """

    hidden_states: Sequence[Tensor]


class LoadedEncoder(Protocol):
    """An encoder in memory."""

    @property
    def module(self) -> nn.Module:
        """The trainable weights, to be called as ``module(subword_ids, mask, segment_ids) -> EncoderOutput``.

        `subword_ids` is int64 of shape (batch, subword), `mask` bool of the same shape and True where a
        subword is real, `segment_ids` None or int64 of that shape: 0 in the first sentence, 1 in the second.
        """

    tokenizer: Any
    """The fast tokenizer of the transformers library."""
    n_layers: int
    """Number of transformer layers."""
    width: int
    """Size of one state."""
    config: dict[str, Any]
    """The checkpoint's own ``config.json``: enough to build the same encoder with random weights."""


class EncoderSource(Protocol):
    """Where encoders come from; a file in ``modeling/encoders/`` defines ``NAME`` and ``Encoder``."""

    def identify(self, spec: str, revision: str | None) -> EncoderIdentity:
        """Find out what `spec` denotes without loading it."""

    def load(
        self, identity: EncoderIdentity, *, trust_remote_code: bool = False, dropout: float | None = None
    ) -> LoadedEncoder:
        """Load the weights in fp32."""

    def rebuild(
        self, config: dict[str, Any], folder: Path, *, trust_remote_code: bool, dropout: float | None
    ) -> LoadedEncoder:
        """Build the encoder that `LoadedEncoder.config` describes, with weights still to be filled in.

        Parameters
        ----------
        config : dict
            Of the encoder that was saved.
        folder : Path
            Of the saved model, with the tokenizer's files.
        trust_remote_code : bool
            Whether model code of the hub repository may run.
        dropout : float or None
            On hidden states; None keeps the encoder's own.
        """


ENCODERS: Registry[EncoderSource] = Registry("encoder", "isogloss.modeling.encoders", "Encoder")
