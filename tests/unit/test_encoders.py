"""Encoders: identity without torch, loading, and every way in which a checkpoint can be unusable."""

import json
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import ARCHITECTURES, save_encoder, tokenizer
from transformers import AutoModel, AutoModelForMaskedLM

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders.base import ENCODERS
from isogloss.modeling.encoders.identify import identify, load_identified
from rounding import assert_same

pytestmark = pytest.mark.numerics

TEXTS = ("w1 w2 w3", "w4 zzz w5 w6 w7")


@pytest.fixture
def encoder(tmp_path):
    return save_encoder(tmp_path / "encoder")


def load(folder, **options):
    return load_identified(identify(str(folder)), **options)


def rewrite(folder, change):
    path = folder / "model.safetensors"
    weights = load_file(str(path))
    change(weights)
    save_file(weights, str(path), metadata={"format": "pt"})


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_hidden_states_equal_those_of_transformers(tmp_path, architecture):
    folder = save_encoder(tmp_path, architecture)
    inputs = tokenizer()(list(TEXTS), padding=True, return_tensors="pt", return_token_type_ids=False)
    ours = load(folder).module.eval()
    theirs = AutoModel.from_pretrained(folder).eval()
    with torch.no_grad():
        found = ours(inputs["input_ids"], inputs["attention_mask"].bool()).hidden_states
        expected = theirs(**inputs, output_hidden_states=True)
    assert len(found) == 3 == len(expected.hidden_states)
    real = inputs["attention_mask"].bool()
    for mine, reference in zip(found, expected.hidden_states, strict=True):
        assert torch.equal(mine[real], reference[real])
    assert torch.equal(found[-1][real], expected.last_hidden_state[real])


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_identity_agrees_with_the_loaded_model(tmp_path, architecture):
    folder = save_encoder(tmp_path, architecture, positions=80)
    identity = identify(str(folder))
    loaded = load_identified(identity)
    n_parameters = sum(p.numel() for p in loaded.module.parameters())
    assert (identity.n_layers, identity.width) == (loaded.n_layers, loaded.width) == (2, 32)
    assert identity.n_parameters == n_parameters
    assert identity.max_positions == (79 if "roberta" in architecture else 80)
    assert (identity.kind, identity.revision, identity.path) == ("folder", None, folder)


def test_max_positions_can_be_used_to_the_last(tmp_path):
    folder = save_encoder(tmp_path, "roberta-prelayernorm", positions=80)
    longest = identify(str(folder)).max_positions
    module = load(folder).module.eval()
    module(torch.full((1, longest), 7), torch.ones(1, longest, dtype=torch.bool))
    with pytest.raises((IndexError, RuntimeError)):
        module(torch.full((1, longest + 1), 7), torch.ones(1, longest + 1, dtype=torch.bool))


def test_segments_reach_the_encoder(encoder):
    module = load(encoder).module.eval()
    ids, mask = torch.tensor([[2, 7, 3, 8, 3]]), torch.ones(1, 5, dtype=torch.bool)
    first = module(ids, mask, torch.zeros(1, 5, dtype=torch.long)).hidden_states[0]
    second = module(ids, mask, torch.tensor([[0, 0, 0, 1, 1]])).hidden_states[0]
    assert torch.equal(first[:, :3], second[:, :3]) and not torch.equal(first[:, 3:], second[:, 3:])


