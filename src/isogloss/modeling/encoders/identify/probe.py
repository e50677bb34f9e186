"""Checks of a loaded encoder by three tiny forward passes, before anything is trained."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from isogloss.errors import CheckpointError, first_line, some_of
from isogloss.modeling.encoders.base import EncoderIdentity, LoadedEncoder
from isogloss.modeling.encoders.identify.checks import check_embeddings, left_to_right

PADDING_TOLERANCE = 1e-4
"""Largest difference that padding may make to a hidden state, relative to its norm over the sentence.

Rounding in fp32 gives 1e-6 or less; the smallest leak among the library's architectures gave 7e-4."""

_TEXT = "a b c d e 1 2 3 , ."
_N_SUBWORDS, _LONGEST = 4, 16
"""Ordinary subwords of a probe, and of the longest one."""


def check_loaded(encoder: LoadedEncoder, identity: EncoderIdentity) -> dict[str, str]:
    """Check an encoder in memory and its tokenizer against what every other part relies on.

    Weights are finite; padding names a subword that exists; every number of the tokenizer has an embedding;
    there is the embedding output and one hidden state per layer; a later subword changes the states of an
    earlier one; and padding changes nothing. Takes three forward passes of a few subwords and leaves the
    encoder in the mode in which it was.

    Parameters
    ----------
    encoder : LoadedEncoder
    identity : EncoderIdentity
        What its files said.

    Returns
    -------
    dict of str to str
        What was found, by what was checked.

    Raises
    ------
    CheckpointError
        Of the first thing that does not hold.
    """
    module, where = encoder.module, identity.spec
    _require_finite(module, where)
    checks = [check_numbers(encoder, where), _describe_tokenizer(encoder)]
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            sentence, other, longer = _probes(encoder.tokenizer, identity.max_positions)
            states = _states(encoder, [sentence, other], where)
            checks.append(_check_shapes(encoder, states, sentence, where))
            checks.append(_check_both_ways(encoder, states, sentence, other, where))
            padded = _states(encoder, [sentence, longer], where)
            alone = _states(encoder, [sentence], where)
            checks.append(_check_padding(alone, padded, where))
    finally:
        module.train(was_training)
    return dict(checks)


def _require_finite(module: torch.nn.Module, where: str) -> None:
    spoilt = [name for name, weights in module.named_parameters() if not torch.isfinite(weights).all()]
    if spoilt:
        raise CheckpointError(
            f"weights that are infinite or not a number: {some_of(spoilt, 3)}",
            where=where,
            hint="the file is damaged, or is of a training that diverged: take other weights",
        )


def check_numbers(encoder: LoadedEncoder, where: str) -> tuple[str, str]:
    """Refuse a tokenizer without padding, or with numbers that have no embedding; say what was found.

    Raises
    ------
    CheckpointError
    """
    tokenizer = encoder.tokenizer
    if len(tokenizer) <= len(set(tokenizer.all_special_tokens)):
        raise CheckpointError(
            f"the tokenizer knows no subwords but {len(tokenizer)} special ones",
            where=where,
            hint="its vocabulary was not read: save it anew with its save_pretrained",
        )
    rows = _n_embeddings(encoder.module)
    n_entries = _n_entries(tokenizer)
    check_embeddings(n_entries, rows, {}, where=where)
    padding = tokenizer.pad_token_id
    if padding is None:
        raise CheckpointError(
            "the tokenizer names no padding subword",
            where=where,
            hint="set its pad_token (one that the encoder was trained with) and save it with save_pretrained",
        )
    beyond = "" if rows is None else f", {rows:,} embeddings"
    return ("subwords", f"{n_entries:,} entries{beyond}; padding is {padding}, {tokenizer.pad_token!r}")


def _describe_tokenizer(encoder: LoadedEncoder) -> tuple[str, str]:
    framed = encoder.tokenizer.convert_ids_to_tokens(encoder.tokenizer(_TEXT)["input_ids"])
    note = getattr(encoder, "note", None) or "split as its file says"
    return ("tokenizer", f"{note}; an input runs from {framed[0]!r} to {framed[-1]!r}")


def _n_entries(tokenizer: Any) -> int:
    """One more than the highest number of a subword; added ones may leave gaps."""
    own = tokenizer.backend_tokenizer.get_vocab_size(with_added_tokens=False)
    return int(max(own, *(number + 1 for number in tokenizer.get_added_vocab().values()), 0))


def _n_embeddings(module: Any) -> int | None:
    inner = getattr(module, "backbone", module)
    if not hasattr(inner, "get_input_embeddings"):
        return None
    table = inner.get_input_embeddings()
    return int(table.weight.shape[0]) if hasattr(table, "weight") else None


