import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.headers.diversion import (
    Diversion,
    parse_diversion,
    read_diversions,
    write_diversions,
    write_history,
)
from switch.sip.messages.message import Headers

REASONS = ("unconditional", "user-busy", "no-answer", "deflection", "unavailable", "unknown")
numbers = st.text(alphabet="0123456789+*# 张", min_size=1, max_size=12)
diversions = st.builds(
    Diversion,
    number=numbers,
    host=st.just("192.0.2.1"),
    reason=st.sampled_from(REASONS),
    counter=st.integers(1, 99),
    private=st.booleans(),
)


@given(diversions)
def test_what_is_written_is_read_back(diversion: Diversion) -> None:
    assert parse_diversion(str(diversion)) == diversion


@given(st.lists(diversions, max_size=5), numbers)
def test_a_history_tells_the_same_numbers_and_reasons(told: list[Diversion], target: str) -> None:
    history = write_history(told, target, "192.0.2.1")
    read = read_diversions(Headers({"history-info": history}))
    assert [(d.number, d.reason, d.private) for d in read] == [(d.number, d.reason, d.private) for d in told]


def test_a_history_begins_with_the_first_number_called() -> None:
    told = [Diversion("2001", "x", "no-answer"), Diversion("2000", "x", "unconditional")]
    assert write_history(told, "3000", "192.0.2.1") == [
        "<sip:2000@192.0.2.1>;index=1",
        "<sip:2001@192.0.2.1;cause=302>;index=1.1;mp=1",
        "<sip:3000@192.0.2.1;cause=408>;index=1.1.1;mp=1.1",
    ]


def test_who_does_not_want_to_be_shown_says_so_in_either_header() -> None:
    told = [Diversion("2001", "x", "no-answer"), Diversion("2000", "x", "unconditional", private=True)]
    assert write_history(told, "3000", "192.0.2.1")[0] == "<sip:2000@192.0.2.1?Privacy=history>;index=1"
    assert write_diversions(told, "h")[1] == "<sip:2000@h>;reason=unconditional;counter=1;privacy=full"


def test_our_own_host_stands_in_for_where_it_happened() -> None:
    told = [Diversion("2001", "10.0.0.5", "no-answer")]
    assert write_diversions(told, "192.0.2.1") == ["<sip:2001@192.0.2.1>;reason=no-answer;counter=1"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ()),
        (
            {"diversion": ['"B" <sip:1@h>;reason="user-busy";privacy=off']},
            (Diversion("1", "h", "user-busy"),),
        ),
        ({"diversion": ["<tel:+861>;counter=junk"]}, (Diversion("+861", "", "unknown"),)),
        ({"diversion": ["<sip:1@h>;reason=" + "x" * 99]}, (Diversion("1", "h", "unknown"),)),
        ({"diversion": ["<sip:1@h>, <oops"]}, ()),
        (
            {"history-info": ["<sip:a@h>;index=1, <sip:b@h;cause=486>;index=1.1;mp=1, <sip:c@h>;index=1.2"]},
            (Diversion("a", "h", "user-busy"),),
        ),
        (
            {
                "history-info": [
                    "<sip:a@h>;index=1",
                    "<sip:b@h>;index=1.1",
                    "<sip:c@h;cause=302>;index=1.2;mp=1",
                ]
            },
            (Diversion("a", "h", "unconditional"),),
        ),
        ({"diversion": ['<sip:1@h>;privacy="URI"']}, (Diversion("1", "h", private=True),)),
        (
            {
                "history-info": [
                    "<sip:a@h?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1",
                    "<sip:b@h?Reason=Q.850%3Bcause%3D19&Reason=SIP%3Bcause%3D408%3Btext%3D%22x%22>;index=1.1",
                    "<sip:c@h?Reason=SIP%3Bcause%3D486>;index=1.1.1",
                ]
            },
            (Diversion("b", "h", "no-answer"), Diversion("a", "h", "unconditional", private=True)),
        ),
        (
            {
                "history-info": ["<sip:a@h?reason=SIP%3Bcause%3D486>;index=1", "<sip:b@h>;index=1.1;rc=1"],
            },
            (),
        ),
        (
            {
                "history-info": ["<sip:a@h>;index=1, <sip:b@h;cause=486>;index=1.1;mp=1"],
                "privacy": ["id; history"],
            },
            (Diversion("a", "h", "user-busy", private=True),),
        ),
    ],
)
def test_diversions_are_read_as_peers_write_them(
    fields: dict[str, list[str]], expected: tuple[Diversion, ...]
) -> None:
    assert read_diversions(Headers(fields)) == expected


def test_an_endless_list_is_cut() -> None:
    assert len(read_diversions(Headers({"diversion": ["<sip:1@h>"] * 50}))) == 10