def test_identify_imports_no_torch(encoder):
    code = (
        "import sys; from isogloss.modeling.encoders.identify import identify; "
        f"identify({str(encoder)!r}); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_fingerprint_follows_content_not_place(tmp_path):
    first, second = save_encoder(tmp_path / "a"), save_encoder(tmp_path / "b")
    assert identify(str(first)).fingerprint == identify(str(second)).fingerprint
    rewrite(second, lambda weights: weights["embeddings.word_embeddings.weight"].add_(1e-3))
    assert identify(str(first)).fingerprint != identify(str(second)).fingerprint


def test_a_language_model_is_loaded_without_its_head(tmp_path, encoder):
    model = AutoModelForMaskedLM.from_pretrained(encoder)
    model.save_pretrained(tmp_path / "lm")
    tokenizer().save_pretrained(tmp_path / "lm")
    plain, headed = identify(str(encoder)), identify(str(tmp_path / "lm"))
    assert plain.n_parameters == headed.n_parameters
    weights = [load(folder).module.state_dict() for folder in (encoder, tmp_path / "lm")]
    assert weights[0].keys() == weights[1].keys()
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_dropout_is_set_and_attention_dropout_is_off(encoder):
    config = load(encoder, dropout=0.3).module.backbone.config
    assert (config.hidden_dropout_prob, config.attention_probs_dropout_prob) == (0.3, 0.0)
    assert load(encoder).module.backbone.config.hidden_dropout_prob == 0.1


def test_dropout_of_an_unknown_kind_is_refused(tmp_path):
    folder = save_encoder(tmp_path, "bert")
    config = json.loads((folder / "config.json").read_text())
    from isogloss.modeling.encoders._transformers import set_dropout

    class Config:
        model_type = "strange"

        def to_dict(self):
            return {key: value for key, value in config.items() if "dropout" not in key}

    with pytest.raises(CheckpointError, match=r"dropout 0\.1 cannot be set on an encoder of type 'strange'"):
        set_dropout(Config(), 0.1)


def test_pickled_weights_are_refused(encoder):
    (encoder / "model.safetensors").unlink()
    torch.save({}, encoder / "pytorch_model.bin")
    with pytest.raises(
        CheckpointError, match=r"only unsafe weights: pytorch_model\.bin\n.*\n.*safetensors only"
    ):
        identify(str(encoder))


def test_a_folder_without_config_is_refused(encoder):
    (encoder / "config.json").unlink()
    with pytest.raises(CheckpointError, match=r"no config\.json in the encoder's folder\n  where: .*encoder"):
        identify(str(encoder))


def test_no_weights_no_tokenizer_no_folder(encoder, tmp_path):
    with pytest.raises(CheckpointError, match=r"no folder '.*absent' to load an encoder from"):
        identify(str(tmp_path / "absent"))
    (encoder / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError, match="no tokenizer next to the encoder's weights"):
        identify(str(encoder))
    (encoder / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"no weights \(model\.safetensors\)"):
        identify(str(encoder))


@pytest.mark.parametrize("kept", [0, 4, 200, -10])
def test_a_file_cut_short_is_refused(encoder, kept):
    path = encoder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(
        CheckpointError, match=r"the weights file is corrupt: .*\n  where: .*model\.safetensors"
    ):
        identify(str(encoder))


def test_garbage_is_refused(encoder):
    (encoder / "model.safetensors").write_bytes((10).to_bytes(8, "little") + b"not json!!")
    with pytest.raises(CheckpointError, match="its header cannot be parsed"):
        identify(str(encoder))


def test_broken_config_is_refused(encoder):
    (encoder / "config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"config\.json cannot be read"):
        identify(str(encoder))
    (encoder / "config.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"states none of num_hidden_layers, n_layers"):
        identify(str(encoder))


def test_a_missing_tensor_of_one_layer_is_found_without_loading(encoder):
    rewrite(encoder, lambda weights: weights.pop("encoder.layer.1.output.dense.weight"))
    with pytest.raises(CheckpointError, match=r"missing from the checkpoint: layer 1: output\.dense\.weight"):
        identify(str(encoder))


@pytest.mark.parametrize("name", ["embeddings.LayerNorm.weight", "encoder.layer.0.output.dense.weight"])
def test_a_missing_tensor_is_an_error_not_a_random_one(encoder, name):
    rewrite(encoder, lambda weights: weights.pop(name))
    with pytest.raises(CheckpointError, match=f"tensors missing from the checkpoint: {name}"):
        load(encoder)


def test_missing_layers_are_an_error(encoder):
    config = json.loads((encoder / "config.json").read_text())
    (encoder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3}))
    with pytest.raises(CheckpointError, match=r"states 3 layers, the weights hold 2 \(missing: layer 2\)"):
        load(encoder)


def test_a_missing_pooler_is_none_of_our_business(encoder):
    rewrite(encoder, lambda weights: [weights.pop(name) for name in list(weights) if "pooler" in name])
    assert load(encoder).n_layers == 2


def test_a_tensor_of_another_shape_is_an_error(encoder):
    def widen(weights):
        weights["embeddings.LayerNorm.weight"] = torch.ones(33)

    rewrite(encoder, widen)
    with pytest.raises(CheckpointError, match="the encoder cannot be loaded"):
        load(encoder)


def test_an_encoder_decoder_is_refused(encoder):
    config = json.loads((encoder / "config.json").read_text())
    (encoder / "config.json").write_text(
        json.dumps(config | {"is_encoder_decoder": True, "model_type": "t5"})
    )
    with pytest.raises(CheckpointError, match="'t5' is an encoder-decoder"):
        identify(str(encoder))


def test_shards_are_read_and_an_absent_one_is_named(encoder):
    weights = load_file(str(encoder / "model.safetensors"))
    whole = identify(str(encoder))
    (encoder / "model.safetensors").unlink()
    names = sorted(weights)
    halves = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, chosen in halves.items():
        save_file({name: weights[name] for name in chosen}, str(encoder / file), metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, chosen in halves.items() for name in chosen}}
    (encoder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert identify(str(encoder)).n_parameters == whole.n_parameters
    assert load(encoder).n_layers == 2
    (encoder / "b.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"shard b\.safetensors of the weights is absent"):
        identify(str(encoder))


def test_a_folder_has_no_revision(encoder):
    with pytest.raises(CheckpointError, match="revision 'main' of a local folder"):
        identify(str(encoder), "main")


def test_the_hub_out_of_reach_leads_to_a_folder():
    with pytest.raises(CheckpointError, match=r"neither a folder nor cached, and the hub is out of reach"):
        identify("acme/no-such-encoder")
    with pytest.raises(CheckpointError, match=r"no encoder 'a b'.*\n  allowed: one of: .*an existing folder"):
        identify("a b")
    with pytest.raises(CheckpointError, match="did you mean 'mini'"):
        identify("mni")


def test_a_cached_hub_encoder_is_pinned_to_its_commit(tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    store = tmp_path / "models--acme--encoder"
    save_encoder(store / "snapshots" / commit)
    (store / "refs").mkdir()
    (store / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    identity = identify("acme/encoder", "main")
    assert (identity.kind, identity.revision, identity.spec) == ("hub", commit, "acme/encoder")
    assert identity.fingerprint != identify(str(store / "snapshots" / commit)).fingerprint
    assert load_identified(identity).n_layers == 2


def test_the_hub_is_asked_for_headers_only(tmp_path, monkeypatch):
    """The answers of the hub's API are stood in for; what is made of them is what is tested."""
    import huggingface_hub

    folder = save_encoder(tmp_path)
    local = identify(str(folder))

    class Thing:
        def __init__(self, **values):
            self.__dict__.update(values)

    class Api:
        files: tuple[str, ...] = ("config.json", "model.safetensors", "tokenizer.json")

        def model_info(self, spec, revision):
            return Thing(sha="c0ffee", siblings=[Thing(rfilename=name) for name in self.files])

        def hf_hub_download(self, spec, name, revision):
            assert (name, revision) == ("config.json", "c0ffee")
            return str(folder / name)

        def get_safetensors_metadata(self, spec, revision):
            weights = load_file(str(folder / "model.safetensors"))
            tensors = {name: Thing(shape=list(tensor.shape)) for name, tensor in weights.items()}
            return Thing(files_metadata={"model.safetensors": Thing(tensors=tensors)})

    monkeypatch.setattr(huggingface_hub, "HfApi", Api)
    identity = identify("acme/encoder")
    assert (identity.kind, identity.revision, identity.path) == ("hub", "c0ffee", None)
    assert (identity.n_layers, identity.width) == (local.n_layers, local.width)
    assert (identity.n_parameters, identity.max_positions) == (local.n_parameters, local.max_positions)
    monkeypatch.setattr(Api, "files", ("config.json", "pytorch_model.bin", "tokenizer.json"))
    with pytest.raises(
        CheckpointError, match=r"only unsafe weights: pytorch_model\.bin\n  where:   acme/encoder at c0ffee"
    ):
        identify("acme/encoder")
    monkeypatch.setattr(Api, "files", ("config.json", "model.safetensors"))
    with pytest.raises(CheckpointError, match="no tokenizer next to"):
        identify("acme/encoder")


def test_every_registered_encoder_can_identify_and_load():
    for name in ENCODERS:
        assert callable(ENCODERS[name].identify) and callable(ENCODERS[name].load), name


@pytest.mark.parametrize("name", [name for name in ENCODERS if name != "hub"])
def test_every_built_in_encoder_keeps_the_contract(name, tmp_path):
    """Folders and hub ids, the entry `hub`, are covered above."""
    identity = identify(name)
    assert (identity.kind, identity.spec) == ("built-in", name)
    assert identity == identify(name)
    encoder = load_identified(identity, dropout=0.0)
    assert (encoder.n_layers, encoder.width) == (identity.n_layers, identity.width)
    found = encoder.tokenizer(["Anna visited Eva.", "Berlin"], ["Eva visited Anna.", "Rome"], padding=True)
    ids, mask = torch.tensor(found["input_ids"]), torch.tensor(found["attention_mask"]).bool()
    segments = torch.tensor(found["token_type_ids"]) if "token_type_ids" in found else None
    other_padding = torch.where(mask, ids, 7)
    encoder.tokenizer.save_pretrained(tmp_path)
    rebuilt = ENCODERS[name].rebuild(encoder.config, tmp_path, trust_remote_code=False, dropout=0.0)
    rebuilt.module.load_state_dict(encoder.module.state_dict())
    with torch.no_grad():
        states, padded, again = (
            module.eval()(subwords, mask, segments).hidden_states
            for module, subwords in (
                (encoder.module, ids),
                (encoder.module, other_padding),
                (rebuilt.module, ids),
            )
        )
    assert len(states) == encoder.n_layers + 1
    for one, other, third in zip(states, padded, again, strict=True):
        assert one.shape == (*ids.shape, encoder.width)
        assert_same(one[mask], other[mask], depth=6 * encoder.n_layers, terms=4 * encoder.width)
        assert torch.equal(one[mask], third[mask])
