"""The core of speech on a hand-moved clock, with a test speaking for SIP, media and the servers."""

from typing import Any, TypeVar

from media.commands import OpenEndpoint
from media.events import EndpointOpened
from runtime.clock import ManualClock
from runtime.ids import SeededIds
from runtime.vocabulary import Output
from switch.call import Call
from switch.commands import AnswerCall
from switch.mrcp.commands import OpenControl, SendControl, Speak
from switch.mrcp.config import MrcpConfig, SpeechServerConfig
from switch.mrcp.message import MrcpEvent, MrcpRequest, MrcpResponse, RequestState, write_mrcp
from switch.mrcp.parser import parse_mrcp
from switch.mrcp.reports import ControlOpened, ControlReceived
from switch.mrcp.resource import Resource
from switch.mrcp.speech import Speech
from switch.sip.commands import DialLeg
from switch.sip.events import LegAnswered
from tests.helpers.exchange_rig import ExchangeRig

K = TypeVar("K")


class SpeechRig:
    """One call that is answered, and servers ``a``, ``b`` …, the first asked first."""

    def __init__(self, servers: int = 1, **keys: Any) -> None:
        exchange = ExchangeRig()
        exchange.feed(AnswerCall(call_id=exchange.arrive()))
        (self.call,) = exchange.exchange.calls()
        self.calls: dict[str, Call] = {self.call.call_id: self.call}
        self.clock = ManualClock(1000.0)
        self.outputs: list[Any] = []
        configs = [
            SpeechServerConfig.model_validate(
                {
                    "name": chr(97 + place),
                    "host": f"192.0.2.{40 + place}",
                    "priority": place,
                    "options_interval_s": 0,
                    **keys,
                }
            )
            for place in range(servers)
        ]
        config = MrcpConfig(servers=configs)
        self.speech = Speech(config, SeededIds(), self.calls.get, lambda hop: "192.0.2.1")

    @property
    def leg_id(self) -> str:
        return self.call.customer.leg_id

    def feed(self, item: Any) -> list[Any]:
        """Hand something to the core; ports are there at once, as in life. What came of it."""
        routes = self.speech.routes()
        outputs = list(routes[type(item)](item, self.clock.now()))
        self._note(outputs)
        return outputs

    def pass_time(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while (at := self.speech.next_deadline()) is not None and at <= until:
            self.clock.move_to(at) if at > self.clock.now() else None
            self._note(self.speech.wake(now=self.clock.now()))
        self.clock.move_to(until)

    def take(self, kind: type[K]) -> K:
        """The first output of a kind, which is not looked at again."""
        found = next(output for output in self.outputs if isinstance(output, kind))
        self.outputs.remove(found)
        return found

    def all(self, kind: type[K]) -> list[K]:
        return [output for output in self.outputs if isinstance(output, kind)]

    def speak(self, request_id: str = "r1", **keys: Any) -> None:
        self.feed(Speak(request_id=request_id, call_id=self.call.call_id, text="您好", **keys))

    def connect(self) -> "Served":
        """The next server that is called takes the session, and the connection."""
        dialled = self.take(DialLeg)
        served = Served(self, dialled.leg_id, "a=resource:speechrecog" in dialled.sdp)
        self.feed(LegAnswered(leg_id=dialled.leg_id, sdp=served.answer))
        assert self.take(OpenControl).port == 1544
        self.feed(ControlOpened(served.session_id))
        return served

    def _note(self, outputs: list[Output]) -> None:
        self.outputs += outputs
        for output in outputs:
            if isinstance(output, OpenEndpoint):
                self.feed(EndpointOpened(leg_id=output.leg_id, host="192.0.2.1", port=20_000))


class Served:
    """A session as its server sees it."""

    def __init__(self, rig: SpeechRig, session_id: str, recognises: bool) -> None:
        self._rig = rig
        self.session_id = session_id
        self._resource = Resource.RECOGNIZER if recognises else Resource.SYNTHESIZER
        self._head = (("Channel-Identifier", f"1f@{self._resource.value}"),)

    @property
    def answer(self) -> str:
        return (
            "v=0\r\no=- 1 1 IN IP4 192.0.2.40\r\ns=-\r\nc=IN IP4 192.0.2.40\r\nt=0 0\r\n"
            "m=application 1544 TCP/MRCPv2 1\r\na=setup:passive\r\na=connection:new\r\n"
            f"a=channel:1f@{self._resource.value}\r\na=cmid:1\r\nm=audio 4000 RTP/AVP 8\r\na=mid:1\r\n"
        )

    def asked(self) -> MrcpRequest:
        """The next request."""
        sent = self._rig.take(SendControl)
        assert sent.session_id == self.session_id
        request = parse_mrcp(sent.octets)
        assert isinstance(request, MrcpRequest)
        return request

    def answers(self, request: MrcpRequest, status: int = 200, state: str = "IN-PROGRESS") -> None:
        self._say(MrcpResponse(request.request_id, status, RequestState(state), self._head))

    def begins(self) -> MrcpRequest:
        """It takes the request that is asked next."""
        request = self.asked()
        self.answers(request)
        return request

    def tells(self, request: MrcpRequest, name: str, cause: str = "", body: bytes = b"") -> None:
        state = RequestState.COMPLETE if name.endswith("COMPLETE") else RequestState.IN_PROGRESS
        headers = (*self._head, ("Completion-Cause", cause), ("Content-Type", "application/nlsml+xml"))
        self._say(MrcpEvent(name, request.request_id, state, headers, body))

    def _say(self, message: MrcpResponse | MrcpEvent) -> None:
        self._rig.feed(ControlReceived(self.session_id, write_mrcp(message)))
