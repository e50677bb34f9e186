"""What every aggregator owes its callers, over the whole registry; a new file arrives tested."""

import pytest
import torch

from isogloss.errors import FieldError, RegistryError
from isogloss.modeling.aggregators.base import AGGREGATORS, make_aggregator
from rounding import assert_same

pytestmark = pytest.mark.numerics

N_LAYERS, WIDTH = 3, 16
ROUNDING = {"depth": 8, "terms": WIDTH}
"""No aggregator has more than eight products, norms and sums one after the other."""
VARIANTS = {
    "aif": (
        {"norm": "batch"},
        {"layer": 0, "reduction": 2},
        {"convolutions": "shared"},
        {"convolutions": "shared", "norm": "batch", "doubled": True},
    ),
    "concat": ({"layers": (3, 1)},),
    "mean": ({"layers": (3, 1)},),
    "mlp_last": ({"norm": "batch"}, {"convolutions": "shared", "reduction": 2}),
    "dwatt": ({"reduction": 4, "position_width": 3},),
}
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
    assert_same(*results, **ROUNDING)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("training", [True, False])
def test_amount_of_padding_is_irrelevant(name, options, training):
    states, mask = states_and_mask()
    longer = torch.cat([states, torch.full((N_LAYERS + 1, 3, 4, WIDTH), 7.0)], dim=2)
    longer_mask = torch.cat([mask, torch.zeros(3, 4, dtype=torch.bool)], dim=1)
    short = build(name, options).train(training)(states, mask)
    long = build(name, options).train(training)(longer, longer_mask)
    assert_same(short, long[:, :5], **ROUNDING)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_a_sentence_is_the_same_alone_and_beside_longer_ones(name, options):
    """In evaluation mode; batch norm then uses its running statistics, which are moved off their start."""
    module = build(name, options).train()
    states, mask = states_and_mask()
    module(states, mask)
    module.eval()
    together = module(states, mask)
    for row, length in enumerate((5, 3, 1)):
        alone = module(states[:, row : row + 1, :length], mask[row : row + 1, :length])
        assert_same(together[row, :length], alone[0], **ROUNDING)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_padding_too_large_to_add_up_does_no_harm_to_real_positions(name, options):
    """Encoders may leave anything behind the end of a sentence; sums of this overflow."""
    states, mask = states_and_mask()
    other = states.clone()
    other[:, ~mask] = 3e38
    module = build(name, options).eval()
    assert_same(module(other, mask)[mask], module(states, mask)[mask], **ROUNDING)


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
    assert_same(rough, exact, depth=8, terms=1, dtype=torch.bfloat16)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_used_are_shares_of_the_layers(name, options, dtype):
    states, mask = states_and_mask()
    module = build(name, options)
    with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
        module(states, mask)
    weights = module.last_weights
    if weights is None:
        return
    assert weights.shape == states.shape[:3]
    assert not weights.requires_grad and weights.min() >= 0
    assert_same(weights.sum(0), mask.float(), depth=1, terms=N_LAYERS, dtype=dtype)


def test_only_aggregators_without_shares_expose_none():
    states, mask = states_and_mask()
    without = set()
    for name in AGGREGATORS:
        module = build(name, required(name))
        module(states, mask)
        without |= {name} if module.last_weights is None else set()
    assert without == {"concat", "mlp_last"}


def test_last_returns_the_last_layer():
    states, mask = states_and_mask()
    assert torch.equal(build("last", {})(states, mask), states[-1] * mask.unsqueeze(-1))


@pytest.mark.parametrize("layer", range(N_LAYERS + 1))
def test_scalar_mix_with_one_layer_alone_returns_it(layer):
    states, mask = states_and_mask()
    module = build("scalar_mix", {})
    with torch.no_grad():
        module.scores[layer] = 200.0
    assert_same(module(states, mask), states[layer] * mask.unsqueeze(-1), **ROUNDING)
    assert_same(module.last_weights[layer][mask], torch.ones(int(mask.sum())), depth=1, terms=N_LAYERS)


def test_scalar_mix_begins_as_the_mean_and_gamma_scales_it():
    states, mask = states_and_mask()
    mix, mean = build("scalar_mix", {}), build("mean", {})(states, mask)
    assert_same(mix(states, mask), mean, **ROUNDING)
    assert_same(mean, states.mean(0) * mask.unsqueeze(-1), **ROUNDING)
    torch.nn.init.constant_(mix.gamma, -2.0)
    assert_same(mix(states, mask), -2 * mean, **ROUNDING)


