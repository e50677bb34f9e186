"""Tables in a terminal: as many as it takes, and no number cut off."""

from io import StringIO

from rich.console import Console

from isogloss.cli.output.tables import terminal, wide_tables


def printed(width: int, n_columns: int) -> list[str]:
    names = ["trained on", "seeds", *(f"l{j:02d}" for j in range(n_columns))]
    columns = [["en", "de"], ["1", "1"], *([f"{j}.5 ", f"1{j}.5*"] for j in range(n_columns))]
    console = Console(width=width, highlight=False)
    with console.capture() as capture:
        for table in wide_tables(names, columns, width, title="scores", n_fixed=2):
            console.print(table)
    return capture.get().splitlines()


def test_a_wide_table_is_several_below_each_other_and_nothing_is_cut():
    for width in (40, 60, 80, 100):
        lines = printed(width, 38)
        words = " ".join(lines).split()
        assert "…" not in " ".join(lines)
        assert max(map(len, lines)) <= width
        assert all(f"l{j:02d}" in words and f"{j}.5" in words and f"1{j}.5*" in words for j in range(38))
        assert lines[0].strip() == "scores"
        assert words.count("trained") == words.count("en") == words.count("de") > 1


def test_a_table_that_fits_is_one():
    assert " ".join(printed(100, 3)).split().count("trained") == 1


def test_a_column_wider_than_the_terminal_still_has_a_table_of_its_own():
    tables = list(wide_tables(["method", "x" * 40, "y"], [["a"], ["1"], ["2"]], 30, title="t"))
    assert [len(table.columns) for table in tables] == [2, 2]


def test_brackets_are_text(capsys):
    console = terminal()
    console.print(
        *wide_tables(["distance", "emb[last]"], [["a[/i]", "[red]b"], ["1", "[2]"]], 60, title="[t]")
    )
    out = capsys.readouterr().out
    assert all(text in out for text in ("emb[last]", "a[/i]", "[red]b", "[2]", "[t]"))


def test_wide_characters_are_counted_as_the_terminal_shows_them():
    columns = [["中文名称"] * 2, *([["一二三四五六七"] * 2] * 6)]
    names = ("语", *(f"列{i}" for i in range(6)))
    for table in wide_tables(names, columns, 50, title="t"):
        console = Console(width=50, file=StringIO())
        console.print(table)
        lines = console.file.getvalue().splitlines()[2:]
        assert all(line.startswith("中文名称") and "一二三四五六七" in line for line in lines)
        assert len(lines) == 2
