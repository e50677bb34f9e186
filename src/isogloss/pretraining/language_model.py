"""Small masked language models of architectures that stock transformers knows."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from isogloss.modeling.encoders._trust import folder_without_code
from isogloss.modeling.encoding import Batch
from isogloss.modeling.forwarding import forwarded
from isogloss.pretraining.last_layer import last_layer_at
from isogloss.pretraining.settings import PretrainSettings


def new_model(settings: PretrainSettings, tokenizer: Any) -> Any:
    """Build a masked language model with random weights, without dropout.

    Parameters
    ----------
    settings : PretrainSettings
        Architecture and sizes.
    tokenizer : transformers.PreTrainedTokenizerFast

    Returns
    -------
    transformers.PreTrainedModel
    """
    from transformers import AutoConfig, AutoModelForMaskedLM

    fields = {
        "vocab_size": len(tokenizer),
        "hidden_size": settings.width,
        "num_hidden_layers": settings.layers,
        "num_attention_heads": settings.heads,
        "intermediate_size": settings.feed_forward,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "max_position_embeddings": settings.max_positions,
        "initializer_range": settings.initial_deviation,
    }
    if settings.architecture == "modernbert":
        fields |= {
            "cls_token_id": tokenizer.cls_token_id,
            "sep_token_id": tokenizer.sep_token_id,
            "global_attn_every_n_layers": 1,
            "global_rope_theta": 10_000.0,
            "tie_word_embeddings": True,
        }
    else:
        fields |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    if settings.architecture == "roberta-prelayernorm":  # its family numbers positions from pad_token_id + 1
        fields["max_position_embeddings"] += tokenizer.pad_token_id + 1
        fields["type_vocab_size"] = 2
    config = AutoConfig.for_model(settings.architecture, **fields)
    return AutoModelForMaskedLM.from_config(config, dtype=torch.float32)


def load_language_model(folder: Path) -> Any:
    """Load what an earlier run saved, with its language-modelling head; safetensors only, no remote code."""
    from transformers import AutoModelForMaskedLM

    with folder_without_code(folder) as view:
        return AutoModelForMaskedLM.from_pretrained(
            str(view),
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32,
        )


def set_embeddings(library_model: Any, vectors: NDArray[np.float32]) -> None:
    """Begin with given vectors of unit length; rows of zeros get random values of that length instead.

    Parameters
    ----------
    library_model : transformers.PreTrainedModel
    vectors : array of float32, shape (piece, width)
    """
    table = library_model.get_input_embeddings().weight
    known = torch.from_numpy(np.abs(vectors).sum(axis=1) > 0)
    with torch.no_grad():
        table.normal_(std=table.shape[1] ** -0.5)
        table[known] = torch.from_numpy(vectors)[known]
        table[library_model.config.pad_token_id] = 0


class MaskedLanguageModel(nn.Module):
    """A masked language model of the transformers library that predicts at masked positions only.

    Parameters
    ----------
    library_model : transformers.PreTrainedModel
    reset_positions : bool

    Attributes
    ----------
    skips_unread : bool
        Whether the last layer is computed at masked positions only; without, the same logits take longer.
    """

    def __init__(self, library_model: Any, *, reset_positions: bool) -> None:
        super().__init__()
        self.library_model = library_model
        self.reset_positions = reset_positions
        config = library_model.config
        self._knows_segments = getattr(config, "type_vocab_size", 0) > 1
        # Only this layer is computed by `last_layer_at` as the library does.
        self.skips_unread = (
            config.model_type == "modernbert"
            and config.layer_types[-1] == "full_attention"
            and not config.attention_dropout
        )

    @property
    def backbone(self) -> nn.Module:
        """The encoder below the head."""
        module: nn.Module = self.library_model.base_model
        return module

    def forward(self, batch: Batch, among: Tensor | None = None) -> Tensor:
        """Logits of the masked subwords of a batch.

        Parameters
        ----------
        batch : Batch
        among : Tensor, optional
            Ids of the pieces that are distinguished, shape (piece,); by default all of the vocabulary.

        Returns
        -------
        Tensor
            Shape (unit, piece).
        """
        inputs: dict[str, Tensor] = {"input_ids": batch.subword_ids, "attention_mask": batch.mask.long()}
        if batch.segment_ids is not None and self._knows_segments:
            inputs["token_type_ids"] = batch.segment_ids
        if batch.segment_ids is not None and self.reset_positions:
            inputs["position_ids"] = self._positions(batch.segment_ids)
        units = (batch.unit_rows, batch.unit_positions)
        if self.skips_unread:
            with last_layer_at(*units, self.library_model.model.layers[-1]):
                states = self.backbone(**inputs).last_hidden_state
        else:
            states = self.backbone(**inputs).last_hidden_state[units]
        decoder = self.library_model.get_output_embeddings()

        def among_pieces(states: Tensor) -> Tensor:
            return functional.linear(states, decoder.weight[among], decoder.bias[among])

        with contextlib.nullcontext() if among is None else forwarded(decoder, among_pieces):
            logits: Tensor = self._head(states)
        return logits

    def _positions(self, segments: Tensor) -> Tensor:
        """Positions that begin again with the second text, at 1: 0 is [CLS]."""
        place = torch.arange(segments.shape[1], device=segments.device).expand_as(segments)
        first_length = (segments == 0).long().cumprod(dim=1).sum(dim=1, keepdim=True)
        positions = torch.where(segments == 1, place - first_length + 1, place)
        offset = self.library_model.config.pad_token_id + 1
        return positions + offset if "roberta" in self.library_model.config.model_type else positions

    def _head(self, states: Tensor) -> Any:
        model = self.library_model
        if hasattr(model, "decoder"):
            return model.decoder(model.head(states))
        return model.cls(states) if hasattr(model, "cls") else model.lm_head(states)
