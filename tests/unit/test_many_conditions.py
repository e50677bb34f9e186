"""`isogloss correlate` on a table of many models: what they say together, adjusted for their number."""

from click.testing import CliRunner

from isogloss.cli.main import cli

TARGETS = "de,fr,es,ru,zh,ja,sw"
ROWS = [f"model {n}," + ",".join(str(80 - n - 3 * k) for k in range(7)) for n in range(5)]


def _correlate(folder, rows, *more):
    (folder / "models.csv").write_text("\n".join([f"Model,{TARGETS}", *rows]) + "\n")
    options = ["--source", "en", "--distance", "geographic", "--permutations", "99", *more]
    done = CliRunner().invoke(cli, ["correlate", str(folder / "models.csv"), *options])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_many_conditions_are_summed_up(tmp_path):
    printed = _correlate(tmp_path, ROWS)
    assert "5 analyses:" in printed
    assert printed.count("Primary analysis") == 0
    assert printed.index("Closest relation of score in each analysis") < printed.index("model 4 geographic")
    assert printed.count("every analysis: the chance level of 7 of 7 cells is unknown") == 1
    assert "--sensitivity, or --json FILE" in printed


def test_every_one_of_many_conditions_is_printed_on_request(tmp_path):
    printed = _correlate(tmp_path, ROWS, "--sensitivity")
    assert printed.count("Primary analysis") == 5
    assert "--sensitivity, or --json FILE" not in printed
    assert "adjusted for their number (Holm)" in printed or "none supports a relation" in printed


def test_few_conditions_are_read_one_by_one(tmp_path):
    printed = _correlate(tmp_path, ROWS[:2])
    assert "analyses:" not in printed and "Closest relation" not in printed
    assert printed.count("Primary analysis") == 2
    assert "model 0 score" in printed  # named by what tells the two apart, without an aggregator


def test_answers_are_printed_where_few_of_many_conditions_are_left(tmp_path):
    printed = _correlate(tmp_path, [*ROWS[:4], "model 4,76,73,,,,,"])
    assert printed.count("Primary analysis") == 4
    assert "not analysed: model 4" in printed


def test_a_summary_of_two_measures_names_each(tmp_path):
    header, rows = f"Model,Aggregator,Source,{TARGETS},en", []
    for n, aggregator in ((n, name) for n in range(3) for name in ("last", "D_2")):
        scores = [70 + (n + k * k) % 7 + 3 * (aggregator == "D_2") * (k % 3) for k in range(8)]
        rows.append(f"model {n},{aggregator},en," + ",".join(map(str, scores)))
    (tmp_path / "fused.csv").write_text("\n".join([header, *rows]) + "\n")
    options = ["--distance", "geographic", "--effectiveness", "fusion_gain,gap", "--permutations", "99"]
    done = CliRunner().invoke(cli, ["correlate", str(tmp_path / "fused.csv"), *options])
    printed = " ".join(done.output.split())
    assert "Closest relation of fusion gain or gap in each analysis" in printed
    assert "model 0, D_2 fusion gain geographic" in printed and "model 0, last gap geographic" in printed
