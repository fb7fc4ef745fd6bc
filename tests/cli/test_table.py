"""Tables fit where they are printed."""

import pytest

from cli.table import print_table

CALL = "call-5f0c9a1e7b2d4c38"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


def test_what_looks_like_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("[bold]names[/]", ("name",), [["[red]x[/]"]])
    assert "[red]x[/]" in capsys.readouterr().out


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("calls", ("call",), [])
    assert capsys.readouterr().out == "calls: none\n"


def test_a_wide_table_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("wide", ("a", "b"), [["x" * 90, "y" * 90]])
    out = capsys.readouterr().out
    assert "x" * 90 in out
    assert "y" * 90 in out


def print_calls(caller: str) -> None:
    print_table("calls", ("call", "caller", "age#"), [[CALL, caller, "0:07"]], gives_way=("age#", "caller"))


@pytest.mark.usefixtures("narrow")
def test_what_fits_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_calls("1380")
    assert capsys.readouterr().out.splitlines()[-1].split() == [CALL, "1380", "0:07"]


@pytest.mark.usefixtures("narrow")
def test_ids_are_shortened_before_columns_give_way(capsys: pytest.CaptureFixture[str]) -> None:
    print_calls("13800138000")
    assert capsys.readouterr().out.splitlines()[-1].split() == ["call-5f0c9a1e", "13800138000", "0:07"]


@pytest.mark.usefixtures("narrow")
def test_columns_give_way_in_their_order_and_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    print_calls("1" * 24)
    *_, row, remark = capsys.readouterr().out.splitlines()
    assert row.split() == ["call-5f0c9a1e", "1" * 24]
    assert remark == "no room for: age"


@pytest.mark.usefixtures("narrow")
def test_a_narrow_column_stays_where_a_wide_one_has_no_room(capsys: pytest.CaptureFixture[str]) -> None:
    print_calls("1" * 30)
    *_, row, remark = capsys.readouterr().out.splitlines()
    assert row.split() == ["call-5f0c9a1e", "0:07"]
    assert remark == "no room for: caller"


@pytest.mark.usefixtures("narrow")
def test_in_the_worst_case_cells_are_folded_and_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("paths", ("path",), [["x" * 50]])
    assert capsys.readouterr().out.count("x") == 50