def test_mean_takes_the_chosen_layers_alone():
    states, mask = states_and_mask()
    expected = (states[0] + states[2]) / 2 * mask.unsqueeze(-1)
    assert_same(build("mean", {"layers": [0, 2]})(states, mask), expected, **ROUNDING)


def test_concat_with_a_block_of_ones_returns_that_layer():
    states, mask = states_and_mask()
    module = build("concat", {"layers": [2, 0, 3]})
    with torch.no_grad():
        module.projection.weight.zero_()[:, WIDTH : 2 * WIDTH] = torch.eye(WIDTH)
        module.projection.bias.zero_()
    assert_same(module(states, mask), states[0] * mask.unsqueeze(-1), **ROUNDING)


@pytest.mark.parametrize("width", [8, 64])
@pytest.mark.parametrize(
    "options", [{}, {"reduction": 2}, {"norm": "batch"}, {"convolutions": "shared", "reduction": 8}]
)
def test_mlp_last_has_as_many_weights_as_aif_and_sees_the_last_layer_only(width, options):
    def n_weights(name, **more):
        module = make_aggregator(name, options | more).build(N_LAYERS, width)
        return sum(parameter.numel() for parameter in module.parameters())

    assert n_weights("mlp_last") == n_weights("aif", layer=1)
    states, mask = states_and_mask()
    other = torch.cat([torch.randn_like(states[:-1]), states[-1:]])
    module = build("mlp_last", options | {"reduction": 2})
    assert torch.equal(module(states, mask), module(other, mask))


def test_dwatt_follows_its_equations_position_by_position():
    states, mask = states_and_mask()
    module = build("dwatt", {"position_width": 3})
    out = module(states, mask)

    def network(layers, x):
        hidden = torch.nn.functional.gelu(layers[0].weight @ x + layers[0].bias)
        return layers[3].weight @ norm(hidden, layers[2]) + layers[3].bias

    keys = [module.key.weight @ position for position in module.positions]
    for row, t in mask.nonzero().tolist():
        last = states[-1, row, t]
        query = 1 + torch.nn.functional.elu(last + network(module.query, last))
        shares = torch.softmax(torch.stack([query @ key for key in keys]), 0)
        values = [norm(network(f, states[n, row, t]), ln) for n, (f, ln) in enumerate(module.values)]
        expected = last + sum(share * value for share, value in zip(shares, values, strict=True))
        assert_same(out[row, t], expected, **ROUNDING)
        assert_same(module.last_weights[:, row, t], shares.detach(), **ROUNDING)


@pytest.mark.parametrize("convolutions", ["separate", "shared"])
@pytest.mark.parametrize(("bias", "layer"), [(50.0, -1), (-50.0, 1)])
def test_aif_with_an_open_gate_returns_the_last_layer_and_with_a_closed_one_the_lower(
    bias, layer, convolutions
):
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1, "convolutions": convolutions})
    for context in (module.contexts.local_context, module.contexts.global_context):
        torch.nn.init.zeros_(context.norm_expanded.weight)
        torch.nn.init.constant_(context.norm_expanded.bias, bias)
    assert_same(module(states, mask), states[layer] * mask.unsqueeze(-1), **ROUNDING)
    assert_same(module.last_weights[layer][mask], torch.ones(int(mask.sum())), **ROUNDING)


def test_aif_doubled_is_twice_the_output_with_the_same_weights():
    states, mask = states_and_mask()
    once, twice = (build("aif", {"layer": 1, "doubled": doubled}) for doubled in (False, True))
    assert_same(twice(states, mask), 2 * once(states, mask), **ROUNDING)
    assert torch.equal(once.last_weights, twice.last_weights)


