"""Checks of an encoder from its configuration, tensor names and tokenizer files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.errors import CheckpointError, some_of

Shapes = Mapping[str, tuple[int, ...]]

ENCODERS_ONLY = "encoder-only models such as BERT, XLM-R, ModernBERT"
_LAYER = re.compile(r"\.(?:layers?|h|blocks?)\.(\d+)\.(.+)")
_EMBEDDINGS = re.compile(r"(?:^|\.)(?:word_embeddings?|embed_tokens|tok_embeddings|wte|embeddings)\.weight$")
_DECODERS = {"bloom", "falcon", "gemma", "gemma2", "gemma3_text", "gpt2", "gpt_neo", "gpt_neox", "gptj"}
_DECODERS |= {"llama", "mistral", "opt", "openai-gpt", "phi", "phi3", "qwen2", "qwen3", "xglm"}
"""Families that attend to the left only, unless their configuration says otherwise."""


def refuse_other_kinds(config: Mapping[str, Any], *, where: str) -> None:
    """Refuse what ``config.json`` shows to be no encoder, or none whose layers can be numbered.

    Raises
    ------
    CheckpointError
    """
    kind = str(config.get("model_type"))
    if config.get("is_encoder_decoder"):
        raise CheckpointError(f"'{kind}' is an encoder-decoder", where=where, allowed=ENCODERS_ONLY)
    if kind == "canine":
        n_layers = config.get("num_hidden_layers")
        states = (
            f"{n_layers + 5} hidden states for {n_layers} layers" if isinstance(n_layers, int) else "other"
        )
        raise CheckpointError(
            f"'canine' has {states}: of characters, of pooled characters, of characters again",
            where=where,
            allowed="one hidden state per layer after that of the embeddings, else layer numbers are wrong",
            hint=f"use {ENCODERS_ONLY}",
        )
    stated = config.get("architectures")
    heads = [str(name) for name in stated] if isinstance(stated, list) else []
    both_ways = config.get("use_bidirectional_attention") or config.get("is_causal") is False
    left_only = kind in _DECODERS or (heads and all(name.endswith("ForCausalLM") for name in heads))
    if config.get("is_decoder") or (left_only and not both_ways):
        raise left_to_right(kind, where=where)


def left_to_right(kind: str, *, where: str) -> CheckpointError:
    """The error for a decoder."""
    return CheckpointError(
        f"'{kind}' is a decoder: its states see only the subwords before them",
        where=where,
        allowed=ENCODERS_ONLY,
    )


def check_layers(shapes: Shapes, n_layers: int, *, where: str) -> None:
    """Refuse weights whose layers are not those that the configuration states, or are not whole.

    A layer is torn if it lacks a tensor that all others have, and has none that they lack. Layer 0 is exempt,
    since some architectures give it no norm of its own. Where layers are shared or have unusual names nothing
    is known here: what is absent is then found when the weights are loaded.

    Raises
    ------
    CheckpointError
    """
    layers = longest_stack(shapes)
    if not layers:
        return
    held, stated = set(layers), set(range(n_layers))
    if held != stated:
        odd = {"missing": stated - held, "not in the configuration": held - stated}
        shown = (f"{what}: layer {some_of([*map(str, sorted(of))], 8)}" for what, of in odd.items() if of)
        raise CheckpointError(
            f"config.json states {n_layers} layers, the weights hold {len(layers)} ({'; '.join(shown)})",
            where=where,
            hint="fetch or convert the checkpoint again, or save the encoder anew with its save_pretrained",
        )
    for layer in range(1, n_layers):
        others = [names for number, names in layers.items() if number != layer]
        missing = sorted(set.intersection(*others) - layers[layer])
        if missing and layers[layer] <= set().union(*others):
            raise missing_tensors([f"layer {layer}: {name}" for name in missing], where=where)


def longest_stack(shapes: Shapes) -> dict[int, set[str]]:
    """Tensor names of each layer, of several stacks that of the most tensors.

    Empty where layers are shared or have unusual names.
    """
    stacks: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in shapes:
        if match := _LAYER.search("." + name):
            stacks[("." + name)[: match.start()]][int(match.group(1))].add(match.group(2))
    return max(stacks.values(), key=lambda stack: sum(map(len, stack.values())), default={})


def missing_tensors(names: list[str], *, where: str, unused: Sequence[str] = ()) -> CheckpointError:
    """The error for weights that a checkpoint should hold and does not; it has those of `unused` instead."""
    shown = ", ".join(names[:5]) + (f", ... ({len(names)} in all)" if len(names) > 5 else "")
    hint = "fetch or convert the checkpoint again"
    if unused:
        hint = (
            f"the checkpoint holds others, such as {', '.join(unused[:2])}: save the encoder itself, "
            "with its save_pretrained"
        )
    return CheckpointError(
        f"tensors missing from the checkpoint: {shown}",
        where=where,
        hint=f"they would be drawn at random; {hint}",
    )


def embedding_rows(shapes: Shapes) -> int | None:
    """Subwords that have an embedding; None where no tensor has a name by which it is known."""
    tables = {shape[0] for name, shape in shapes.items() if _EMBEDDINGS.search(name) and len(shape) == 2}
    return tables.pop() if len(tables) == 1 else None


def check_embeddings(
    n_entries: int | None, n_rows: int | None, config: Mapping[str, Any], *, where: str
) -> None:
    """Refuse a tokenizer with numbers beyond the embeddings, and embeddings of another size than stated.

    More embeddings than subwords are fine: many encoders pad their tables to a round number.

    Parameters
    ----------
    n_entries : int or None
        One more than the tokenizer's highest number; None where that is not known.
    n_rows : int or None
        Of the embedding table.
    config : mapping
        The encoder's ``config.json``.
    where : str

    Raises
    ------
    CheckpointError
    """
    if n_rows is None:
        return
    stated = config.get("vocab_size")
    if isinstance(stated, int) and stated != n_rows:
        raise CheckpointError(
            f"config.json states vocab_size {stated}, the weights hold {n_rows} embeddings",
            where=where,
            hint="save the encoder anew with its save_pretrained, which writes both",
        )
    if n_entries is not None and n_entries > n_rows:
        raise CheckpointError(
            f"the tokenizer has {n_entries} entries and the encoder {n_rows} embeddings",
            where=where,
            allowed="at least one embedding per entry of the tokenizer",
            hint="call resize_token_embeddings(len(tokenizer)) on the encoder and save it again, or name the "
            "tokenizer that it was trained with",
        )
