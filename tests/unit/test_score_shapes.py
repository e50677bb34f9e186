"""Shapes of score tables: what tells scores apart, which side is the source, what is left out."""

import pandas as pd
import pytest

import isogloss as ig
from isogloss.errors import DataError
from isogloss.scores.importing import Columns, describe, read_scores
from isogloss.scores.importing.labels import is_average, language_of, pairs, seeds, split
from isogloss.scores.importing.numbers import cell
from isogloss.scores.importing.plain import plain

SQUARE = {  # sources down the side: a target is highest from itself, a source not in itself
    "en": (90, 80, 82, 70, 85),
    "de": (88, 89, 81, 69, 84),
    "fr": (87, 79, 88, 68, 83),
    "ja": (80, 70, 72, 75, 79),
    "es": (86, 78, 84, 67, 87),
}


def written(tmp_path, text, name="scores.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def scores(reading, *more):
    keys = (*more, "source_id", "target_id")
    return {tuple(getattr(row, key) for key in keys): row.score for row in reading.table}


def square(corner, *, turned=False):
    rows = [(label, *values) for label, values in SQUARE.items()]
    table = [(corner, *SQUARE), *rows]
    if turned:
        table = [(corner, *SQUARE), *((code, *(row[i + 1] for row in rows)) for i, code in enumerate(SQUARE))]
    return "\n".join(",".join(map(str, row)) for row in table) + "\n"


@pytest.mark.parametrize("corner", ["", "language", "lang", "code", "x"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_scores_decide_which_side_is_the_source(corner, turned, tmp_path):
    found = read_scores(written(tmp_path, square(corner, turned=turned)))
    assert scores(found)["eng", "deu"] == 0.8
    assert scores(found)["deu", "eng"] == 0.88
    assert "by the scores" in dict(describe(found))["source language"]


@pytest.mark.parametrize("corner", ["source", "train \\ test", "src/tgt", "from → to", "Train ↓ / Test →"])
def test_a_name_of_a_side_comes_before_the_scores(corner, tmp_path):
    found = read_scores(written(tmp_path, square(corner, turned=True)))
    assert scores(found)["eng", "deu"] == 0.88


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({"source": "rows"}, 0.88),
        ({"source": "columns"}, 0.8),
        ({"target": "rows"}, 0.8),
        ({"target": "language"}, 0.8),
        ({"source": "language"}, 0.88),
    ],
)
def test_a_named_side_comes_before_everything(options, first, tmp_path):
    found = read_scores(written(tmp_path, square("language", turned=True)), Columns(**options))
    assert scores(found)["eng", "deu"] == first


def test_one_source_of_several_can_be_taken(tmp_path):
    found = read_scores(written(tmp_path, square("")), Columns(source="English"))
    assert {source for source, _ in scores(found)} == {"eng"}
    assert any("20 scores of other sources than English" in note for note in found.notes)
    with pytest.raises(DataError, match="no score has the source language 'ko'"):
        read_scores(written(tmp_path, square("")), Columns(source="ko"))


@pytest.mark.parametrize(
    "text",
    [
        "seed,de,fr,ja\n1,80,70,60\n2,81,71,61\n",
        "run name,de,fr,ja\na/1,80,70,60\na/2,81,71,61\n",
        "model,seed,de,fr,ja\nm,1,80,70,60\nm,2,81,71,61\n",
        "lang,seed 1,seed 2\nde,80,81\nfr,70,71\nja,60,61\n",
        "lang,acc_run1,acc_run2,avg\nde,80,81,80.5\nfr,70,71,70.5\nja,60,61,60.5\n",
        "lang,1,2\nde,80,81\nfr,70,71\nja,60,61\n",
        "model,de_seed1,fr_seed1,ja_seed1,de_seed2,fr_seed2,ja_seed2\nm,80,70,60,81,71,61\n",
        "lang,seed,acc\nde,1,80\nde,2,81\nfr,1,70\nfr,2,71\nja,1,60\nja,2,61\n",
        "seed,de,fr,ja\n1,80,70,60\n2,81,71,61\nmean,80.5,70.5,60.5\n",
    ],
)
def test_replicates_are_found_in_rows_and_columns(text, tmp_path):
    column = "run name" if text.startswith("run name") else None
    found = read_scores(written(tmp_path, text), Columns(source="en", seed=column))
    by_target = {}
    for row in found.table:
        by_target.setdefault(row.target_language, []).append(row.score)
    assert by_target == {"de": [0.8, 0.81], "fr": [0.7, 0.71], "ja": [0.6, 0.61]}
    assert len({row.seed for row in found.table}) == 2
    assert dict(describe(found))["replicates"] == "2 per cell"


@pytest.mark.parametrize(
    ("text", "options", "more", "expected"),
    [
        (
            "model,XNLI (de),XNLI (fr),PAWS-X (de),PAWS-X (fr)\na,80,70,90,85\n",
            {"source": "en"},
            ("task",),
            {("XNLI", "deu"): 0.8, ("XNLI", "fra"): 0.7, ("PAWS-X", "deu"): 0.9, ("PAWS-X", "fra"): 0.85},
        ),
        (
            "task,model,de,fr\nXNLI,a,80,70\n,b,81,71\nNER,a,60,50\n,b,61,51\n",
            {"source": "en"},
            ("task", "encoder"),
            {("NER", "b", "deu"): 0.61, ("XNLI", "b", "fra"): 0.71, ("NER", "a", "deu"): 0.6},
        ),
        (
            "treebank,LAS,UAS\nde_gsd,80,82\nde_hdt,82,84\nfr_gsd,70,72\n",
            {"source": "en", "editions": "mean", "score": "LAS"},
            (),
            {("deu",): 0.81, ("fra",): 0.7},
        ),
        (
            "treebank,LAS\nUD_German-GSD,80\nUD_German-HDT,82\nUD_French-GSD,70\n",
            {"source": "en", "editions": "hdt,gsd"},
            (),
            {("deu",): 0.82, ("fra",): 0.7},
        ),
        (
            "a,b,c\nen,de,80\nen,fr,70\nen,ja,60\n",
            {},
            ("source_language",),
            {("en", "deu"): 0.8, ("en", "fra"): 0.7, ("en", "jpn"): 0.6},
        ),
        (
            "model,perplexity,acc\nde,300.1,80\nfr,200.5,70\nja,900,60\n",
            {"source": "en", "target": "model"},
            (),
            {("deu",): 0.8, ("fra",): 0.7},
        ),
        (
            "model,metric,de,fr\na,acc,0.8,0.7\na,bleu,30,20\na,ppl,300,400\n",
            {"source": "en"},
            ("metric",),
            {("acc", "deu"): 0.8, ("bleu", "fra"): 0.2},
        ),
    ],
)
def test_what_tells_scores_apart(text, options, more, expected, tmp_path):
    found = read_scores(written(tmp_path, text), Columns(**options))
    have = {(*key[: len(more)], key[-1]): value for key, value in scores(found, *more).items()}
    assert {key: round(have[key], 9) for key in expected} == expected


@pytest.mark.parametrize(
    ("text", "values", "beside"),
    [
        ("81.2", (81.2,), False),
        ("81,2 %", (81.2,), False),
        ("77.7 / 65.2", (77.7, 65.2), False),
        ("81.2 ± 0.4", (81.2,), True),
        ("81.2±.4", (81.2,), True),
        ("81.2 (0.4)", (81.2,), True),
        ("$81.2_{(0.4)}$", (81.2,), True),
        ("81.2 [80.1, 82.3]", (81.2,), True),
        ("77.7 ± 0.1 / 65.2 ± 0.2", (77.7, 65.2), True),
        ("**81.2**", (81.2,), False),
        (r"\textbf{81.2}", (81.2,), False),
        (r"$\mathbf{81.2}_{\pm 0.4}$", (81.2,), True),
        (r"\cellcolor{blue!20}{81.2}$^{\dagger}$", (81.2,), False),
        ("<b>81.2</b><sup>3</sup>", (81.2,), False),
        ("81.2*†", (81.2,), False),
        ("81.2[^2]", (81.2,), False),
        ("81.2¹", (81.2,), False),
        ("−1", (-1.0,), False),
        *((missing, (), False) for missing in ("", "-", "–", "—", "N/A", "n/a", "NA", "--", "$-$", "?")),
    ],
)
def test_a_field_of_scores(text, values, beside):
    found = cell(text)
    assert (found.values, found.beside) == (values, beside)


@pytest.mark.parametrize("text", ["good", "81.2 points", "1.2.3", "12:30", "1e999", "81.2 83.1"])
def test_a_field_that_is_no_score(text):
    assert cell(text) is None


def test_minus_one_is_not_measured_only_where_no_score_is_negative(tmp_path):
    found = read_scores(written(tmp_path, "lang,acc\nde,80\nfr,-1\nja,60\n"), Columns(source="en"))
    assert set(scores(found)) == {("eng", "deu"), ("eng", "jpn")}
    for text in ("lang,acc\nde,80\nfr,-1\nja,-0.5\n", "lang,mcc\nde,0.8\nfr,-1\nja,0.5\n"):
        with pytest.raises(DataError, match="out of range"):
            read_scores(written(tmp_path, text), Columns(source="en", score=text[5:8]))


@pytest.mark.parametrize(
    "label", ["avg", "Avg.", "AVG w/o en", "mean", "all", "macro", "overall", "Ø", "Mean (7)"]
)
def test_labels_of_averages(label):
    assert is_average(label, ["de", "fr", label])


def test_codes_that_are_also_words_of_summaries():
    assert not is_average("min", ["ind", "jav", "min", "sun"])
    assert is_average("min", ["de", "fr", "min"])
    assert not is_average("min", ["ind", "jav", "min", "avg"])
    summaries = ["avg", "min", "max", "std"]
    assert all(
        is_average(label, [*codes, *summaries]) for codes in (["en"], ["eng", "deu"]) for label in summaries
    )


def test_labels_of_pairs():
    for text in ("en-de", "en_de", "En2De", "eng_Latn-deu_Latn", "en→de", "en->de", "English to German"):
        (found,) = pairs([text]).values()
        assert [language_of(part).id for part in found] == ["eng", "deu"]
    assert pairs(["pt-BR", "zh-CN", "en-US", "de-DE"]) is None
    assert pairs(["af-za", "de-de", "fr-fr", "pt-br"]) is None
    assert pairs(["mini-lm", "xlm-r"]) is None


def test_labels_that_are_composed():
    assert split(["acc_de", "acc_fr", "f1_de", "f1_fr"])["f1_de"] == ("de", "f1")
    assert split(["en_ewt", "en_gum", "de_gsd", "fr_gsd"]) is None
    assert seeds(["seed 1", "seed 2"]) == {"seed 1": 1, "seed 2": 2}
    assert seeds(["mBERT-1", "XLM-2"]) is None


@pytest.mark.parametrize(
    "label", ["no-pretraining", "is_large_2", "XNLI (en)", "Multilingual (all)", "12", "x" * 500, "de French"]
)
def test_labels_that_are_no_language(label):
    assert language_of(label) is None


@pytest.mark.parametrize(
    "label",
    [
        *("German (de)", "de (German)", "**de**", "German†", "German GSD", "deu_Latn", "DE"),
        *("German de", "de / German", "DE - German"),
    ],
)
def test_labels_that_are_german(label):
    assert language_of(label).id == "deu"


def test_what_only_changes_the_look_is_taken_away():
    assert plain(r"\textbf{\underline{de}}") == plain("**de**") == plain("[de](https://x.y)") == "de"
    assert plain("eng_Latn") == "eng_Latn"
    assert plain(r"Norwegian Bokm{\aa}l, T\"urk\c{c}e, Guaran\'i") == "Norwegian Bokmål, Türkçe, Guaraní"


def test_spellings_change_no_answer(tmp_path):
    names = {"de": "German", "fi": "Finnish", "zh": "cmn", "ja": "Japanese", "es": "stan1288"}
    codes = ["ar", "de", "es", "fi", "fr", "ja", "ko", "ru", "sw", "tr", "zh"]
    values = {code: 50 + (37 * i % 23) for i, code in enumerate(codes)}
    answers = []
    for mixed in (False, True):
        rows = []
        for seed in (1, 2):
            for code in codes:
                spelled = names.get(code, code) if mixed and (seed == 1 or code != "de") else code
                rows.append(f"en,{spelled},{values[code] + seed},{seed}")
        path = written(tmp_path, "source,target,score,seed\n" + "\n".join(rows) + "\n")
        found = ig.correlate(path, distances=["syntactic", "geographic"], n_permutations=99, sensitivity=True)
        analysis = found.analyses[0]
        answers.append(
            [
                (
                    record.method,
                    record.distance,
                    record.estimate,
                    record.p_value,
                    record.ci_low,
                    record.ci_high,
                )
                for record in (*analysis.primary, *analysis.sensitivity)
            ]
        )
    assert repr(answers[0]) == repr(answers[1])


def test_several_wrong_options_are_told_together(tmp_path):
    with pytest.raises(DataError, match="no column 'sorce'; no column 'taget'"):
        read_scores(written(tmp_path, square("")), Columns(source="sorce", target="taget"))


def test_the_score_of_a_language_in_itself_is_not_that_of_pairs(tmp_path):
    rows = [
        (source, 90 + i, target, 90 + i - 3 * abs(i - j) - j)
        for i, source in enumerate(("German", "Dutch", "Czech", "Maltese"))
        for j, target in enumerate(("English", "French", "Finnish"))
    ]
    path = tmp_path / "t.csv"
    names = ["Train-Language", "Within-Score", "Test-Language", "Cross-Score"]
    pd.DataFrame(rows, columns=names).to_csv(path, index=False)
    found = read_scores(path, Columns())
    assert len(found.table) == 12
    scores = {(row.source_language, row.target_language): row.score for row in found.table}
    assert scores["Dutch", "Finnish"] == pytest.approx(0.86)
    assert "left out: Within-Score (one value for each of 'Train-Language')" in found.notes
    both = pd.DataFrame(rows, columns=names).assign(**{"Cross-Score": 50.0})
    both.to_csv(path, index=False)  # nothing but such columns: none is left out
    assert len(read_scores(path, Columns()).table) == 24


def test_languages_between_words_before_and_after_of_different_lengths():
    metrics = ("precision", "f1")
    labels = [
        f"{stage}_{code}_{metric}"
        for stage in ("eval", "final_eval")
        for code in ("ar", "bg", "de", "zh", "avg", "same")
        for metric in metrics
    ]
    found = split(labels)
    assert found is not None
    assert found["final_eval_zh_f1"] == ("zh", "final eval f1")
    assert found["eval_ar_precision"] == ("ar", "eval precision")
    assert {pair[0] for pair in found.values()} == {"ar", "bg", "de", "zh"}
    assert {pair[1] for pair in found.values()} == {
        f"{stage} {metric}" for stage in ("eval", "final eval") for metric in metrics
    }


def test_of_two_codes_between_none_is_taken():
    assert split([f"x_en_{code}_1" for code in ("ar", "bg", "de", "zh")]) is None


HEADERS = {
    "POS (Acc.),NER (F1)": {"POS (Acc.)": 0.8, "NER (F1)": 0.7},  # pos and ner are codes of languages too
    "pos_acc,ner_f1": {"pos_acc": 0.8, "ner_f1": 0.7},
}


@pytest.mark.parametrize("header", HEADERS)
def test_metrics_of_tasks_are_metrics_each_with_its_own_scale(header, tmp_path):
    path = written(tmp_path, f"model,lang,{header}\nm,de,0.8,70\nm,fr,0.9,71\n")
    found = scores(read_scores(path, Columns(source="en")), "metric")
    for metric, score in HEADERS[header].items():
        assert found[metric, "eng", "deu"] == score


@pytest.mark.parametrize(
    "header",
    ["acc_hi,acc_id,acc_zh", "hi f1,id f1,zh f1", "belebele_hin_Deva,belebele_ind_Latn,belebele_zho_Hans"],
)
def test_composed_labels_with_indonesian_and_with_scripts(header, tmp_path):
    found = scores(read_scores(written(tmp_path, f"train,{header}\nen,81,82,83\nde,71,72,73\n")))
    assert (found["eng", "hin"], found["eng", "ind"]) == (0.81, 0.82)
    assert {target for _, target in found} == {"hin", "ind", "cmn"}


@pytest.mark.parametrize("name", ["UD_French-Sequoia", "UD_Dutch-Alpino", "UD_Norwegian-NynorskLIA"])
def test_treebanks_with_names_in_small_letters_are_languages(name):
    found = language_of(name)
    assert found is not None
    assert found == ig.resolve(name)


def test_languages_said_twice_are_not_pairs(tmp_path):
    assert pairs(["Japanese / ja", "Hebrew / he"]) is None
    assert pairs(["German (de) → French (fr)"]) == {
        "German (de) → French (fr)": ("German (de)", "French (fr)")
    }
    text = "train,Japanese / ja,Korean / ko\nHindi / hi,50,60\nGreek / el,51,61\n"
    found = scores(read_scores(written(tmp_path, text)))
    assert found["ell", "kor"] == 0.61


@pytest.mark.parametrize(
    ("label", "id", "spelled"),
    [
        ("German (de)", "deu", "German"),
        ("de (German)", "deu", "de"),
        ("Arabic (arz)", "arz", "Arabic (arz)"),
        ("no (Nynorsk)", "nno", "no (Nynorsk)"),
        ("Cantonese (zh)", "yue", "Cantonese"),
    ],
)
def test_a_name_and_a_code_of_which_one_says_more(label, id, spelled):
    found = language_of(label)
    assert found is not None
    assert (found.id, found.input) == (id, spelled)


@pytest.mark.parametrize("label", ["acc_el", "f1_de", "pos_de", "acc_Spanish / es"])
def test_a_metric_before_a_language_is_not_a_code(label):
    assert language_of(label) is None
    assert language_of("acc_el (Greek)").id == "ell"


def test_flags_change_no_language():
    assert [language_of(label).id for label in ("en 🇬🇧", "🇩🇪 de", "🇫🇷 French")] == ["eng", "deu", "fra"]


@pytest.mark.parametrize(
    "labels", [["('en', 'de')", "('de', 'en')"], ["en-US - de-DE", "de-DE - en-US"], ["en_to_de", "de_to_en"]]
)
def test_pairs_as_programs_write_them(labels):
    assert [[language_of(part).id for part in pair] for pair in pairs(labels).values()] == [
        ["eng", "deu"],
        ["deu", "eng"],
    ]
