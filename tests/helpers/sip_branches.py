"""Legs dialled over several branches, for tests that speak for the phones at their ends."""

from dataclasses import dataclass
from typing import Any

from switch.sip.commands import DialLeg
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, Forking
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_messages import SDP, make_response
from tests.helpers.sip_rig import SipRig

OURS = "v=0\r\n"
FIRST_PORT = 7000


def branch(name: str, port: int = FIRST_PORT, **fields: Any) -> Branch:
    """A branch to a phone of that name at 127.0.0.1."""
    given = {"caller": "<sip:138@127.0.0.1>", "called": f"<sip:{name}@127.0.0.1>"}
    hop = Hop("udp", "127.0.0.1", port)
    return Branch(uri=f"sip:{name}@127.0.0.1:{port}", hop=hop, name=name, **{**given, **fields})


@dataclass
class Phone:
    """The far end of one branch: answers the last INVITE that came to it."""

    rig: SipRig
    hop: Hop
    invite: Request

    def answers(self, status: int, *, body: str | None = None, **headers: str) -> list[Message]:
        """Returns what is sent because of it."""
        if body is None:
            body = SDP if 200 <= status < 300 else ""
        response = make_response(self.invite, status, body=body, **headers)
        if "contact" not in headers and "contact" in response.headers:
            response.headers.set("contact", f"<sip:phone@127.0.0.1:{self.hop.port}>")
        return self.rig.receive(response, self.hop)

    def confirms(self, request: Message) -> list[Message]:
        """200 OK to another request of ours."""
        assert isinstance(request, Request)
        return self.rig.receive(make_response(request, 200), self.hop)


def dial(
    rig: SipRig, *branches: Branch, forking: Forking = Forking.PARALLEL, **order: Any
) -> dict[str, Phone]:
    """Dial leg ``leg``; returns the phones that were INVITEd at once, by the name of their branch."""
    sent = rig.order(DialLeg(leg_id="leg", branches=branches, sdp=OURS, forking=forking, **order))
    return phones_of(rig, sent)


def phones_of(rig: SipRig, sent: list[Message]) -> dict[str, Phone]:
    """The phones at the ends of the INVITEs among messages just sent, by the user part of their address."""
    hops = rig.hops[-len(sent) :] if sent else []
    found = {}
    for message, hop in zip(sent, hops, strict=True):
        if isinstance(message, Request) and message.method == "INVITE":
            name = message.uri.removeprefix("sip:").partition("@")[0]
            found[name] = Phone(rig, hop, message)
    return found
