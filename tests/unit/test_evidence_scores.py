"""Fitted scores of mentions: against a naive version, and the fit against known weights."""

import numpy as np
import pytest
import yaml
from bench.fit_evidence import _conditional_logit, examples, fit

from isogloss.evidence.reading import read_folder
from isogloss.evidence.retrieval import Index
from isogloss.evidence.terms import similar
from isogloss.evidence.verifiers._claim import take_apart
from isogloss.evidence.verifiers._papers import paper_of
from isogloss.evidence.verifiers._scores import OF_MENTION, OF_VERDICT, Weights, judge, match, weigh
from isogloss.evidence.verifiers.base import Options, make_verifier
from papers import CLAIMS, write_papers


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def paper(folder):
    return paper_of(next(d for d in read_folder(folder).documents if d.id == "donors.md"))


def test_features_are_those_of_a_loop_over_mentions(paper):
    claim = take_apart("mBERT reaches 70.5 F1 on German NER.")
    found = match(claim, claim.numbers[0], [paper])
    position = {id(mention): i for i, mention in enumerate(paper.mentions)}
    near_of, around_of = _words(paper.near), _words(paper.around)
    for row, mention in zip(found.features, found.mentions, strict=True):
        labels, text = near_of[position[id(mention)]], around_of[position[id(mention)]]
        near = beside = 0.0
        for term in claim.terms:
            names = term.names | {similar()[name] for name in term.names if name in similar()}
            is_near = bool(names & labels)
            near += term.weight * is_near
            beside += term.weight * (not is_near and bool(names & text))
        assert row[OF_MENTION.index("near")] == pytest.approx(near)
        assert row[OF_MENTION.index("around")] == pytest.approx(beside)


def _words(scope):
    held = [set() for _ in range(scope._n)]
    for word, places in scope._index.items():
        for i in places:
            held[i].add(word)
    return held


def test_cells_of_other_roles_are_no_mentions_of_a_transfer(paper):
    claim = take_apart("Fine-tuned on Finnish, mBERT reaches 77.1% POS accuracy on German.")
    found = match(claim, claim.numbers[0], [paper])
    assert not any("DE | FI" in mention.labels for mention in found.mentions)
    assert any("FI | DE" in mention.labels for mention in found.mentions)


def test_a_number_that_nothing_states_is_not_supported(paper):
    claim = take_apart("mBERT reaches 12.3 F1 on German NER.")
    (judged,) = judge(claim, [match(claim, claim.numbers[0], [paper])], Weights.packaged())
    assert judged.agreeing is None
    assert judged.supported == 0.0


def test_a_paper_whose_cells_are_all_of_another_task_decides_nothing(tmp_path):
    text = "# T\n\nTable 1: POS accuracy.\n\n| | DE |\n| --- | --- |\n| EN | 89.4 |\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    index = Index(read_folder(tmp_path).documents)
    verdict = make_verifier("rules", Options()).verify("mBERT reaches 89.4 F1 on German NER.", index)
    assert verdict.word not in ("supported", "contradicted")


def test_what_all_cells_lack_decides_nothing(paper):
    claim = take_apart("Quokkas weigh 70.5 kilograms in spring.")
    (judged,) = judge(claim, [match(claim, claim.numbers[0], [paper])], Weights.packaged())
    assert judged.supported == 0.0


def test_what_is_not_near_contradicts_nothing(paper):
    claim = take_apart("Quokkas and wombats of the southern islands weigh 70.9 kilograms in spring.")
    (judged,) = judge(claim, [match(claim, claim.numbers[0], [paper])], Weights.packaged())
    assert judged.rival is not None
    assert judged.contradicted == 0.0


def test_weights_have_a_value_for_each_feature(paper):
    weights = Weights.packaged()
    assert len(weights.mention) == len(OF_MENTION)
    assert len(weights.supported) == len(weights.contradicted) == len(OF_VERDICT) + 1
    claim = take_apart("mBERT reaches 70.5 F1 on German NER.")
    found = match(claim, claim.numbers[0], [paper])
    features = weigh(found, found.features @ weights.mention)
    assert features.shape == (len(OF_VERDICT),)
    assert np.isfinite(features).all()


def test_the_logit_finds_the_weights_that_made_the_choices():
    rng = np.random.default_rng(3)
    truth = np.array([2.0, -1.0, 0.0])
    pairs = []
    for _ in range(2000):
        x = rng.normal(size=(6, 3))
        chosen = np.argmax(x @ truth + rng.gumbel(size=6))
        pairs.append((x, np.arange(6) == chosen))
    assert _conditional_logit(pairs) == pytest.approx(truth, abs=0.15)


def test_a_folder_of_labelled_claims_gives_weights(folder, tmp_path):
    entries = [
        {"id": f"c-{i}", "text": text, "source": "file:donors", "note": f"gold: {gold}; shown: {shown}"}
        for i, (text, gold) in enumerate(CLAIMS)
        for shown in [next((word for word in text.rstrip(".").split() if word[0].isdigit()), "")]
    ]
    (folder / "claims.yaml").write_text(yaml.safe_dump({"claims": entries}), encoding="utf-8")
    found = list(examples(folder, read_folder(folder).documents))
    fitted = fit(found)
    assert set(fitted) == {"mention", "supported", "contradicted"}
    assert fitted["mention"]["near"] > 0
    assert Weights.of(fitted).mention.shape == (len(OF_MENTION),)
