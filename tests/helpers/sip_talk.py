"""One leg of a SIP stack and the phone at its other end, for tests of what both say in their dialog."""

from typing import Any

from switch.sip.commands import AnswerLeg, DialStation
from switch.sip.messages.message import Request, Response
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import STATION, SipRig

LEG = "leg-1"
OURS = "v=0\r\no=- 7 7 IN IP4 192.0.2.1\r\n"
"""What the owner of the leg describes; the stack does not look into it."""
UPDATES = "INVITE, ACK, BYE, CANCEL, UPDATE, PRACK"
"""Allow of a phone that knows UPDATE."""


def next_request(rig: SipRig, within_s: float) -> Request:
    """Let time pass until the next request is sent, which must come within so many seconds."""
    end = rig.now + within_s
    while (at := rig.stack.next_deadline()) is not None and at <= end:
        for message in rig.pass_time(max(0.0, at - rig.now)):
            if isinstance(message, Request):
                return message
    raise AssertionError(f"no request within {within_s} s")


class Caller(SipRig):
    """A phone that has called and waits."""

    def __init__(self, *, settings: dict[str, Any] | None = None, body: str = SDP, **headers: Any) -> None:
        super().__init__(**(settings or {}))
        self.called = "<sip:95598@switch>"
        self.receive(make_request("INVITE", body=body, **headers))

    def hear(self, messages: list[Any]) -> list[Any]:
        """Take the To tag from what the switch answers."""
        for message in messages:
            if isinstance(message, Response):
                self.called = message.headers.get("to") or ""
        return messages

    def ask(self, method: str, *, cseq: int = 2, body: str = "", **headers: Any) -> Request:
        """A request of the phone inside the dialog."""
        return make_request(
            method, branch=f"z9hG4bK{method}{cseq}", called=self.called, cseq=cseq, body=body, **headers
        )


class Talk(Caller):
    """The same, answered; the leg is confirmed unless ``acked`` is false."""

    def __init__(
        self, *, acked: bool = True, settings: dict[str, Any] | None = None, body: str = SDP, **headers: Any
    ) -> None:
        super().__init__(settings=settings, body=body, **headers)
        self.answered = self.one_response(self.hear(self.order(AnswerLeg(leg_id=LEG, sdp=OURS))))
        if acked:
            self.receive(self.ask("ACK", cseq=1, body="" if body else SDP))


class DialledTalk(SipRig):
    """A phone that was dialled and has answered with these headers."""

    def __init__(self, *, settings: dict[str, Any] | None = None, **headers: Any) -> None:
        super().__init__(**(settings or {}))
        self.register()
        command = DialStation(leg_id=LEG, station=STATION, caller_number="1", caller_name="", sdp=OURS)
        self.invite = self.one_request(self.order(command))
        self.ok = make_response(self.invite, 200, body=SDP, **headers)
        self.receive(self.ok)

    def ask(self, method: str, *, cseq: int = 1, body: str = "", **headers: Any) -> Request:
        """A request of the phone inside the dialog."""
        return make_request(
            method,
            branch=f"z9hG4bK{method}{cseq}",
            caller=self.ok.headers.get("to") or "",
            called=self.invite.headers.get("from") or "",
            sip_call_id=self.invite.headers.get("call-id") or "",
            cseq=cseq,
            body=body,
            **headers,
        )
