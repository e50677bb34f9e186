"""Tables of transfer scores for the tests of recommendations."""

import numpy as np
import pandas as pd

LANGUAGES = ("en", "de", "nl", "sv", "fr", "es", "it", "pl", "ru", "hi", "fi", "hu", "tr", "ar", "zh", "ja")


def transfer_table(sources=LANGUAGES, targets=LANGUAGES, *, seed=0, noise=0.02, donors=0.05, **columns):
    """Scores that fall with the distance in the list, differ by source, and by chance."""
    rng = np.random.default_rng(seed)
    known = [*LANGUAGES, *(code for code in (*sources, *targets) if code not in LANGUAGES)]
    place = {code: at for at, code in enumerate(known)}
    donor = {code: donors * rng.normal() for code in known}
    level = {code: 0.6 + 0.08 * rng.normal() for code in known}
    rows = [
        {
            "source": s,
            "target": t,
            "score": float(
                np.clip(
                    level[t] + donor[s] - 0.015 * abs(place[s] - place[t]) + noise * rng.normal(), 0.01, 1
                )
            ),
            **columns,
        }
        for s in sources
        for t in targets
    ]
    return pd.DataFrame(rows)
