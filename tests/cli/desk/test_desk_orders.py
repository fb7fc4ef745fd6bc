"""What an agent can do from the desk, and when: keys, and what they ask of the switch."""

from dataclasses import replace
from typing import Any

import pytest

from cli.desk.orders import ORDERS, order_of, possible
from cli.desk.seen import Seen
from cli.desk.words import WORDS, Words, language_of
from cli.top.view import Picture
from runtime.errors import UsageError
from tests.cli.small_switch import AGENT, CALL, LEGS, MESSAGE, NOTHING_UNDER_WAY

IN_HAND = CALL | NOTHING_UNDER_WAY | {"legs": LEGS}
AT_1001 = {"call_id": "call-1", "station": "1001"}
TEXT = {"agents": ["1002", "1003"], "text": "来帮忙", "by": "1001"}
CONSULTATION = {
    "consultation_call_id": "call-7",
    "by": "1001",
    "target": "agent:1002",
    "with_customer": False,
}


def seen(state: str, call: dict[str, Any] | None = None, **agent: Any) -> Seen:
    told = AGENT | {"state": state, "station": None if state == "LOGGED_OUT" else "1001"} | agent
    return Seen("1001", told, call=call)


def keys(desk: Seen) -> str:
    return "".join(order.key for order in possible(desk))


def asked(desk: Seen, key: str, *given: str) -> tuple[str, dict[str, Any]]:
    order = order_of(desk, key)
    assert order is not None
    return order.verb, dict(order.params(desk, given))


@pytest.mark.parametrize(
    ("desk", "possible_keys"),
    [
        (Seen("1001"), ""),
        (seen("LOGGED_OUT"), "iIm"),
        (seen("AVAILABLE"), "ndPmlyo"),
        (seen("NOT_READY"), "rndPmlyo"),
        (seen("WRAP_UP"), "rnwedPmlyo"),
        (seen("OFFERED", IN_HAND), "namlyo"),
        (seen("ON_CALL", IN_HAND), "nxhutc+pkmlyo"),
        (seen("ON_CALL", IN_HAND | {"consultation": CONSULTATION}), "nxgfbjmlyo"),
    ],
)
def test_only_what_can_be_done_now_has_a_key(desk: Seen, possible_keys: str) -> None:
    assert keys(desk) == possible_keys


def test_no_key_means_two_things_at_once() -> None:
    held = IN_HAND | {"legs": [LEGS[0], LEGS[1] | {"holds": "order", "muted": True}]}
    for call in (None, IN_HAND, held, IN_HAND | {"consultation": CONSULTATION}):
        for state in ("LOGGED_OUT", "NOT_READY", "AVAILABLE", "OFFERED", "ON_CALL", "WRAP_UP"):
            for leave in (None, "asked", "approved"):
                told = replace(seen(state, call, leave=leave), messages=[MESSAGE | {"reached": []}])
                assert len(set(keys(told))) == len(keys(told)), keys(told)
                assert "q" not in keys(told)  # ends the desk


@pytest.mark.parametrize(
    ("key", "given", "verb", "params"),
    [
        ("x", (), "call.hang_up", {"call_id": "call-1", "leg": "station"}),
        ("h", (), "call.hold", AT_1001),
        ("t", ("1002",), "call.transfer", AT_1001 | {"target": "agent:1002"}),
        ("c", ("queue:vip",), "call.consult", AT_1001 | {"target": "queue:vip"}),
        ("+", ("13800138000",), "call.add_party", {"call_id": "call-1", "whom": "number:13800138000"}),
        ("+", ("1002",), "call.add_party", {"call_id": "call-1", "whom": "station:1002"}),
        ("u", (), "call.mute", {"call_id": "call-1", "side": "station"}),
        ("k", ("1#",), "call.send_digits", {"call_id": "call-1", "digits": "1#"}),
        ("o", (), "agent.sign_out", {"agent": "1001", "force": True}),
        ("m", ("1002 1003", "来帮忙"), "agent.send_message", TEXT),
    ],
)
def test_a_key_asks_for_its_verb(key: str, given: tuple[str, ...], verb: str, params: dict[str, Any]) -> None:
    assert asked(seen("ON_CALL", IN_HAND), key, *given) == (verb, params)


