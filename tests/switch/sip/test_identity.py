import pytest

from runtime.ids import SeededIds
from switch.sip.config import SipConfig
from switch.sip.identity import Identity
from tests.helpers.sip_messages import make_request


@pytest.fixture
def identity() -> Identity:
    return Identity(SipConfig(), SeededIds(1))


@pytest.mark.parametrize("to", ["<sip:95598@switch>", '"tag" <sip:tag@switch;tag=uri>', "sip:95598@switch"])
def test_an_answer_puts_our_tag_behind_a_to_that_has_none(identity: Identity, to: str) -> None:
    answer = identity.answer(make_request("INVITE", called=to), 180, tag="ours")
    assert answer.headers.get_all("to") == [f"{to};tag=ours"]


@pytest.mark.parametrize("to", ["<sip:95598@switch>;tag=t", "<sip:95598@switch> ; TAG = t", "sip:a@b;Tag=t"])
def test_an_answer_leaves_a_to_that_has_a_tag_as_it_is(identity: Identity, to: str) -> None:
    answer = identity.answer(make_request("BYE", called=to), 481)
    assert answer.headers.get_all("to") == [to]


def test_100_trying_carries_no_tag(identity: Identity) -> None:
    answer = identity.answer(make_request("INVITE"), 100, tag="ours")
    assert answer.headers.get_all("to") == ["<sip:95598@switch>"]