@pytest.mark.parametrize("convolutions", ["separate", "shared"])
def test_aif_follows_its_equations_position_by_position(convolutions):
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1, "convolutions": convolutions})
    out = module(states, mask)
    local, wide = module.contexts.local_context, module.contexts.global_context
    lender = wide if convolutions == "separate" else local
    for row in range(3):
        n = int(mask[row].sum())
        last, lower = states[-1, row, :n], states[1, row, :n]
        both = [last[t] + lower[t] for t in range(n)]
        mean = sum(both) / n
        for t in range(n):
            gate = torch.sigmoid(context(local, local, both[t]) + context(wide, lender, mean))
            assert_same(out[row, t], gate * last[t] + (1 - gate) * lower[t], **ROUNDING)
            share = gate.mean().detach()
            expected = torch.tensor([0.0, 1 - share, 0.0, share])
            assert_same(module.last_weights[:, row, t], expected, **ROUNDING)


def context(branch, lender, vector):
    squeezed = lender.squeeze.weight @ vector + lender.squeeze.bias
    hidden = torch.clamp(norm(squeezed, branch.norm_squeezed), min=0)
    return norm(lender.expand.weight @ hidden + lender.expand.bias, branch.norm_expanded)


def norm(vector, layer):
    centred = vector - vector.mean()
    return centred / torch.sqrt((centred**2).mean() + layer.eps) * layer.weight + layer.bias


def test_aif_batch_norm_is_torchs_over_real_positions():
    states, mask = states_and_mask()
    module = build("aif", {"layer": 1, "norm": "batch"}).train()
    both = states[-1] + states[1]
    local = module.contexts.local_context
    real = local.squeeze(both[mask])
    reference = torch.nn.functional.batch_norm(real, None, None, training=True)
    assert_same(local.norm_squeezed(local.squeeze(both), mask)[mask], reference, **ROUNDING)


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


@pytest.mark.parametrize("name", ["concat", "mean"])
@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([3, 13], r"{name} layer 13 of an encoder with 12\n  allowed: 0 to 12"),
        ([-1], "{name} layer -1 of an encoder with 12"),
        ([12, 3, 12], r"'layers' of aggregator '{name}': \[12, 3, 12\]: '12' is given twice"),
    ],
)
def test_chosen_layers_have_to_exist_once(name, layers, message):
    with pytest.raises(FieldError, match=message.format(name=name)):
        make_aggregator(name, {"layers": layers}).validate_for(12, 768)


@pytest.mark.parametrize("name", ["mlp_last", "dwatt"])
def test_a_bottleneck_divides_the_width(name):
    with pytest.raises(FieldError, match=f"{name} reduction 5 does not divide the encoder's width 768"):
        make_aggregator(name, {"reduction": 5}).validate_for(12, 768)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layr": 3, "layer": 1}, r"aggregator 'aif' has no option 'layr'\n.*did you mean 'layer'"),
        ({}, r"option 'layer' of aggregator 'aif' is missing\n  allowed: the number of a layer, from 0"),
        ({"layer": -1}, "option 'layer' of aggregator 'aif': -1 is out of range"),
        (
            {"layer": "last"},
            r"option 'layer' of aggregator 'aif': 'last' is not a .*\n  allowed: the number of a layer",
        ),
        (
            {"layer": 1, "norm": "bach"},
            r"option 'norm' of aggregator 'aif': 'bach' is not .*\n  allowed: did you mean 'batch'",
        ),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(FieldError, match=message):
        make_aggregator("aif", options)


def test_an_unknown_aggregator_is_refused():
    with pytest.raises(RegistryError, match=r"no aggregator 'aiff'\n.*did you mean 'aif'"):
        make_aggregator("aiff", {})


@pytest.mark.parametrize(
    ("name", "options", "label"),
    [
        ("last", {}, "last"),
        ("aif", {"layer": 3}, "D_3"),
        ("aif", {"layer": 4, "reduction": 2}, "D_4_r2"),
        ("aif", {"layer": 3, "norm": "batch"}, "D_3_batch"),
        (
            "aif",
            {"layer": 0, "reduction": 2, "norm": "batch", "convolutions": "shared", "doubled": True},
            "D_0_r2_batch_shared_doubled",
        ),
        ("mlp_last", {}, "mlp_last"),
        ("mlp_last", {"reduction": 8}, "mlp_last_r8"),
        ("dwatt", {"position_width": 8}, "dwatt_p8"),
        ("scalar_mix", {}, "scalar_mix"),
        ("mean", {}, "mean"),
        ("mean", {"layers": 2}, "mean_2"),
        ("concat", {"layers": [10, 12]}, "concat_10_12"),
    ],
)
def test_labels_tell_settings_apart(name, options, label):
    assert make_aggregator(name, options).label() == label
