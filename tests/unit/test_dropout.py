"""Dropout whose masks belong to examples."""

import pytest
import torch

from isogloss.modeling.dropout import ExampleDropout, ExampleKeys, replace_dropout

pytestmark = pytest.mark.numerics


def dropout(p=0.25):
    keys = ExampleKeys()
    return ExampleDropout(p, keys).train(), keys


def some_keys(n, seed=0):
    return torch.randint(2**62, (n,), generator=torch.Generator().manual_seed(seed))


def masks(module, keys, given, shape):
    keys.set(given)
    return module(torch.ones(shape))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_share_dropped_and_the_scale(p):
    module, keys = dropout(p)
    out = masks(module, keys, some_keys(64), (64, 40, 50))
    assert out.unique().tolist() == pytest.approx([0.0, 1 / (1 - p)])
    assert float((out == 0).float().mean()) == pytest.approx(p, abs=0.005)
    for axis in ((1, 2), (0, 2), (0, 1)):  # no example, place or channel is favoured
        shares = (out == 0).float().mean(dim=axis)
        n = out.numel() / len(shares)
        assert (shares - p).abs().max() < 5 * (p * (1 - p) / n) ** 0.5


def test_neighbouring_places_and_examples_are_independent():
    module, keys = dropout(0.5)
    out = (masks(module, keys, some_keys(400), (400, 30, 32)) == 0).double() - 0.5
    for a, b in ((out[:, 1:], out[:, :-1]), (out[..., 1:], out[..., :-1]), (out[1:], out[:-1])):
        assert abs(float((a * b).mean()) * 4) < 0.01


def test_padding_and_neighbours_change_no_mask():
    module, keys = dropout()
    given = some_keys(6)
    together = masks(module, keys, given, (6, 9, 8))
    alone = torch.cat([masks(module, keys, given[i : i + 1], (1, 5, 8)) for i in range(6)])
    assert torch.equal(together[:, :5], alone)


def test_calls_of_one_pass_differ_and_passes_repeat():
    module, keys = dropout()
    given = some_keys(4)
    keys.set(given)
    first, second = module(torch.ones(4, 5, 8)), module(torch.ones(4, 5, 8))
    keys.set(given)
    assert torch.equal(module(torch.ones(4, 5, 8)), first)
    assert not torch.equal(first, second)


def test_units_of_one_example_have_masks_of_their_own():
    module, keys = dropout(0.5)
    rows, positions = torch.tensor([0, 0, 1]), torch.tensor([1, 2, 1])
    keys.set(some_keys(2))
    out = module.of_units(torch.ones(3, 64), rows, positions)
    assert not torch.equal(out[0], out[1]) and not torch.equal(out[0], out[2])
    keys.set(some_keys(2)[1:])
    assert torch.equal(module.of_units(torch.ones(1, 64), torch.tensor([0]), torch.tensor([1]))[0], out[2])


def test_off_in_evaluation_and_at_zero():
    module, keys = dropout()
    states = torch.ones(2, 3, 4)
    assert module.eval()(states) is states
    assert ExampleDropout(0.0, keys).train()(states) is states


def test_training_without_keys_is_refused():
    module, _ = dropout()
    with pytest.raises(RuntimeError, match="dropout in training mode without keys of the examples"):
        module(torch.ones(2, 3, 4))


def test_what_belongs_to_no_example_is_left_alone():
    module, keys = dropout()
    keys.set(some_keys(3))
    table = torch.ones(7, 4)
    assert module(table) is table
    assert (module(torch.ones(3, 7, 4)) == 0).any()


def test_every_dropout_of_a_model_is_replaced():
    model = torch.nn.Sequential(
        torch.nn.Dropout(0.3), torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.2))
    )
    replace_dropout(model, ExampleKeys())
    assert [m.p for m in model.modules() if isinstance(m, ExampleDropout)] == [0.3, 0.2]
    assert not any(isinstance(m, torch.nn.Dropout) for m in model.modules())