def _probes(tokenizer: Any, max_positions: int | None) -> tuple[list[int], list[int], list[int]]:
    """Two inputs that differ in their last ordinary subword, and a longer one."""
    framed = tokenizer(_TEXT, return_special_tokens_mask=True)
    ids, special = framed["input_ids"], framed["special_tokens_mask"]
    reserved = set(tokenizer.all_special_ids)
    found = [one for one, mark in zip(ids, special, strict=True) if not mark and one not in reserved]
    spare = (one for one in range(_n_entries(tokenizer)) if one not in reserved)
    ordinary = list(dict.fromkeys(found))[: _N_SUBWORDS + 1]
    while len(ordinary) < _N_SUBWORDS + 1 and (new := next(spare, None)) is not None:
        ordinary += [] if new in ordinary else [new]
    before = ids[: special.index(0)] if 0 in special else []
    room = max(_LONGEST if max_positions is None else min(_LONGEST, max_positions - len(before)), 2)
    body, end = ordinary[: min(_N_SUBWORDS, room) - 1], ordinary[-2:]
    longer = (ordinary * _LONGEST)[:room]
    return [*before, *body, end[0]], [*before, *body, end[-1]], [*before, *longer]


def _states(encoder: LoadedEncoder, inputs: list[list[int]], where: str) -> tuple[Tensor, ...]:
    """Hidden states of inputs, padded to the longest."""
    longest = max(map(len, inputs))
    padding = encoder.tokenizer.pad_token_id
    device = next(encoder.module.parameters()).device
    ids = torch.tensor([one + [padding] * (longest - len(one)) for one in inputs], device=device)
    lengths = torch.tensor([len(one) for one in inputs], device=device)
    mask = torch.arange(longest, device=device) < lengths[:, None]
    try:
        found = encoder.module(ids, mask, torch.zeros_like(ids))
    except (TypeError, ValueError, RuntimeError, IndexError, AttributeError, KeyError) as error:
        if "out of memory" in str(error).lower():
            raise
        raise CheckpointError(
            f"the encoder does not run on a sentence with its mask: {first_line(error)}", where=where
        ) from error
    return tuple(found.hidden_states)


def _check_shapes(
    encoder: LoadedEncoder, states: tuple[Tensor, ...], sentence: list[int], where: str
) -> tuple[str, str]:
    number = f"{len(states)} hidden states for {encoder.n_layers} layers"
    if len(states) != encoder.n_layers + 1:
        raise CheckpointError(
            f"the encoder gives {number}",
            where=where,
            allowed="one hidden state per layer after that of the embeddings, else layer numbers are wrong",
        )
    expected = (2, len(sentence), encoder.width)
    for layer, state in enumerate(states):
        if tuple(state.shape) != expected:
            raise CheckpointError(
                f"hidden state {layer} has the shape {tuple(state.shape)}, not {expected}",
                where=where,
                allowed="one state of the same width per subword at each layer",
            )
        if not state.isfinite().all():
            raise CheckpointError(
                f"hidden state {layer} is not finite",
                where=where,
                hint="the weights may be damaged, or saved in a precision that overflows in fp32",
            )
    return ("hidden states", f"{number}, of width {encoder.width}")


def _check_both_ways(
    encoder: LoadedEncoder, states: tuple[Tensor, ...], sentence: list[int], other: list[int], where: str
) -> tuple[str, str]:
    if sentence == other:
        raise CheckpointError("the tokenizer knows fewer than two ordinary subwords", where=where)
    if all(torch.equal(state[0, :-1], state[1, :-1]) for state in states):
        raise left_to_right(str(encoder.config.get("model_type")), where=where)
    return ("attention", "a later subword changes the states of earlier ones")


def _check_padding(alone: tuple[Tensor, ...], padded: tuple[Tensor, ...], where: str) -> tuple[str, str]:
    worst = 0.0
    for layer, (one, other) in enumerate(zip(alone, padded, strict=True)):
        difference = float((one[0] - other[0, : one.shape[1]]).norm() / one[0].norm().clamp(min=1e-30))
        if difference > PADDING_TOLERANCE:
            raise CheckpointError(
                f"padding changes hidden state {layer} of a sentence by {difference:.1e} of its norm",
                where=where,
                allowed=f"at most {PADDING_TOLERANCE:g}: the architecture has to leave padding out",
            )
        worst = max(worst, difference)
    return ("padding", f"changes states by at most {worst:.1e} of their norm")
