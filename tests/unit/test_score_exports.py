"""Scores as other programs and papers write them: nested JSON, printed tables, spreads and counts."""

import json

import pytest

from isogloss.errors import DataError
from isogloss.scores.importing import Columns, describe, read_scores

THREE = {"deu": 0.7, "fra": 0.66, "swh": 0.5}
WIDE = "model de fr sw\nmBERT 70 66 50\n"


def written(tmp_path, text, name="scores.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def by_target(reading, **only):
    return {
        row.target_id: row.score
        for row in reading.table
        if all(getattr(row, name) == value for name, value in only.items())
    }


def per_language(of):
    return {code: of(score) for code, score in zip(("de", "fr", "sw"), THREE.values(), strict=True)}


@pytest.mark.parametrize(
    ("loaded", "only"),
    [
        pytest.param(
            [
                {
                    "config": {"model": "m", "source": "en", "target": code},
                    "metrics": {"eval_f1": score, "eval_runtime": 1.5},
                }
                for code, score in per_language(float).items()
            ],
            {"source_id": "eng"},
            id="records in records",
        ),
        pytest.param(
            {
                "results": {
                    f"xnli_{code}": {"alias": "x", "acc,none": score, "acc_stderr,none": 0.01}
                    for code, score in per_language(float).items()
                },
                "versions": {"xnli_de": 1.0, "xnli_fr": 1.0},
                "config": {"batch_size": 8},
            },
            {"task": "xnli"},
            id="results by task, next to settings",
        ),
        pytest.param(
            {"mteb_version": "1.1", "test": {**per_language(lambda s: {"f1": s}), "evaluation_time": 9.5}},
            {},
            id="results by language, next to facts",
        ),
        pytest.param(
            {
                "task_name": "t",
                "scores": {
                    "test": [
                        {"accuracy": score, "hf_subset": code, "languages": [f"{code}-Latn"]}
                        for code, score in per_language(float).items()
                    ]
                },
            },
            {},
            id="records in parts",
        ),
        pytest.param(
            {"model": "m", "task": "nli", "results": per_language(float)},
            {"encoder": "m", "task": "nli"},
            id="one mapping and its facts",
        ),
        pytest.param(
            {"m": {"en": per_language(float), "es": per_language(lambda s: s + 0.1)}, "n": {"en": {}}},
            {"source_id": "eng"},
            id="mappings three deep",
        ),
        pytest.param(
            {"columns": ["source", "target", "f1"], "index": [0, 1, 2],
             "data": [["en", code, score] for code, score in per_language(float).items()]},
            {}, id="a data frame by rows",
        ),
        pytest.param(
            {"target": {"0": "de", "1": "fr", "2": "sw"}, "f1": {"0": 0.7, "1": 0.66, "2": 0.5}},
            {}, id="a data frame by columns",
        ),
        pytest.param(
            [["target", "f1"], ["de", 0.7], ["fr", 0.66], ["sw", 0.5]], {}, id="lists of lists"
        ),
        pytest.param({f"en-{code}": score for code, score in per_language(float).items()}, {}, id="pairs"),
    ],
)  # fmt: skip
def test_nested_results(loaded, only, tmp_path):
    found = read_scores(written(tmp_path, json.dumps(loaded), "r.json"), Columns(source="en"))
    assert by_target(found, **only) == THREE
    assert len(by_target(found)) == len(found.table)


def test_the_part_that_is_read_is_named(tmp_path):
    loaded = {"results": per_language(lambda s: {"f1": s}), "config": {"a": 1}}
    found = read_scores(written(tmp_path, json.dumps(loaded), "r.json"), Columns(source="en"))
    assert "the part 'results' of the file is read; not read: config" in found.notes


@pytest.mark.parametrize(
    "text",
    [
        "+---+----+----+----+\n| x | de | fr | sw |\n+===+====+====+====+\n| A | 70 | 66 | 50 |\n"
        "+---+----+----+----+\n",
        "┌───┬────┬────┬────┐\n│ x │ de │ fr │ sw │\n├───┼────┼────┼────┤\n│ A │ 70 │ 66 │ 50 │\n"
        "└───┴────┴────┴────┘\n",
        "=====  ==  ==  ==\nmodel  de  fr  sw\n=====  ==  ==  ==\nmBERT  70  66  50\n=====  ==  ==  ==\n",
        " model | de | fr | sw\n-------+----+----+----\n mBERT | 70 | 66 | 50\n(1 row)\n",
        "       de  fr  sw\nmodel            \nmBERT  70  66  50\n",
        "       de  fr  sw\nmBERT  70  66  50\n",
        "# zero-shot\nmodel   de   fr   sw\nmBERT   70   66 50\n",
        WIDE,
        "#model\tde\tfr\tsw\nmBERT\t70\t66\t50\n",
        "sep=;\nmodel;de;fr;sw\nmBERT;70;66;50\n",
        "model,de,fr,sw,\nmBERT,70,66,50,\nNote: one seed\n",
    ],
)
def test_printed_tables(text, tmp_path):
    found = read_scores(written(tmp_path, text, "table.txt"), Columns(source="en"))
    assert by_target(found) == THREE


def test_an_outline_of_a_text_editor(tmp_path):
    text = "| model | de | fr | sw |\n|-------+----+----+----|\n| mBERT | 70 | 66 | 50 |\n"
    assert by_target(read_scores(written(tmp_path, text, "t.md"), Columns(source="en"))) == THREE


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("source,target,mean,std,count\nen,de,.7,.01,3\nen,fr,.66,.02,3\nen,sw,.5,.01,3\n", "std"),
        ("target,acc_mean,acc_std\nde,.7,.01\nfr,.66,.02\nsw,.5,.01\n", "acc_std"),
        (",f1,f1\n,mean,std\ntarget,,\nde,.7,.01\nfr,.66,.02\nsw,.5,.01\n", "f1 std"),
        ("model,de,de_std,fr,fr_std,sw,sw_std\nm,70,1,66,2,50,1\n", "de_std, fr_std, sw_std"),
        ("model,de,de ±,fr,fr ±,sw,sw ±\nm,70,1,66,2,50,1\n", "de ±, fr ±, sw ±"),
    ],
)
def test_means_are_scores_and_spreads_are_not(text, left_out, tmp_path):
    found = read_scores(written(tmp_path, text), Columns(source="en"))
    assert by_target(found) == THREE
    assert any(line.startswith(left_out) for name, line in describe(found) if name == "left out")


