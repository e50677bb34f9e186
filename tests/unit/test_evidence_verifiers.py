"""Verifiers on a paper of our own, on the shared papers, and against an endpoint of our own."""

import json
from collections import Counter

import pytest
from local_server import QuietHandler, serving

from isogloss.errors import CheckpointError, NetworkError, RegistryError
from isogloss.evidence.claims.records import read_claims
from isogloss.evidence.investigation import check, investigate
from isogloss.evidence.reading import read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.verifiers.base import VERIFIERS, Options, make_verifier
from papers import CLAIMS, write_papers


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    found = read_folder(write_papers(tmp_path_factory.mktemp("papers")))
    return Index([document for document in found.documents if document.id == "donors.md"])


def is_right(word, gold):
    return word == gold or (gold == "not found" and word == "related")


@pytest.mark.parametrize(("claim", "gold"), CLAIMS)
def test_rules_on_a_small_paper(index, claim, gold):
    verdict = make_verifier("rules", Options()).verify(claim, index)
    assert is_right(verdict.word, gold), verdict
    assert len(verdict.shown) <= 3


def test_rules_beat_the_control(index):
    right = Counter()
    for name in ("rules", "bm25"):
        verifier = make_verifier(name, Options())
        right[name] = sum(is_right(verifier.verify(claim, index).word, gold) for claim, gold in CLAIMS)
    assert right["rules"] > right["bm25"] > 0


def test_without_the_paper_nothing_is_decided(tmp_path):
    (tmp_path / "other.txt").write_text("A poem\n\nThe wind is cold and the sea is near.\n", encoding="utf-8")
    other = Index(read_folder(tmp_path).documents)
    for name in ("rules", "bm25"):
        assert {make_verifier(name, Options()).verify(claim, other).word for claim, _ in CLAIMS} == {
            "not found"
        }


def test_every_number_of_a_claim_is_compared(index):
    verifier = make_verifier("rules", Options())
    assert (
        verifier.verify("mBERT reaches 70.5 F1 on German and 12.3 F1 on Basque NER.", index).word
        != "supported"
    )


def test_rules_beat_the_control_on_the_shared_papers(shared_papers):
    collection = read_folder(shared_papers)
    claims = read_claims(shared_papers / "claims.yaml")
    gold = {claim.id: claim.note.partition("gold: ")[2].partition(";")[0] for claim in claims}
    right, decided = Counter(), Counter()
    for name in ("rules", "bm25"):
        for found in check(claims, Index(collection.documents), make_verifier(name, Options())):
            right[name] += is_right(found.verdict.word, gold[found.id])
            decided[name, found.verdict.word, found.verdict.word == gold[found.id]] += 1
    assert right["rules"] >= 0.75 * len(claims)
    assert right["rules"] > right["bm25"]
    for word, least in (("supported", 0.9), ("contradicted", 0.8)):
        n_right, n_wrong = decided["rules", word, True], decided["rules", word, False]
        assert n_right / (n_right + n_wrong) >= least


def test_a_question_without_claims_shows_passages_and_extracts(tmp_path):
    found = investigate(
        "Do related donors help Basque?",
        read_folder(write_papers(tmp_path)),
        make_verifier("rules", Options()),
    )
    assert any("Related donors help" in each.quote for each in found.answers[:5])
    assert found.claims
    assert all(claim.stated_in for claim in found.claims)
    texts = " ".join(claim.text for claim in found.claims)
    assert "hidden size" not in texts
    assert "Hungarian" not in texts
    assert {each.rating for each in found.review()} <= {"good", "fair", "weak", "nothing to judge"}


def test_a_short_sentence_with_a_number_answers(tmp_path):
    (tmp_path / "a.md").write_text("# Results\n\nmBERT reaches 84.3 on XNLI.\n", encoding="utf-8")
    found = investigate(
        "What does mBERT reach on XNLI?", read_folder(tmp_path), make_verifier("rules", Options())
    )
    assert found.answers[0].quote == "mBERT reaches 84.3 on XNLI."


def test_an_empty_report_has_nothing_to_judge(tmp_path):
    found = investigate("zzz?", read_folder(write_papers(tmp_path)), make_verifier("rules", Options()))
    assert [each.rating for each in found.review()] == ["nothing to judge"]


def test_unknown_verifiers_and_missing_models_are_clear_errors():
    with pytest.raises(RegistryError, match="no verifier 'rulez'") as error:
        make_verifier("rulez", Options())
    assert "did you mean 'rules'" in str(error.value)
    with pytest.raises(CheckpointError, match="nli names no model"):
        make_verifier("nli", Options())
    with pytest.raises(NetworkError, match="needs a model and an address"):
        make_verifier("openai:x", Options())
    assert set(VERIFIERS) == {"rules", "bm25", "nli", "openai"}


