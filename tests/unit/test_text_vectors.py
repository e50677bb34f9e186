"""Texts as vectors of an encoder."""

import numpy as np
import pytest

from isogloss.modeling.text_vectors import TEXTS_PER_BATCH, text_vectors
from rounding import assert_same

pytestmark = pytest.mark.numerics


def test_vectors_have_unit_length_and_do_not_depend_on_their_batch(tiny_encoder):
    vectors = text_vectors(str(tiny_encoder))
    texts = [f"the bird sings {'very ' * i}loudly" for i in range(TEXTS_PER_BATCH + 3)]
    together = vectors(texts)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0)
    alone = np.concatenate([vectors([text]) for text in texts])
    assert_same(together, alone, depth=6 * 3, terms=64)
