"""Whatever headers a peer writes, each method is answered and nothing is left behind."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.tenancy import HOUSE
from switch.sip.commands import AnswerLeg
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_messages import SDP, authorized, make_request
from tests.helpers.sip_rig import PASSWORD, STATION, SipRig, statuses

HEADERS = (
    "accept", "content-encoding", "content-type", "diversion", "event", "expires", "history-info",
    "info-package", "p-asserted-identity", "privacy", "reason", "refer-sub", "refer-to", "referred-by",
    "remote-party-id", "replaces", "session-id", "subscription-state",
)  # fmt: skip
PIECES = (
    "sip:1002@h", "<sip:1@h?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>", "<sip:1@h;cause=302>;index=1", "dialog",
    "message-summary;id=1", "refer", "text/plain", "application/dtmf", "a" * 32, "0", "60",
    "99999999999", ";", ",", '"', "<", ">", "%", "=", "tag=", "remote=", "\udcff", "张", "²", " ",
)  # fmt: skip
values = st.lists(st.sampled_from(PIECES), max_size=4).map("".join) | st.text(max_size=20)
fields = st.dictionaries(st.sampled_from(HEADERS), values, max_size=4)


class Phone(SipRig):
    """A phone in a call, that knows its password."""

    def __init__(self) -> None:
        super().__init__(stations=(STATION, "1002"), text_numbers={"95598": HOUSE})
        self.receive(make_request("INVITE", body=SDP))
        ok = self.one_response(self.order(AnswerLeg(leg_id="leg-1", sdp=SDP)))
        self.called = ok.headers.get("to") or ""
        self.receive(make_request("ACK", called=self.called, branch="z9hG4bKack"))

    def inside(self, method: str, headers: dict[str, Any], body: str) -> list[Message]:
        """A request inside the call."""
        return self.receive(
            make_request(method, called=self.called, branch="z9hG4bKin", cseq=2, body=body, **headers)
        )

    def outside(self, method: str, headers: dict[str, Any], body: str) -> list[Message]:
        """A request with the station's password."""
        uri, caller = "sip:1002@127.0.0.1", f"<sip:{STATION}@127.0.0.1>;tag=t"
        request = make_request(
            method, uri=uri, caller=caller, sip_call_id="out", branch="z9hG4bKout", body=body, **headers
        )
        first = self.hear_out(request)
        if statuses(first) != [401]:
            return first
        return self.hear_out(authorized(request, self.one_response(first), user=STATION, password=PASSWORD))


def clean(headers: dict[str, str]) -> dict[str, Any]:
    """As they can stand on a line."""
    return {name: " ".join(value.split()) for name, value in headers.items()}


@pytest.mark.parametrize("method", ["INFO", "MESSAGE", "REFER", "SUBSCRIBE"])
@given(headers=fields, body=values)
@settings(max_examples=60, deadline=None)
def test_a_request_inside_a_call_is_answered_or_waits_for_a_decision(
    method: str, headers: dict[str, str], body: str
) -> None:
    rig = Phone()
    sent = rig.inside(method, clean(headers), body.encode("utf-8", "replace").decode())
    if not statuses(sent):
        assert method == "REFER"
        assert statuses(rig.pass_time(10)) == [603]


@pytest.mark.parametrize("method", ["INVITE", "MESSAGE", "REFER", "SUBSCRIBE"])
@given(headers=fields, body=values)
@settings(max_examples=60, deadline=None)
def test_a_request_outside_of_calls_is_answered_and_forgotten(
    method: str, headers: dict[str, str], body: str
) -> None:
    rig = Phone()
    sent = rig.outside(method, clean(headers), body.encode("utf-8", "replace").decode())
    assert statuses(sent)
    for message in sent:
        if isinstance(message, Request):
            assert message.method == "NOTIFY"
    rig.pass_time(40)  # nobody answers the NOTIFY
    assert rig.stack.subscriptions == 0