def test_an_average_next_to_codes_that_are_words_is_left_out(tmp_path):
    found = read_scores(written(tmp_path, "model,id,se,avg\nm,60,70,65\n"), Columns(source="en"))
    assert by_target(found) == {"ind": 0.6, "sme": 0.7}


def test_a_code_is_a_language_where_it_is_no_spread(tmp_path):
    found = read_scores(written(tmp_path, "model,en,hi,sd\nm,80,70,60\n"), Columns(source="en"))
    assert by_target(found) == {"eng": 0.8, "hin": 0.7, "snd": 0.6}


def test_rows_of_texts_and_counts_are_left_out(tmp_path):
    text = "Model,de,fr,sw\nFamily,IE,IE,NC\n# train,900,800,70\nmBERT,70,66,50\n"
    found = read_scores(written(tmp_path, text), Columns(source="en"))
    assert by_target(found) == THREE
    told = [line.rpartition("/")[2] for name, line in describe(found) if name == "left out"]
    assert told == [
        "scores.csv, line 2 (it holds texts, no scores)",
        "scores.csv, line 3 (it holds counts, no scores)",
    ]
    with pytest.raises(DataError, match="'7O' is not a number"):  # one text is a slip
        read_scores(written(tmp_path, "Model,de,fr\nmBERT,7O,66\nX,70,66\n"), Columns(source="en"))
    with pytest.raises(DataError, match="out of range"):  # so is one count
        read_scores(written(tmp_path, "Model,de,fr\nmBERT,700,66\nX,70,66\n"), Columns(source="en"))


def test_a_metric_that_is_no_score_is_left_out_by_its_name(tmp_path):
    rows = [
        f"en,{code},{metric},{value}"
        for code in ("de", "fr")
        for metric, value in (("f1", 0.8), ("loss", 0.7))
    ]
    found = read_scores(written(tmp_path, "source,target,metric,value\n" + "\n".join(rows)))
    assert by_target(found) == {"deu": 0.8, "fra": 0.8}
    assert "left out: loss: these are not scores" in found.notes


