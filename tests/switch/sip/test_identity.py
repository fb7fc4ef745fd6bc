from typing import Any

import pytest

from runtime.ids import SeededIds
from switch.sip.config import SipConfig
from switch.sip.identity import Identity
from switch.sip.messages.writer import write_message
from switch.sip.transactions.server_transaction import ServerTransaction
from tests.helpers.sip_messages import PHONE, make_request
from tests.helpers.sip_transactions import hear, make_layer, one


@pytest.fixture
def identity() -> Identity:
    return Identity(SipConfig(), SeededIds(1))


@pytest.mark.parametrize("to", ["<sip:95598@switch>", '"tag" <sip:tag@switch;tag=uri>', "sip:95598@switch"])
def test_an_answer_puts_our_tag_behind_a_to_that_has_none(identity: Identity, to: str) -> None:
    answer = identity.answer(make_request("INVITE", called=to), 400)
    assert answer.headers.get_all("to") == [f"{to};tag={identity.tag}"]


@pytest.mark.parametrize("to", ["<sip:95598@switch>;tag=t", "<sip:95598@switch> ; TAG = t", "sip:a@b;Tag=t"])
def test_an_answer_leaves_a_to_that_has_a_tag_as_it_is(identity: Identity, to: str) -> None:
    answer = identity.answer(make_request("BYE", called=to), 481)
    assert answer.headers.get_all("to") == [to]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"called": "<sip:95598@switch>;tag=t", "timestamp": ["54", "55"]},
        {"via": ["SIP/2.0/UDP a;branch=z9hG4bK1;rport, SIP/2.0/TCP b", "SIP/2.0/UDP c"], "server": "theirs"},
        {"caller": '"\udcb0\udca1" <sip:1@phone>;tag=caller', "session_id": "1" * 32},
    ],
)
def test_an_answer_says_the_same_in_a_transaction_and_without(headers: dict[str, Any]) -> None:
    layer, identity = make_layer(), Identity(SipConfig(), SeededIds(7))
    received = one(hear(layer, make_request("INVITE", **headers), PHONE, 0.0), ServerTransaction)
    answer = layer.respond(received, 486, 0.0)
    assert answer is not None
    assert answer.data == write_message(identity.answer(received.request, 486))
