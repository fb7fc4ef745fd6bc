"""Every syntax mistake is found, and only those."""

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from cli.configuration.toml_syntax import sift


@pytest.mark.parametrize(
    ("text", "mistakes", "readable"),
    [
        pytest.param("a = 1\n[b]\nc = 2\n", [], {"a": 1, "b": {"c": 2}}, id="nothing wrong"),
        pytest.param(
            'a = "x\n[sip]\nport = \nhost = "h"\n',
            [(1, "a quote at the end of the text, on the same line"), (3, "text in quotes, a number")],
            {"sip": {"host": "h"}},
            id="two sections with one each",
        ),
        pytest.param(
            "[sip]\na = \nb = 1\nc 2\nd = 3\n",
            [(2, "text in quotes, a number"), (4, '"=" after the key')],
            {"sip": {"b": 1, "d": 3}},
            id="two in one section",
        ),
        pytest.param(
            '[[agents]]\nqueues = ["service"\nid = "1"\n[sip]\nport = 1\n',
            [(2, '"]" at the end of the list')],
            {"agents": [{"id": "1"}], "sip": {"port": 1}},
            id="a list without end is told where it begins",
        ),
        pytest.param(
            "[x]\na = [\n  1,\n  2\nb = 3\n[y]\nc = 4\n",
            [(4, '"]" at the end of the list')],
            {"y": {"c": 4}},
            id="a list over several lines, told at its last one",
        ),
        pytest.param(
            "[sip\nport = 1\n[media]\nx = 1\n",
            [(1, '"]" at the end of the section header')],
            {"media": {"x": 1}},
            id="a broken header takes its section along",
        ),
        pytest.param(
            "[sip]\na = 1\n[log]\nc = 1\n[sip]\nb = 1\n",
            [(5, "each section only once")],
            {"sip": {"a": 1}, "log": {"c": 1}},
            id="a section twice",
        ),
        pytest.param(
            "[sip]\na = 1\na = 2\nb = 3\n",
            [(3, "each key only once")],
            {"sip": {"a": 1, "b": 3}},
            id="a key twice",
        ),
        pytest.param("a = 1 2\n", [(1, "nothing more on this line")], {}, id="two values"),
        pytest.param('a = "\\q"\n', [(1, "\\\\ for each \\")], {}, id="a lone backslash"),
        pytest.param("a = " + "[" * 5000, [(1, "no deeper than")], {}, id="far too deep"),
        pytest.param(
            'a = """x\n[b]\nc = 1\n', [(1, "a quote at the end")], {"b": {"c": 1}}, id="long text open"
        ),
    ],
)
def test_mistakes_are_told_by_line_and_the_rest_is_kept(
    text: str, mistakes: list[tuple[int, str]], readable: dict[str, object]
) -> None:
    sifted = sift(text)
    kept, found = sifted.text, sifted.unreadable
    assert [unreadable.number for unreadable in found] == [line for line, _ in mistakes]
    for unreadable, (_, expected) in zip(found, mistakes, strict=True):
        assert expected in unreadable.expected
    assert {key: value for key, value in tomli.loads(kept).items() if value} == readable


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("port = 50 60  # the port", "port = 50 60"),
        ("port = 50 60# the port", "port = 50 60"),
        ('name = "a # b" c  # d', 'name = "a # b" c'),
        ("name = 'a#b' c", "name = 'a#b' c"),
        ('name = "open  # the name', 'name = "open'),
        ("[sip  # signalling", "[sip"),
    ],
)
def test_a_line_is_shown_without_its_comment(line: str, shown: str) -> None:
    assert [unreadable.text for unreadable in sift(line).unreadable] == [shown]


@given(st.text(alphabet="ab=[]{}\"'\n.,#1 \\\t张\x85\u2028", max_size=80))
def test_any_text_becomes_readable_and_a_good_one_stays_as_it_is(text: str) -> None:
    sifted = sift(text)
    kept, found = sifted.text, sifted.unreadable
    tomli.loads(kept)
    if found:
        assert all(1 <= unreadable.number <= text.count("\n") + 2 for unreadable in found)
    else:
        assert kept == text