@pytest.mark.parametrize(
    ("field", "score"),
    [
        (r"81.2\std{4}", 0.812),
        (r"81.2\textsubscript{4}", 0.812),
        (r"81.2{\small 4}", 0.812),
        (r"81.2{\scriptsize$\pm$0.4}", 0.812),
        (r"\textbf{81.2}\std{0.4}", 0.812),
        (r"81.2\footnote{3}", 0.812),
        (r"\num{81.2}", 0.812),
        ("†81.2", 0.812),
        ("_81.2_", 0.812),
        ("🥇 81.2", 0.812),
        (r"\scalebox{0.8}{81.2}", 0.812),
        (r"\resizebox{1cm}{!}{81.2}", 0.812),
        (r"\colorbox{yellow}{81.2}", 0.812),
        (r"\fcolorbox{red}{white}{81.2}", 0.812),
        (r"\rule{0pt}{2ex}81.2\pm{}0.3", 0.812),
        ("%81.2", 0.812),
    ],
)
def test_a_number_behind_a_score_is_not_joined_to_it(field, score, tmp_path):
    text = f"\\begin{{tabular}}{{lrr}}\nModel & de & fr \\\\\nm & {field} & 70 \\\\\n\\end{{tabular}}"
    text = text if field.startswith(("8", "\\")) else f"Model,de,fr\nm,{field},70\n"
    name = "t.tex" if "tabular" in text else "t.csv"
    assert by_target(read_scores(written(tmp_path, text, name), Columns(source="en")))["deu"] == score


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "en,de,81.2\nen,fr,80.1\nde,fr,79.1\n",
            "the first row holds the score 81.2: the table has no header",
        ),
        ("Sprache;Wert\nDeutsch;81\nJapanisch;60\n", "column 'Sprache' holds 'Deutsch', 'Japanisch'"),
        ("run,f1\nx_en_de_1,81\nx_en_fr_1,60\n", "column 'run' holds 'x_en_de_1', 'x_en_fr_1'"),
        ("scores\n81\n82\n", "the file has one column only"),
    ],
)
def test_the_cause_is_named(text, cause, tmp_path):
    with pytest.raises(DataError) as error:
        read_scores(written(tmp_path, text), Columns(source="en"))
    assert cause in error.value.what


def test_several_languages_in_one_field_are_said(tmp_path):
    text = "source,target,f1\nen,de,80\nen,fr,81\nen+de,fr,82\nmultilingual,fr,83\n"
    found = read_scores(written(tmp_path, text))
    assert by_target(found) == {"deu": 0.8, "fra": 0.81}
    assert [row.reason for row in found.unusable] == [
        "source: 'en+de' names 2 languages, where one is needed",
        "source: 'multilingual' names several languages, where one is needed",
    ]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            "iso,src=en,src=de\nfr,80,70\nsw,50,40\n",
            "t.csv",
            {("eng", "fra"): 0.8, ("eng", "swh"): 0.5, ("deu", "fra"): 0.7, ("deu", "swh"): 0.4},
        ),
        (
            "\\begin{tabular}{l}\n & \\multicolumn{2}{c}{English $\\to$} "
            "& \\multicolumn{2}{c}{German $\\to$} \\\\\n"
            "Model & de & fr & en & fr \\\\\nm & 81 & 80 & 88 & 79 \\\\\n\\end{tabular}",
            "t.tex",
            {("eng", "deu"): 0.81, ("eng", "fra"): 0.8, ("deu", "eng"): 0.88, ("deu", "fra"): 0.79},
        ),
    ],
)
def test_sources_in_the_header(text, name, expected, tmp_path):
    found = read_scores(written(tmp_path, text, name))
    assert {(row.source_id, row.target_id): row.score for row in found.table} == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("epoch,eval_de_f1,eval_fr_f1,eval_sw_f1,train_loss\n3,70,66,50,0.5\n", "t.csv"),
        (
            "| | **IE** | | **Bantu** |\n|--|--|--|--|\n| **Model** | de | fr | sw |\n| A | 70 | 66 | 50 |\n",
            "t.md",
        ),
        ("| Model | de (8k) | fr | sw |\n|--|--|--|--|\n| A | 70↑1.3 | 66 (-0.2) | 50 |\n", "t.md"),
        ("lang,metric_name,metric_value\nde,f1,70\nfr,f1,66\nsw,f1,50\nsw,n_examples,2000\n", "t.csv"),
    ],
)
def test_headers_that_hold_more_than_languages(text, name, tmp_path):
    found = read_scores(written(tmp_path, text, name), Columns(source="en"))
    assert by_target(found) == THREE


ENTITIES = "lang,PER,LOC,ORG\nde,80,70,60\nfr,81,71,61\nsw,50,40,30\n"


