"""A softphone in a browser, as the switch sees it: SIP over WebSocket by a library other people wrote."""

import ssl
from contextlib import ExitStack
from typing import Self

from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from switch.sip.hop import Hop
from switch.sip.messages.message import Message, Request, Response
from switch.sip.messages.parser import parse_message
from tests.helpers.sip_messages import SDP, as_bytes, authorized, make_request, make_response

_PATIENCE_S = 45.0
_NOWHERE = "k3j4h5.invalid"
"""Browsers do not know their own address (RFC 7118 §5)."""


def _open(uri: str, trust: ssl.SSLContext | None) -> ClientConnection:
    """The library reads on a thread of its own while it writes its handshake. Python 3.11 lets OpenSSL do
    both at once, which it cannot: now and then it fails, and whoever tries again gets through."""
    try:
        return connect(uri, subprotocols=[Subprotocol("sip")], ssl=trust)
    except ConnectionClosedError as closed:
        if not isinstance(closed.__cause__, ssl.SSLError):
            raise
    return connect(uri, subprotocols=[Subprotocol("sip")], ssl=trust)


class WebPhone:
    """One phone on one connection. Use it as a context manager."""

    def __init__(self, uri: str, station: str, password: str, trust: ssl.SSLContext | None = None) -> None:
        self._opening = _open(uri, trust)
        self._transport = "WSS" if trust else "WS"
        self._station = station
        self._password = password
        self._count = 0

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._line = opened.enter_context(self._opening)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def ping(self) -> bytes:
        """Ask for a sign of life (RFC 5626 §4.4.1); returns it."""
        self._line.send("\r\n\r\n")
        answer = self._line.recv(_PATIENCE_S)
        return answer.encode() if isinstance(answer, str) else answer

    def register(self) -> Response:
        """Register with the password; returns the last answer."""
        itself = f"<sip:{self._station}@switch.invalid>"
        request = self._request("REGISTER", "sip:switch.invalid", called=itself)
        return self._prove(request)[1]

    def call(self, number: str, sdp: str = SDP) -> tuple[Request, Response]:
        """Dial and wait to be answered; returns our INVITE and its 200."""
        uri = f"sip:{number}@switch.invalid"
        invite = self._request("INVITE", uri, called=f"<{uri}>", body=sdp)
        proven, answer = self._prove(invite)
        self._send(self._within("ACK", proven, answer, 2))
        return proven, answer

    def hang_up(self, invite: Request, answer: Response) -> Response:
        """End a call that this phone began."""
        return self._ask(self._within("BYE", invite, answer, 3))

    def hear_request(self, method: str) -> Request:
        """The next request, which must be of this method."""
        message = self._hear()
        assert isinstance(message, Request)
        assert message.method == method
        return message

    def answer(self, request: Request, status: int, body: str = "") -> None:
        """Answer a request of the switch."""
        contact = {"contact": self._contact} if request.method == "INVITE" else {}
        self._send(make_response(request, status, tag="web", body=body, **contact))

    @property
    def _contact(self) -> str:
        return f"<sip:{self._station}@{_NOWHERE};transport=ws>"

    def _request(
        self, method: str, uri: str, *, called: str, body: str = "", cseq: int = 1, call_id: str = ""
    ) -> Request:
        self._count += 1
        return make_request(
            method,
            uri=uri,
            via=f"SIP/2.0/{self._transport} {_NOWHERE};rport;branch=z9hG4bKweb{id(self)}{self._count}",
            caller=f"<sip:{self._station}@switch.invalid>;tag=web{self._station}",
            called=called,
            contact=self._contact,
            sip_call_id=call_id or f"{id(self)}-{self._count}@{_NOWHERE}",
            cseq=cseq,
            body=body,
            hop=Hop("ws", _NOWHERE, 5060),
        )

    def _within(self, method: str, invite: Request, answer: Response, cseq: int) -> Request:
        contact = (answer.headers.get("contact") or "").strip("<>")
        called, call_id = answer.headers.get("to") or "", invite.headers.get("call-id") or ""
        return self._request(method, contact, called=called, cseq=cseq, call_id=call_id)

    def _prove(self, request: Request) -> tuple[Request, Response]:
        """Answer the challenge of a request; returns the second try and what came of it."""
        challenge = self._ask(request)
        if request.method == "INVITE":
            ack = self._within("ACK", request, challenge, 1)
            ack.headers.set("via", request.headers.get("via") or "")
            self._send(ack)
        proven = authorized(request, challenge, user=self._station, password=self._password)
        return proven, self._ask(proven)

    def _ask(self, request: Request) -> Response:
        """The final answer to a request."""
        self._send(request)
        while True:
            message = self._hear()
            assert isinstance(message, Response)
            if message.status >= 200:
                return message

    def _send(self, message: Message) -> None:
        self._line.send(as_bytes(message).decode())

    def _hear(self) -> Message:
        data = self._line.recv(_PATIENCE_S)
        return parse_message(data.encode() if isinstance(data, str) else data)