def test_nli_takes_any_checkpoint_that_classifies_pairs(index, tmp_path, tiny_encoder):
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    config = BertConfig.from_pretrained(tiny_encoder, num_labels=3)
    config.id2label = {0: "ENTAILMENT", 1: "neutral", 2: "contradiction"}
    BertForSequenceClassification(config).save_pretrained(tmp_path / "nli")
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path / "nli")
    verdict = make_verifier(f"nli:{tmp_path / 'nli'}", Options()).verify(CLAIMS[0][0], index)
    assert verdict.word in {"related", "supported", "contradicted"}
    assert verdict.shown
    config.id2label = {0: "a", 1: "b", 2: "c"}
    BertForSequenceClassification(config).save_pretrained(tmp_path / "other")
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path / "other")
    with pytest.raises(CheckpointError, match="not a model of natural language inference"):
        make_verifier(f"nli:{tmp_path / 'other'}", Options())
    with pytest.raises(CheckpointError, match="no sequence classifier"):
        make_verifier(f"nli:{tmp_path / 'absent'}", Options())


def test_nli_takes_a_model_of_isogloss(index, tmp_path):
    from dataclasses import replace

    from tiny_models import SENTENCE_CARD, save_encoder, sentence_examples

    from isogloss.training.finetune import finetune
    from isogloss.training.settings import TrainingSettings
    from isogloss.training.specs import Recipe, StartingPoint, TrainingRows

    labels = ("entailment", "contradiction", *(f"other-{i}" for i in range(len(SENTENCE_CARD.labels) - 2)))
    for name, card in (("nli", replace(SENTENCE_CARD, labels=labels)), ("other", SENTENCE_CARD)):
        finetune(
            StartingPoint(str(save_encoder(tmp_path / f"encoder-{name}"))),
            TrainingRows(card, sentence_examples(16)),
            Recipe(("last", {}), TrainingSettings(steps=2, batch_size=8, max_length=40)),
            tmp_path / name,
        )
    verdict = make_verifier(f"nli:{tmp_path / 'nli'}", Options()).verify(CLAIMS[0][0], index)
    assert verdict.word in {"related", "supported", "contradicted"}
    assert verdict.shown
    with pytest.raises(CheckpointError, match="not a model of natural language inference"):
        make_verifier(f"nli:{tmp_path / 'other'}", Options())


@pytest.fixture
def endpoint():
    """An endpoint that answers what a test sets, and keeps what it was asked."""

    class Handler(QuietHandler):
        def do_POST(self):
            self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, content = self.server.answer
            self.answer(status, json.dumps({"choices": [{"message": {"content": content}}]}).encode())

    with serving(Handler) as http:
        url = f"http://127.0.0.1:{http.server_port}/v1"
        http.verifier = make_verifier("openai:any", Options(base_url=url))
        yield http


def test_an_answer_counts_if_its_quote_stands_in_the_paper(endpoint, index):
    endpoint.answer = (
        200,
        'Sure: {"verdict": "supported", "quote": "Donor training adds 2.3 points, on Basque"}',
    )
    verdict = endpoint.verifier.verify("Donor training adds 2.3 points on Basque.", index)
    assert verdict.word == "supported"
    assert "2.3 points" in verdict.shown[0].passage.text
    assert "Donor training adds 2.3 points on Basque." in endpoint.asked["messages"][1]["content"]


@pytest.mark.parametrize("quote", ["Donor training adds 9.9 points on Basque", "", "onor training adds"])
def test_an_invented_quote_passes_for_nothing(endpoint, index, quote):
    endpoint.answer = (200, json.dumps({"verdict": "supported", "quote": quote}))
    verdict = endpoint.verifier.verify("Donor training adds 2.3 points on Basque.", index)
    assert verdict.word == "related"
    assert "its quote is in no passage" in verdict.reason


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, "I am not sure."), "not a verdict"),
        ((200, '{"verdict": "maybe"}'), "not a verdict"),
        ((200, '{"verdict": ["supported"]}'), "not a verdict"),
        ((200, None), "not a verdict"),
        ((500, "down"), "answered 500"),
    ],
)
def test_nonsense_of_an_endpoint_is_one_clear_error(endpoint, index, answer, message):
    endpoint.answer = answer
    with pytest.raises(NetworkError, match=message):
        endpoint.verifier.verify("Donor training adds 2.3 points on Basque.", index)


def test_an_endpoint_that_does_not_answer_is_one_clear_error(index):
    verifier = make_verifier("openai:any", Options(base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(NetworkError, match="does not answer") as error:
        verifier.verify("Donor training adds 2.3 points on Basque.", index)
    assert "--base-url" in str(error.value)
