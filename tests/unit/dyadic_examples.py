"""Random scores and distances for the tests of statistics."""

import numpy as np


def example(rows, columns, *, n_distances=2, missing=0.0, seed=0):
    """Scores and symmetric distances over the languages of both margins."""
    rng = np.random.default_rng(seed)
    languages = sorted({*rows, *columns})
    full = rng.random((n_distances, len(languages), len(languages)))
    full = (full + full.transpose(0, 2, 1)) / 2
    at_rows, at_columns = ([languages.index(x) for x in side] for side in (rows, columns))
    values = rng.normal(size=(len(rows), len(columns)))
    values[rng.random(values.shape) < missing] = np.nan
    return values, full[:, at_rows][:, :, at_columns]