def test_who_answers_has_the_own_phone_do_so_and_not_the_customers_call_answered() -> None:
    assert asked(seen("OFFERED", IN_HAND), "a") == ("call.answer", AT_1001)


def test_what_is_on_hold_or_muted_is_taken_back_by_the_same_key() -> None:
    legs = [LEGS[0], LEGS[1] | {"holds": "order", "muted": True}]
    desk = seen("ON_CALL", IN_HAND | {"legs": legs})
    assert asked(desk, "h")[0] == "call.retrieve"
    assert asked(desk, "u")[0] == "call.unmute"
    by_phone = seen("ON_CALL", IN_HAND | {"legs": [LEGS[0], LEGS[1] | {"holds": "phone"}]})
    assert asked(by_phone, "h")[0] == "call.hold"  # what the phone began the phone ends


def test_who_dials_from_the_desk_hangs_up_the_own_leg() -> None:
    legs = [LEGS[0] | {"station": "1001"}, LEGS[1] | {"station": "13800138000"}]
    assert asked(seen("ON_CALL", IN_HAND | {"legs": legs}), "x")[1]["leg"] == "customer"


def test_wrap_up_takes_seconds_longer_and_no_words() -> None:
    assert asked(seen("WRAP_UP"), "e", "30") == ("agent.extend_wrap_up", {"agent": "1001", "extend_s": 30.0})
    with pytest.raises(UsageError, match="'soon' is no number of seconds"):
        asked(seen("WRAP_UP"), "e", "soon")


def test_texts_are_confirmed_oldest_first_until_none_is_left() -> None:
    texts = [
        MESSAGE | {"message_id": "new", "sent_s": 1.0, "reached": []},
        MESSAGE | {"message_id": "old", "sent_s": 9.0, "reached": ["phone"]},
        MESSAGE | {"message_id": "seen", "sent_s": 20.0},
        MESSAGE | {"message_id": "kept", "sent_s": 30.0, "told": False, "reached": []},
    ]
    desk = replace(seen("AVAILABLE"), messages=texts)
    assert asked(desk, "v") == ("agent.confirm_message", {"agent": "1001", "message_id": "old"})
    assert order_of(replace(desk, messages=texts[2:]), "v") is None


def test_of_all_calls_and_queues_only_the_agents_are_taken() -> None:
    calls = [
        CALL | {"call_id": "call-5", "station": "1003"},
        CALL | {"call_id": "call-4", "whom": "station:1001"},
        CALL | {"call_id": "call-3", "station": "1001"},
    ]
    agent = AGENT | {"state": "ON_CALL", "call_id": "call-3"}
    queues = [{"name": "service"}, {"name": "others"}]
    picture = Picture(1.0, {"agents": [AGENT | {"id": "1003"}, agent], "calls": calls, "queues": queues})
    own = Seen("1001").with_picture(picture)
    assert [call["call_id"] for call in own.calls] == ["call-3", "call-4"]
    assert [queue["name"] for queue in own.queues] == ["service"]
    assert Seen("1009").with_picture(picture).agent is None


def test_a_call_that_rings_is_the_one_popped_up_last() -> None:
    popped = {"agent": "1001", "caller_number": "13800138000"}
    told = Seen("1001").with_popup(popped | {"call_id": "call-1"}).with_popup(popped | {"call_id": "call-2"})
    told = told.with_popup({"agent": "1003", "call_id": "call-9"})
    agent = AGENT | {"state": "OFFERED"}
    calls = [CALL | {"call_id": f"call-{number}"} for number in (1, 2, 9)]
    rung = told.with_picture(Picture(1.0, {"agents": [agent], "calls": calls}))
    assert [call["call_id"] for call in rung.calls] == ["call-2"]


def test_every_key_and_state_has_words_in_both_languages() -> None:
    states = ("LOGGED_OUT", "NOT_READY", "AVAILABLE", "OFFERED", "ON_CALL", "WRAP_UP")
    needed = {
        *states,
        *(order.word for order in ORDERS),
        *(ask.word for order in ORDERS for ask in order.asks),
    }
    assert needed <= WORDS.keys()
    assert all(english and chinese and english != chinese for english, chinese in WORDS.values())
    assert [Words(language_of(name))("ready") for name in ("zh_CN.UTF-8", "C.UTF-8", "")] == [
        "示闲",
        "Ready",
        "Ready",
    ]
