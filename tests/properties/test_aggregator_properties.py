"""What every aggregator owes its callers, over the whole registry; a new file arrives tested."""

import pytest
import torch

from isogloss.errors import FieldError, RegistryError
from isogloss.modeling.aggregators.base import AGGREGATORS, make_aggregator

N_LAYERS, WIDTH = 3, 8
VARIANTS = {"aif": ({"norm": "batch"}, {"layer": 0, "reduction": 2})}
"""Options worth testing beside the defaults."""


def required(name):
    return {key: 1 for key, field in AGGREGATORS[name].model_fields.items() if field.is_required()}


CASES = [
    pytest.param(name, required(name) | options, id=f"{name}-{i}")
    for name in AGGREGATORS
    for i, options in enumerate(({}, *VARIANTS.get(name, ())))
]


def build(name, options):
    torch.manual_seed(0)
    return make_aggregator(name, options).build(N_LAYERS, WIDTH)


def states_and_mask(batch=3, length=5, *, lengths=(5, 3, 1), seed=0):
    generator = torch.Generator().manual_seed(seed)
    states = torch.randn(N_LAYERS + 1, batch, length, WIDTH, generator=generator)
    mask = torch.arange(length) < torch.tensor(lengths[:batch]).unsqueeze(1)
    return states, mask


@pytest.mark.parametrize(("name", "options"), CASES)
def test_shape_and_zeros_at_padding(name, options):
    states, mask = states_and_mask()
    out = build(name, options)(states, mask)
    assert out.shape == states.shape[1:]
    assert out[~mask].abs().max() == 0
    assert out[mask].abs().min(dim=1).values.max() > 0


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("training", [True, False])
def test_what_stands_in_padding_is_irrelevant(name, options, training):
    states, mask = states_and_mask()
    other = states.clone()
    other[:, ~mask] = 1e3
    results = [build(name, options).train(training)(version, mask) for version in (states, other)]
    torch.testing.assert_close(*results, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("training", [True, False])
def test_amount_of_padding_is_irrelevant(name, options, training):
    states, mask = states_and_mask()
    longer = torch.cat([states, torch.full((N_LAYERS + 1, 3, 4, WIDTH), 7.0)], dim=2)
    longer_mask = torch.cat([mask, torch.zeros(3, 4, dtype=torch.bool)], dim=1)
    short = build(name, options).train(training)(states, mask)
    long = build(name, options).train(training)(longer, longer_mask)
    torch.testing.assert_close(short, long[:, :5], rtol=0, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_one_tensor_or_one_a_layer(name, options):
    states, mask = states_and_mask()
    assert torch.equal(build(name, options)(states, mask), build(name, options)(tuple(states), mask))


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("batch", [3, 1])
def test_gradients_reach_every_parameter(name, options, batch):
    module = build(name, options).train()
    states, mask = states_and_mask(batch)
    states.requires_grad_()
    target = torch.randn(states.shape[1:], generator=torch.Generator().manual_seed(1))
    (module(states, mask) * target).sum().backward()
    assert states.grad[-1][mask].abs().min(dim=-1).values.max() > 0
    assert states.grad[:, ~mask].abs().sum() == 0
    for parameter_name, parameter in module.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert torch.isfinite(parameter.grad).all(), parameter_name
        if "global_context" in parameter_name and options.get("norm") == "batch" and batch == 1:
            continue  # one vector has no variance: running statistics let every bias but the last through
        before_batch_norm = options.get("norm") == "batch" and parameter_name.endswith(
            ("squeeze.bias", "expand.bias")
        )
        if not before_batch_norm:  # batch norm subtracts whatever bias stands before it
            assert parameter.grad.abs().max() > 0, parameter_name


@pytest.mark.parametrize(("name", "options"), CASES)
def test_a_batch_of_one_with_one_subword_trains(name, options):
    module = build(name, options).train()
    out = module(*states_and_mask(1, 1, lengths=(1,)))
    assert torch.isfinite(out).all()


@pytest.mark.parametrize(("name", "options"), CASES)
def test_bf16_agrees_with_fp32(name, options):
    states, mask = states_and_mask()
    exact = build(name, options).eval()(states, mask)
    with torch.autocast("cpu", torch.bfloat16):
        rough = build(name, options).eval()(states, mask)
    torch.testing.assert_close(rough.float(), exact, rtol=0.05, atol=0.05)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_weights_used_are_exposed(name, options):
    states, mask = states_and_mask()
    module = build(name, options)
    module(states, mask)
    weights = module.last_weights
    assert weights is None or (not weights.requires_grad and weights.min() >= 0 and weights.max() <= 1)


def test_last_returns_the_last_layer():
    states, mask = states_and_mask()
    assert torch.equal(build("last", {})(states, mask), states[-1] * mask.unsqueeze(-1))


@pytest.mark.parametrize(("bias", "layer"), [(50.0, -1), (-50.0, 1)])
def test_aif_with_an_open_gate_returns_the_last_layer_and_with_a_closed_one_the_lower(bias, layer):
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1})
    for context in (module.local_context, module.global_context):
        torch.nn.init.zeros_(context.norm_expanded.weight)
        torch.nn.init.constant_(context.norm_expanded.bias, bias)
    torch.testing.assert_close(module(states, mask), states[layer] * mask.unsqueeze(-1), rtol=0, atol=1e-6)


