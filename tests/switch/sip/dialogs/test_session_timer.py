import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.dialogs.session_timer import SessionAsk, SessionPolicy, SessionTerms
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.message import Headers

POLICY = SessionPolicy(expires_s=1800, min_s=90)


def headers(**fields: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in fields.items()})


# RFC 4028 §9, table 2: who refreshes, by what the request says
@pytest.mark.parametrize(
    ("asked", "terms", "says", "requires"),
    [
        ({}, None, None, None),
        ({"supported": "100rel"}, None, None, None),
        ({"supported": "100rel, Timer"}, (1800, False), "1800;refresher=uac", "timer"),
        ({"supported": "timer", "session_expires": "600"}, (600, False), "600;refresher=uac", "timer"),
        (
            {"supported": "timer", "session_expires": "600;refresher=uac"},
            (600, False),
            "600;refresher=uac",
            "timer",
        ),
        (
            {"supported": "timer", "session_expires": "600;refresher=uas"},
            (600, True),
            "600;refresher=uas",
            None,
        ),
        ({"session_expires": "600"}, (600, True), "600;refresher=uas", None),
        ({"supported": "timer", "session_expires": "7200"}, (1800, False), "1800;refresher=uac", "timer"),
        (
            {"supported": "timer", "session_expires": "7200", "min_se": "3600"},
            (3600, False),
            "3600;refresher=uac",
            "timer",
        ),
        ({"supported": "timer", "min_se": "3600"}, (3600, False), "3600;refresher=uac", "timer"),
        ({"session_expires": "10"}, None, None, None),
    ],
)
def test_what_a_request_is_granted(
    asked: dict[str, str], terms: tuple[int, bool] | None, says: str | None, requires: str | None
) -> None:
    granted = POLICY.accept(headers(**asked))
    if terms is None:
        assert granted is None
        return
    assert granted is not None
    assert granted[0] == SessionTerms(*terms)
    assert granted[1].get("session-expires") == says
    assert granted[1].get("require") == requires


def test_too_short_a_session_is_refused_with_the_shortest_we_take() -> None:
    refusal = POLICY.check(headers(supported="timer", session_expires="89"))
    assert refusal is not None
    assert (refusal.status, refusal.extra) == (422, {"min-se": "90"})
    assert POLICY.check(headers(supported="timer", session_expires="90")) is None


def test_who_does_not_know_min_se_is_not_refused() -> None:
    assert POLICY.check(headers(session_expires="10")) is None


@pytest.mark.parametrize("field", ["session_expires", "min_se"])
@pytest.mark.parametrize("value", ["", "soon", "-1", "9" * 11, ";refresher=uac"])
def test_an_interval_that_is_no_number_is_malformed(field: str, value: str) -> None:
    with pytest.raises(SipSyntaxError):
        POLICY.check(headers(supported="timer", **{field: value}))


@pytest.mark.parametrize(
    ("answered", "terms"),
    [
        ({}, None),
        ({"session_expires": "nonsense"}, None),
        ({"session_expires": "1800;refresher=uac"}, (1800, True)),
        ({"session_expires": "1800;refresher=uas"}, (1800, False)),
        ({"session_expires": "1800"}, (1800, True)),
        ({"session_expires": "5;refresher=uac"}, (90, True)),
    ],
)
def test_what_an_answer_settles(answered: dict[str, str], terms: tuple[int, bool] | None) -> None:
    settled = POLICY.settle(headers(**answered))
    assert settled == (SessionTerms(*terms) if terms else None)


def test_who_refreshes_does_so_at_half_time_and_the_other_waits_nearly_to_the_end() -> None:
    assert SessionTerms(1800, we_refresh=True).pause_s == 900
    assert SessionTerms(1800, we_refresh=False).pause_s == 1800 - 32
    assert SessionTerms(90, we_refresh=False).pause_s == 60
    assert SessionTerms(90, we_refresh=True).patience_s == 60


def test_a_refused_request_asks_again_for_longer() -> None:
    again = POLICY.ask.after_refusal(headers(min_se="3600"))
    assert again is not None
    assert again.headers() == {"session-expires": "3600", "min-se": "3600"}


def test_a_refusal_that_raises_nothing_is_final() -> None:
    assert POLICY.ask.after_refusal(headers()) is None
    assert POLICY.ask.after_refusal(headers(min_se="90")) is None


@given(st.lists(st.integers(0, 2**33), max_size=40))
def test_nobody_can_keep_us_asking(intervals: list[int]) -> None:
    asks: list[SessionAsk] = []
    ask: SessionAsk | None = POLICY.ask
    for interval_s in intervals:
        ask = ask.after_refusal(headers(min_se=str(interval_s))) if ask else None
        if ask:
            asks.append(ask)
    assert len(asks) <= 5
    assert all(ask.interval_s >= ask.min_s for ask in asks)


def test_a_refresh_keeps_the_roles() -> None:
    ask = POLICY.ask_again(SessionTerms(600, we_refresh=False))
    assert ask.headers() == {"session-expires": "600;refresher=uas", "min-se": "90"}
