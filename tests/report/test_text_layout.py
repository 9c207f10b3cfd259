"""Plain text tables: aligned, within the page, harmless to the terminal."""

from __future__ import annotations

from planner.report.text_layout import WIDTH, bullets, pairs, section, table


def test_numbers_are_aligned_to_the_right_and_text_to_the_left() -> None:
    assert table(["Dialer", ">Lines", "Note"], [["D1", "95", "a"], ["D10", "5", "b"]]) == [
        "  Dialer  Lines  Note",
        "  D1         95  a",
        "  D10         5  b",
    ]


def test_a_title_row_does_not_widen_the_columns() -> None:
    lines = table(["Dialer", "Note"], ["Solar: a title of some length", ["D1", "a"]])
    assert lines[1:] == ["Solar: a title of some length", "  D1      a"]


def test_a_column_in_which_nothing_applies_is_left_out() -> None:
    rows = [["D1", "-", "-"], "Title", ["D2", "-", "5"]]
    assert table(["Dialer", ">Worth", ">Lines"], rows) == [
        "  Dialer  Lines",
        "  D1          -",
        "Title",
        "  D2          5",
    ]


def test_nothing_is_wider_than_the_page_whatever_the_input() -> None:
    long = "word " * 80
    rows = [["x" * 200, "y" * 200, "z" * 200, long], long]
    lines = [*table(["A", "B", "C", "D"], rows), *bullets([long]), *pairs([("Name", long)])]
    assert max(len(line) for line in lines) <= WIDTH


def test_nothing_is_cut() -> None:
    long = "x" * 200
    lines = table(["Id", "Note"], [[long, "word " * 40]])
    assert "".join(lines).count("x") == 200
    assert "".join(lines).count("word") == 40


def test_titles_wrap_before_what_stands_below_them() -> None:
    note = "paused 40 % of the time, about 40 pauses an hour of 36 s"
    rows = [["D1", "79.3", note], ["D2", "79.3", f"{note} {note[:6]}"]]
    assert table(["Dialer", ">Calls an hour", "Expected"], rows) == [
        "            Calls",
        "  Dialer  an hour  Expected",
        f"  D1         79.3  {note}",
        f"  D2         79.3  {note}",
        "                   paused",
    ]


def test_figures_do_not_wrap_while_text_can() -> None:
    rows = [["word " * 30, "5 of 10", "12.5 to 14.9"]]
    assert "  5 of 10  12.5 to 14.9" in table(["Note", ">Used", ">Worth"], rows)[1]


def test_no_line_ends_between_a_number_and_its_unit() -> None:
    text = "x " * 36 + "aa 40 % of 5 min, 5 of 10"
    lines = [line.strip() for line in bullets([text])]
    assert len(lines) > 1
    for pair in ("40 %", "5 min,", "5 of 10"):
        assert any(pair in line for line in lines)


def test_control_characters_never_reach_the_terminal() -> None:
    lines = [*table(["A", "B"], [["\x1b[31mred", "b\r\nc"], "t\x07"]), *bullets(["\x1b]0;title"])]
    assert all(letter.isprintable() for line in lines for letter in line)


def test_a_section_without_lines_is_left_out() -> None:
    assert section("Title", []) == []
    assert section("Title", ["  a"]) == ["", "Title", "  a"]