def test_aif_follows_its_equations_position_by_position():
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1})
    out = module(states, mask)
    for row in range(3):
        n = int(mask[row].sum())
        last, lower = states[-1, row, :n], states[1, row, :n]
        both = [last[t] + lower[t] for t in range(n)]
        mean = sum(both) / n
        for t in range(n):
            gate = torch.sigmoid(
                context(module.local_context, both[t]) + context(module.global_context, mean)
            )
            torch.testing.assert_close(out[row, t], gate * last[t] + (1 - gate) * lower[t], rtol=0, atol=1e-5)
            torch.testing.assert_close(module.last_weights[row, t], gate.detach(), rtol=0, atol=1e-5)


def context(branch, vector):
    squeezed = branch.squeeze.weight @ vector + branch.squeeze.bias
    hidden = torch.clamp(norm(squeezed, branch.norm_squeezed), min=0)
    return norm(branch.expand.weight @ hidden + branch.expand.bias, branch.norm_expanded)


def norm(vector, layer):
    centred = vector - vector.mean()
    return centred / torch.sqrt((centred**2).mean() + layer.eps) * layer.weight + layer.bias


def test_aif_batch_norm_is_torchs_over_real_positions():
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1, "norm": "batch"}).train()
    both = states[-1] + states[1]
    local = module.local_context
    real = local.squeeze(both[mask])
    reference = torch.nn.functional.batch_norm(real, None, None, training=True)
    assert torch.allclose(local.norm_squeezed(local.squeeze(both), mask)[mask], reference, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": 13}, r"aif layer 13 of an encoder with 12\n  allowed: 0 to 11"),
        ({"layer": 12}, r"aif layer 12 is the last layer itself\n  allowed: 0 to 11"),
        (
            {"layer": 3, "reduction": 7},
            r"reduction 7 does not divide the encoder's width 768\n  allowed: a divisor: 1, 2, 3",
        ),
    ],
)
def test_aif_refuses_what_an_encoder_cannot_have(options, message):
    with pytest.raises(FieldError, match=message):
        make_aggregator("aif", options).validate_for(12, 768)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layr": 3, "layer": 1}, r"aggregator 'aif' has no option 'layr'\n.*did you mean 'layer'"),
        ({}, "option 'layer' of aggregator 'aif': field required"),
        ({"layer": -1}, "option 'layer' of aggregator 'aif': input should be greater than or equal to 0"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(FieldError, match=message):
        make_aggregator("aif", options)


def test_an_unknown_aggregator_is_refused():
    with pytest.raises(RegistryError, match=r"no aggregator 'aiff'\n.*did you mean 'aif'"):
        make_aggregator("aiff", {})


def test_labels_tell_settings_apart():
    options = ({"layer": 3}, {"layer": 4}, {"layer": 3, "reduction": 2}, {"layer": 3, "norm": "batch"})
    labels = [make_aggregator("aif", each).label() for each in options]
    assert labels == ["D_3", "D_4", "D_3_r2", "D_3_batch"]
    assert make_aggregator("last", {}).label() == "last"
