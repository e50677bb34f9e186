"""How far two orders of one computation may lie apart: tolerances that hold on every processor.

Vector units of another width, another number of threads or another batch add up the same terms in another
order. Every operation rounds its result by at most half an `eps` of it, with either sign, so that the errors
of n operations add up like a random walk, to about sqrt(n) of them; four times that is not exceeded by
chance. A mistake, such as padding that leaks or a mask that is off by one, is larger by orders of magnitude.
"""

from collections.abc import Mapping

import numpy as np
import torch


def rounding(*, depth: int, terms: int, dtype: torch.dtype = torch.float32) -> float:
    """Relative difference to expect at most between two orders of the same computation.

    Parameters
    ----------
    depth : int
        Matrix products, norms and the like, one after the other.
    terms : int
        Of the longest sum in one of them. With `torch.autocast` sums are kept in fp32 and only their results
        are rounded to bf16: state 1.
    dtype : torch.dtype
    """
    return 4 * torch.finfo(dtype).eps * (depth * terms) ** 0.5


def assert_same(found, expected, *, depth, terms, dtype=torch.float32, scale=None, msg=None):
    """Check that tensors, arrays or numbers differ by rounding only.

    Parameters
    ----------
    found, expected : array-like
    depth, terms, dtype
        See `rounding`.
    scale : float, optional
        Size of what was added up; by default the largest of `expected`.
    msg : str, optional
    """
    found, expected = (
        torch.as_tensor(np.asarray(_plain(one)), dtype=torch.float64) for one in (found, expected)
    )
    size = float(expected.abs().max()) if scale is None else scale
    tolerance = size * rounding(depth=depth, terms=terms, dtype=dtype)
    torch.testing.assert_close(
        found, expected, rtol=0, atol=tolerance, msg=None if msg is None else lambda text: f"{msg}: {text}"
    )


def assert_same_gradients(
    found: Mapping[str, torch.Tensor],
    expected: Mapping[str, torch.Tensor],
    *,
    depth,
    terms,
    dtype=torch.float32,
):
    """Check that gradients by parameter differ by rounding only.

    A gradient that cancels to nothing, such as that of a bias in front of a softmax, keeps the rounding of
    its terms; so no parameter is held to less than a tenth of the largest gradient.
    """
    assert found.keys() == expected.keys()
    largest = max(float(gradient.abs().max()) for gradient in expected.values())
    for name, gradient in expected.items():
        scale = max(float(gradient.abs().max()), largest / 10)
        assert_same(found[name], gradient, depth=depth, terms=terms, dtype=dtype, scale=scale, msg=name)


def _plain(values):
    return values.detach().float().cpu().numpy() if isinstance(values, torch.Tensor) else values
