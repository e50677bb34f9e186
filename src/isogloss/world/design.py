"""Rows of a task independent of language: propositions, splits, and a balanced design."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, permutations
from typing import Literal, NamedTuple, TypeVar

from isogloss.errors import DataError, closest
from isogloss.world.grammar import Proposition
from isogloss.world.roster import FRAMES, HELD_OUT, REFERENTS, RELATED, YEARS, Frame

WorldSplit = Literal["pretrain", "train", "validation", "test"]
Relation = Literal["entailment", "neutral", "contradiction"]
Stream = Literal["pairs", "inference", "sentences"]
"""Rows of different streams are chosen independently: `pairs` for mini-paws, `inference` for mini-nli."""
FramePool = Literal["seen", "unseen", "all"]
"""Frames that training rows use, those held out from them, or both."""
T = TypeVar("T")

POOLS: Mapping[str, tuple[str, ...]] = {
    "all": tuple(FRAMES),
    "seen": tuple(id_ for id_, frame in FRAMES.items() if not frame.held_out),
    "unseen": tuple(id_ for id_, frame in FRAMES.items() if frame.held_out),
}
_RELATIONS: dict[str, tuple[Relation, ...]] = {
    "pairs": ("contradiction", "entailment"),
    "sentences": ("contradiction", "entailment"),
    "inference": ("contradiction", "entailment", "neutral"),
}
# Rows in which every combination of label, name order and held-out names occurs equally often; in the stream
# `inference` also every assignment of the roles of a neutral sentence.
_BLOCK = {"pairs": 8, "sentences": 8, "inference": 24}
_MAX_REJECTED = 20_000
_PLACES = tuple(id_ for id_, who in REFERENTS.items() if who.kind == "place")
_PERSONS = tuple(id_ for id_, who in REFERENTS.items() if who.kind == "person")
_BY_GENDER = {
    gender: tuple(id_ for id_, who in REFERENTS.items() if who.gender == gender) for gender in ("f", "m")
}


@dataclass(frozen=True)
class Row:
    """Content of row i in every language.

    Parameters
    ----------
    row : int
    proposition : Proposition
        What the first sentence says.
    other : Proposition
        What the second sentence says.
    relation : {"entailment", "neutral", "contradiction"}
        Of the second sentence to the first: the same, another frame over the same names, or the two roles of
        the same type exchanged.
    same_pattern_order : bool
        True if both patterns name `a` first or both name `b` first.
    """

    row: int
    proposition: Proposition
    other: Proposition
    relation: Relation
    same_pattern_order: bool

    @property
    def paraphrase(self) -> bool:
        """Whether both sentences say the same."""
        return self.relation == "entailment"


class Draws:
    """Independent uniform choices that depend on a key alone, the same on every machine."""

    def __init__(self, *key: object) -> None:
        digest = hashlib.blake2b("\0".join(map(str, key)).encode(), digest_size=32).digest()
        self._state = int.from_bytes(digest, "big")

    def below(self, n: int) -> int:
        """Draw from 0 to n - 1."""
        self._state, remainder = divmod(self._state, n)
        return remainder

    def one_of(self, options: Sequence[T]) -> T:
        """Draw one option."""
        return options[self.below(len(options))]

    def two_of(self, options: Sequence[T]) -> tuple[T, T]:
        """Draw an ordered pair of different options."""
        first = self.below(len(options))
        second = self.below(len(options) - 1)
        return options[first], options[second + (second >= first)]


def in_hash_order(items: Iterable[T], key: str, name: Callable[[T], object] = str) -> list[T]:
    """Order items by a hash of a key and their names: the same on every machine."""
    return sorted(items, key=lambda item: hashlib.blake2b(f"{key}:{name(item)}".encode()).digest())


def split_of(proposition: Proposition) -> WorldSplit:
    """Split to which a proposition and its role-swapped twin belong.

    A proposition with a held-out name is in the pretraining text or in the test rows; all others are in the
    pretraining text, in train, validation or test rows. No proposition is in two splits, so no sentence is.

    Parameters
    ----------
    proposition : Proposition

    Returns
    -------
    {"pretrain", "train", "validation", "test"}
    """
    bucket = Draws("split", *_key(proposition)).below(10)
    if has_held_out_name(proposition):
        return "pretrain" if bucket < 5 else "test"
    if bucket < 4:
        return "pretrain"
    if bucket < 8:
        return "train"
    return "validation" if bucket == 8 else "test"


def rows(
    split: WorldSplit, size: int, *, seed: int = 0, stream: Stream = "pairs", frames: FramePool = "seen"
) -> tuple[Row, ...]:
    """Choose what the rows of a split say: the same in every language, no first proposition twice.

    Fewer rows are the first rows of more. Every block of rows (eight, or 24 in the stream `inference`) holds
    each combination of relation and pattern order equally often; in the test split half of each has a
    held-out name and the other half has none.

    Parameters
    ----------
    split : {"pretrain", "train", "validation", "test"}
    size : int
    seed : int
    stream : {"pairs", "inference", "sentences"}
    frames : {"seen", "unseen", "all"}
        Frames that the rows may use. Of the stream `inference`, only frames to which another one of these is
        neutral.

    Returns
    -------
    tuple of Row, length `size`

    Raises
    ------
    DataError
        If `size` is negative or more than the world has propositions for.
    """
    if size < 0:
        raise DataError(f"size {size} is negative", where=f"world, split '{split}'", allowed="0 or more")
    return tuple(rows_on_demand(split, seed=seed, stream=stream, frames=frames).first(size))


class RowsOnDemand:
    """The rows of `rows` by their number; each is chosen when it or a later one is asked for first."""

    def __init__(
        self, split: WorldSplit, *, seed: int = 0, stream: Stream = "pairs", frames: FramePool = "seen"
    ) -> None:
        for value, known in ((stream, _BLOCK), (frames, POOLS)):
            if value not in known:
                raise DataError(f"no '{value}' in the world", where="rows", allowed=closest(value, known))
        self._chosen: list[Row] = []
        self._more = _choose(split, seed, stream, frames)
        self._about = f"world, split '{split}', {frames} frames, seed {seed}"

    def first(self, size: int) -> list[Row]:
        """Choose the first rows; see `rows`."""
        self._chosen.extend(islice(self._more, max(0, size - len(self._chosen))))
        if len(self._chosen) < size:
            raise DataError(
                f"size {size} is more than the world holds",
                where=self._about,
                allowed=f"at most about {len(self._chosen)} rows",
            )
        return self._chosen[:size]

    def __getitem__(self, number: int) -> Row:
        """Return one row by its number, from 0."""
        if number >= len(self._chosen):
            self.first(number + 1)
        return self._chosen[number]


rows_on_demand = lru_cache(maxsize=64)(RowsOnDemand)
"""Rows that all who ask for the same ones share."""


def _choose(split: WorldSplit, seed: int, stream: Stream, frames: FramePool) -> Iterator[Row]:
    """Yield rows until too many propositions in a row do not fit."""
    seen: set[tuple[object, ...]] = set()
    attempt = rejected = n_chosen = 0
    plan = _plan(stream, seed, split, frames, 0)
    while rejected <= _MAX_REJECTED:
        proposition = draw(Draws(stream, seed, split, attempt), plan.frames)
        attempt += 1
        if not _fits(proposition, plan, split) or _key(proposition) in seen:
            rejected += 1
            continue
        rejected = 0
        seen.add(_key(proposition))
        yield Row(n_chosen, proposition, _other(proposition, plan), plan.relation, plan.same_pattern_order)
        n_chosen += 1
        plan = _plan(stream, seed, split, frames, n_chosen)


class _Plan(NamedTuple):
    """Properties of a row that the design fixes.

    `frames` are those to draw from; `neutral_frame` and `exchanged` say what a neutral second sentence says.
    """

    relation: Relation
    same_pattern_order: bool
    held_out: bool
    exchanged: bool
    frames: tuple[str, ...]
    neutral_frame: str | None


def _plan(stream: Stream, seed: int, split: str, pool: FramePool, row: int) -> _Plan:
    """Read the row's cell off a factorial design that is permuted in every block.

    In the stream `inference` the frames of both sentences are part of the design. Were they drawn with the
    names, neutral rows, of which two propositions must be in the split, would come to use other frames
    than the rest.
    """
    block, position = divmod(row, _BLOCK[stream])
    cell = _permutation(stream, seed, split, block)[position]
    factors, which = divmod(cell, len(_RELATIONS[stream]))
    relation, same_pattern_order = _RELATIONS[stream][which], bool(factors & 1)
    held_out, exchanged = bool(factors & 2), bool(factors & 4)
    frames, neutral_frame = POOLS[pool], None
    if stream == "inference":
        partners = neutral_partners(pool)
        draws = Draws("frames", stream, seed, split, row)
        frame = draws.one_of(tuple(partners))
        frames, neutral_frame = (frame,), draws.one_of(partners[frame])
    return _Plan(relation, same_pattern_order, held_out, exchanged, frames, neutral_frame)


@lru_cache(maxsize=4096)
def _permutation(stream: str, seed: int, split: str, block: int) -> tuple[int, ...]:
    draws = Draws("design", stream, seed, split, block)
    remaining = list(range(_BLOCK[stream]))
    return tuple(remaining.pop(draws.below(len(remaining))) for _ in range(_BLOCK[stream]))


@lru_cache
def neutral_partners(pool: FramePool) -> Mapping[str, tuple[str, ...]]:
    """Frames that say something neutral to a frame of the pool, with how often each is to be drawn.

    A neutral sentence is about the same names, so its frame has the same roles, and it neither follows from
    the other nor is excluded by it (`RELATED` lists the pairs of which that is not clear). The partners are
    those of all permutations of the frames with equal roles that give each a neutral one: each frame is then
    as often a partner as it has one, and the second sentence alone does not tell the relation.

    Parameters
    ----------
    pool : {"seen", "unseen", "all"}

    Returns
    -------
    mapping of str to tuple of str
        Without the frames to which the pool holds no neutral one.
    """
    groups: dict[tuple[object, ...], list[Frame]] = {}
    for id_ in POOLS[pool]:
        frame = FRAMES[id_]
        groups.setdefault((frame.kind, frame.protagonist), []).append(frame)
    partners: dict[str, list[str]] = {}
    for group in groups.values():
        for permuted in permutations(group):
            pairs = [(one.id, other.id) for one, other in zip(group, permuted, strict=True)]
            if all(one != other and frozenset((one, other)) not in RELATED for one, other in pairs):
                for one, other in pairs:
                    partners.setdefault(one, []).append(other)
    return {one: tuple(others) for one, others in partners.items()}


def _fits(proposition: Proposition, plan: _Plan, split: WorldSplit) -> bool:
    """Whether all that the row says belongs to its split; names are looked at first, that is cheaper."""
    held_out = has_held_out_name(proposition)
    if held_out and split in {"train", "validation"}:
        return False
    if split == "test" and held_out != plan.held_out:
        return False
    return split_of(proposition) == split and (
        plan.relation != "neutral" or split_of(_other(proposition, plan)) == split
    )


def _other(proposition: Proposition, plan: _Plan) -> Proposition:
    if plan.relation == "entailment":
        return proposition
    if plan.relation == "contradiction" or plan.neutral_frame is None:
        return proposition.swapped()
    neutral = replace(proposition, frame=plan.neutral_frame)
    return neutral.swapped() if plan.exchanged else neutral


def draw(draws: Draws, frames: Sequence[str] = POOLS["all"]) -> Proposition:
    """Draw any proposition of some frames, by default of all; frames and names are equally frequent."""
    frame = FRAMES[draws.one_of(frames)]
    fillers = _PLACES if frame.kind == "place" else draws.one_of((_BY_GENDER["f"], _BY_GENDER["m"]))
    a, b = draws.two_of(fillers)
    c = draws.one_of(_PERSONS) if frame.protagonist else None
    return Proposition(frame.id, a, b, c, draws.one_of(YEARS))


def _key(proposition: Proposition) -> tuple[object, ...]:
    """Identify a proposition up to an exchange of its roles."""
    low, high = sorted((proposition.a, proposition.b))
    return proposition.frame, low, high, proposition.c, proposition.year


def has_held_out_name(proposition: Proposition) -> bool:
    """Whether any of its names occurs in no train or validation row."""
    return bool(HELD_OUT & {proposition.a, proposition.b, proposition.c})