@pytest.mark.parametrize("text", [ENTITIES, ENTITIES.replace("PER,LOC,ORG", "PER_f1,LOC_f1,ORG_f1")])
def test_types_of_entities_are_not_languages(text, tmp_path):
    found = read_scores(written(tmp_path, text), Columns(source="en"))
    assert by_target(found, task="LOC") == {"deu": 0.7, "fra": 0.71, "swh": 0.4}
    report = "      precision  recall  f1-score\nLOC   0.80  0.83  0.81\nORG   0.72  0.70  0.71\n"
    report += "PER   0.88  0.89  0.88\n"
    with pytest.raises(DataError, match=r"no column of the target language .* 'LOC', 'ORG', 'PER'"):
        read_scores(written(tmp_path, report, "report.txt"), Columns(source="en"))


def test_metrics_of_an_evaluation_harness_are_not_models(tmp_path):
    scores = per_language(lambda score: {"acc,none": score, "acc_norm,none": score + 0.1})
    loaded = {"results": {f"belebele_{code}": own for code, own in scores.items()}}
    found = read_scores(written(tmp_path, json.dumps(loaded), "r.json"), Columns(source="en"))
    assert by_target(found, metric="acc,none", encoder="") == THREE


def test_times_of_a_trainer_are_not_scores(tmp_path):
    values = {"accuracy": 0.7, "loss": 0.6, "runtime": 12.3, "samples_per_second": 400.0}
    loaded = {f"eval_{name}_{code}": value for name, value in values.items() for code in ("de", "fr", "sw")}
    found = read_scores(written(tmp_path, json.dumps(loaded), "r.json"), Columns(source="en"))
    assert by_target(found) == dict.fromkeys(THREE, 0.7)


def test_a_score_out_of_range_in_a_matrix_is_named_with_its_column(tmp_path):
    with pytest.raises(DataError, match="out of range") as error:
        read_scores(written(tmp_path, "model,de,fr\nm,70,400\n"), Columns(source="en"))
    assert error.value.where.endswith("line 2, column 'fr'")


def test_settings_of_tracked_runs_keep_their_roles(tmp_path):
    rows = [f"{source}-{seed},{source},{seed},.7,.66,.5" for source in ("en", "es") for seed in (1, 2)]
    header = "Name,config.source_lang,config.seed,eval/de/accuracy,eval/fr/accuracy,eval/sw/accuracy"
    found = read_scores(written(tmp_path, "\n".join([header, *rows])))
    assert by_target(found, source_id="eng", seed=1, task="") == THREE


def test_the_field_that_differs_from_most_is_named(tmp_path):
    with pytest.raises(DataError, match=r"'84.6/83.4' holds 2 scores, most fields 1"):
        read_scores(written(tmp_path, "lang,CoLA,MNLI\nde,52,84.6/83.4\nfr,50,80\n"), Columns(source="en"))


def test_labels_in_a_list_and_with_commands_are_named_plainly(tmp_path):
    text = "| Tasks | Value |\n|---|---|\n| - xnli_de | .7 |\n| - xnli_fr | .66 |\n| - xnli_sw | .5 |\n"
    assert by_target(read_scores(written(tmp_path, text, "t.md"), Columns(source="en")), task="xnli") == THREE
    text = "\\begin{tabular}{lrr} & de & fr \\\\ mBERT & 1 & 2 \\\\ \\quad + NER & 3 & 4 \\\\ \\end{tabular}"
    found = read_scores(written(tmp_path, text, "t.tex"), Columns(source="en"))
    assert {row.task for row in found.table} == {"mBERT", "+ NER"}


def test_text_in_the_column_of_the_score_is_named(tmp_path):
    with pytest.raises(DataError, match=r"the score '0.80-0.82' is not a number") as error:
        read_scores(written(tmp_path, "source,target,acc\nen,de,0.80-0.82\nen,fr,0.70-0.72\n"))
    assert "line 2, column 'acc'" in error.value.where


def test_tasks_of_the_header_have_each_its_own_scale(tmp_path):
    text = "language,pos,ner\nde,0.7,71\nfr,0.66,67\nsw,0.5,51\n"
    found = read_scores(written(tmp_path, text), Columns(source="en"))
    assert by_target(found, task="pos") == THREE
    assert by_target(found, task="ner") == {"deu": 0.71, "fra": 0.67, "swh": 0.51}
    assert "scores of pos are read as fraction" in found.notes
