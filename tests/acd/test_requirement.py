from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.requirement import all_of, needed, parse_requirement
from runtime.errors import UsageError

WANG = {"billing": 3, "lang:zh": 1, "普通话": 5, "agent:1001": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "billing",
        "billing>=3",
        "billing > 2 and billing<4",
        "billing==3 and billing!=2",
        "not trainee",
        "lang:en or lang:zh",
        "lang:en and lang:fr or billing",
        "(lang:en or billing) and not (trainee or vip)",
        "普通话>=5",
        "agent:1001",
        "not not billing",
        "absent<=0",
        "penalty==0",
    ],
)
def test_is_met(text: str) -> None:
    assert parse_requirement(text).is_met_by(WANG)


@pytest.mark.parametrize(
    "text", ["billing>3", "trainee", "not billing", "lang:en", "lang:en or lang:fr and billing", "absent>=1"]
)
def test_is_not_met(text: str) -> None:
    assert not parse_requirement(text).is_met_by(WANG)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("billing>=", r"needs a level, such as 3 at its end"),
        ("billing>=many", r"needs a level, such as 3 at 'many' \(word 3\)"),
        ("billing and", "needs a skill or tag at its end"),
        ("and billing", r"needs a skill or tag at 'and' \(word 1\)"),
        ("(billing", "needs a closing bracket at its end"),
        ("billing lang:zh", r"needs and, or, or the end at 'lang:zh' \(word 2\)"),
        ("billing; drop", "has ';'; it takes names, levels"),
        ("not " * 40 + "x", "at most 32 levels"),
        ("(" * 40 + "x" + ")" * 40, "at most 32 levels"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse_requirement(text)


def test_names_what_it_speaks_of() -> None:
    assert parse_requirement("a>=2 and (b or not c)").names == {"a", "b", "c"}


def test_writes_the_same_in_one_way_and_asks_for_several_together() -> None:
    assert parse_requirement("  a   and b ").text == "a and b"
    assert all_of("", "").text == ""
    assert all_of("a or b", "").text == "a or b"
    assert all_of("b", "a", "b").text == all_of("a", "b").text == "(a) and (b)"
    assert not all_of("a or b", "c").is_met_by({"a": 1})


@given(st.text(max_size=40))
def test_any_text_is_a_requirement_or_a_clear_mistake(text: str) -> None:
    with suppress(UsageError):
        assert parse_requirement(text).is_met_by({}) in (True, False)


def _expressions() -> st.SearchStrategy[str]:
    names = st.sampled_from(["a", "b", "c"])
    levels = st.integers(0, 3)
    signs = st.sampled_from([">=", "<=", "==", "!=", ">", "<"])
    asked = st.one_of(
        names.map(lambda n: f"{n}>=1"), st.tuples(names, signs, levels).map(lambda t: f"{t[0]} {t[1]} {t[2]}")
    )
    return st.recursive(
        asked,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
            inner.map(lambda text: f"({text})"),
            inner.map(lambda text: f"not ({text})"),
        ),
        max_leaves=6,
    )


@given(_expressions(), st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 3)))
def test_nobody_meets_it_without_what_it_needs(text: str, qualities: dict[str, int]) -> None:
    without = {name: level for name, level in qualities.items() if name != needed(text)}
    assert not needed(text) or not parse_requirement(text).is_met_by(without)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("billing", "billing"),
        ("not trainee and (billing>=3) and zh", "billing"),
        ("(en or zh) and agent:1001", "agent:1001"),
        ("en or zh", ""),
        ("not trainee", ""),
        ("penalty<=1 and en>=0", ""),
    ],
)
def test_it_is_looked_for_by_a_skill_that_all_have_who_meet_it(text: str, name: str) -> None:
    assert needed(text) == name


@given(_expressions(), st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 3)))
def test_means_what_the_same_words_mean_in_python(text: str, qualities: dict[str, int]) -> None:
    levels = {name: qualities.get(name, 0) for name in "abc"}
    assert parse_requirement(text).is_met_by(qualities) == eval(text, {}, levels)
