"""A control: an encoder that sees which subwords each sentence holds, and nothing of their order."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from isogloss.modeling.encoders.base import EncoderIdentity, LoadedEncoder
from isogloss.modeling.encoders.identify.tokenizer_files import tokenizer_kind
from isogloss.modeling.encoders.mini import refuse_revision, weights_folder

NAME = "bag-of-words"

WIDTH = 128
VERSION = 1
"""Raised when the weights that training begins with, or what is made of them, change."""


class BagOfWordsSource:
    """Trainable embeddings over the subwords of the built-in encoder.

    What a task can be solved with when order is not seen: a model that stays at chance here has to learn
    order, one that does not has found a short cut. The first weights are drawn from a fixed seed.
    """

    def identify(self, spec: str, revision: str | None) -> EncoderIdentity:
        """Identify it by its version, its size and the tokenizer.

        Raises
        ------
        CheckpointError
            If a revision is asked for, or the package was installed without its tokenizer.
        """
        refuse_revision(spec, revision)
        folder = weights_folder()
        tokenizer = (folder / "tokenizer.json").read_bytes()
        n_subwords = len(json.loads(tokenizer)["model"]["vocab"])
        known = f"{NAME}\0{VERSION}\0{WIDTH}\0{hashlib.sha256(tokenizer).hexdigest()}"
        return EncoderIdentity(
            spec=spec,
            kind="built-in",
            path=folder,
            revision=None,
            fingerprint=hashlib.sha256(known.encode()).hexdigest(),
            n_layers=1,
            width=WIDTH,
            # Embeddings, a linear layer over four features, two layer norms.
            n_parameters=n_subwords * WIDTH + 4 * WIDTH * WIDTH + WIDTH + 2 * WIDTH + 2 * WIDTH,
            max_positions=None,
            architecture=NAME,
            n_embeddings=n_subwords,
            tokenizer=tokenizer_kind(folder),
        )

    def load(
        self, identity: EncoderIdentity, *, trust_remote_code: bool = False, dropout: float | None = None
    ) -> LoadedEncoder:
        """Draw the first weights; there is no remote code to trust."""
        from isogloss.modeling.encoders._bag import BagOfWords

        return BagOfWords(weights_folder(), width=identity.width, dropout=dropout)

    def rebuild(
        self, config: dict[str, Any], folder: Path, *, trust_remote_code: bool, dropout: float | None
    ) -> LoadedEncoder:
        """Build it with weights still to be filled in."""
        from isogloss.modeling.encoders._bag import BagOfWords

        return BagOfWords(folder, width=int(config["hidden_size"]), dropout=dropout)


Encoder = BagOfWordsSource()
