"""One SIP stack on a hand-moved clock, with a test speaking for its neighbours."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from runtime.ids import SeededIds
from runtime.vocabulary import Command, Event, Output
from switch.sip.commands import SendMessage
from switch.sip.config import SipConfig, StationConfig
from switch.sip.errors import SipSyntaxError
from switch.sip.events import DialogsClosed
from switch.sip.guard.config import GuardConfig
from switch.sip.hop import Hop
from switch.sip.messages.message import Headers, Message, Request, Response
from switch.sip.messages.parser import parse_message
from switch.sip.messages.writer import write_message
from switch.sip.registration.binding_changes import KeepBindings
from switch.sip.registration.bindings import Binding, BindingKey
from switch.sip.stack import SipStack
from switch.sip.transport.reports import MessageReceived, SendFailed
from tests.helpers.sip_messages import PHONE, authorized, make_request

STATION = "1001"
PASSWORD = "secret"
LIFETIME_S = 32.0
"""64*T1."""


class SipRig:
    """What the stack says and reports, collected since the last look."""

    def __init__(
        self,
        *,
        guard: Mapping[str, Any] | None = None,
        stations: Sequence[str] = (STATION,),
        text_numbers: Mapping[str, str] | None = None,
        held_back: Container[str] = (),
        networks: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        """``held_back`` are names of branches that are not tried, ``networks`` those of every station."""
        self.now = 1000.0
        config = SipConfig.model_validate(settings)
        common = {"password": PASSWORD, "networks": networks}
        known = [StationConfig.model_validate({"name": name, **common}) for name in stations]
        limits = GuardConfig.model_validate(guard or {})
        self.stack = SipStack(
            config,
            known,
            SeededIds(1),
            b"key of a test",
            guard=limits,
            text_numbers=text_numbers,
            hold_back=lambda leg_id, branch, now: [] if branch in held_back else None,
        )
        self._routes = self.stack.routes()
        self.messages: list[Message] = []
        self.hops: list[Hop] = []
        self.events: list[Any] = []
        """All but DialogsClosed, which follows whatever closed the last one."""
        self.times_all_closed = 0
        self.kept: dict[BindingKey, Binding | None] = {}
        """What was told for the disk."""

    def receive(self, message: Message | bytes, hop: Hop = PHONE) -> list[Message]:
        """A datagram arrives; returns what is sent because of it."""
        data = message if isinstance(message, bytes) else write_message(message)
        return self._collect(self.stack.receive(MessageReceived(data, hop), self.now))

    def hear_out(self, request: Request, hop: Hop = PHONE) -> list[Message]:
        """A request arrives; returns what is sent within the 200 ms in which an INVITE must be answered."""
        return self.receive(request, hop) + self.pass_time(0.2)

    def order(self, command: Command) -> list[Message]:
        """The exchange orders something; returns what is sent because of it."""
        return self._collect(self._routes[type(command)](command, self.now))

    def pass_time(self, seconds: float) -> list[Message]:
        """Walk from deadline to deadline; returns what is sent meanwhile."""
        end = self.now + seconds
        sent: list[Message] = []
        while (at := self.stack.next_deadline()) is not None and at <= end:
            self.now = max(self.now, at)
            sent += self._collect(self.stack.wake(now=self.now))
        self.now = end
        return sent

    def send_failed(self) -> list[Message]:
        """The transport could not send the last message."""
        failed = SendFailed(write_message(self.messages[-1]), self.hops[-1])
        return self._collect(self.stack.send_failed(failed, self.now))

    def reported(self, kind: type[Output]) -> list[Any]:
        """The events, or commands for other parts of the house, of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def register(
        self, hop: Hop = PHONE, *, station: str = STATION, cseq: int = 1, **headers: str
    ) -> Response:
        """A phone registers as the station; returns the last answer."""
        request = make_request(
            "REGISTER",
            uri="sip:127.0.0.1",
            caller=f"<sip:{station}@127.0.0.1>;tag=r",
            called=f"<sip:{station}@127.0.0.1>",
            sip_call_id=f"register@{hop.port}",
            branch=f"z9hG4bKregister{hop.port}{cseq}",
            cseq=cseq,
            hop=hop,
            **headers,
        )
        challenge = self.one_response(self.receive(request, hop))
        proof = authorized(request, challenge, user=station, password=PASSWORD)
        return self.one_response(self.receive(proof, hop))

    @staticmethod
    def one_response(messages: list[Message]) -> Response:
        """The only message, which must be an answer."""
        (message,) = messages
        assert isinstance(message, Response)
        return message

    @staticmethod
    def one_request(messages: list[Message]) -> Request:
        """The only message, which must be a request."""
        (message,) = messages
        assert isinstance(message, Request)
        return message

    def leftovers(self) -> tuple[int, int, int]:
        """Open legs, dialogs and transactions."""
        return self.stack.open_legs, self.stack.open_dialogs, self.stack.open_transactions

    def _heed(self, event: Event | Command) -> list[Message]:
        """What the stack does about an event or command of its own."""
        handler = self._routes.get(type(event))
        return [] if handler is None else self._sort(handler(event, self.now))

    def _collect(self, outputs: Any) -> list[Message]:
        sent = self._sort(outputs)
        self.messages += sent
        return sent

    def _sort(self, outputs: Any) -> list[Message]:
        sent: list[Message] = []
        for output in outputs:
            if isinstance(output, SendMessage):
                sent.append(_read_back(output.data))
                self.hops.append(output.hop)
            elif isinstance(output, KeepBindings):
                self.kept.update(output.changes)
            elif isinstance(output, DialogsClosed):
                self.times_all_closed += 1
            else:
                self.events.append(output)
                sent += self._heed(output)
        return sent


def _read_back(data: bytes) -> Message:
    """What the stack sent. Its answer to a malformed request repeats what was malformed in it."""
    try:
        return parse_message(data)
    except SipSyntaxError:
        version, status, _ = data.split(b" ", 2)
        assert version == b"SIP/2.0"
        return Response(int(status), "", Headers())


def statuses(messages: list[Message]) -> list[int]:
    """The statuses of the answers among messages, in order."""
    return [message.status for message in messages if isinstance(message, Response)]


def methods(messages: list[Message]) -> list[str]:
    """The methods of the requests among messages, in order."""
    return [message.method for message in messages if isinstance(message, Request)]
