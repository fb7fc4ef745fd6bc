"""The whole house in memory: every core on the manual clock, and phones that speak SIP as text."""

from typing import Any, TypeVar

import acd.service
import ivr.service
from acd.agent_config import AgentConfig
from acd.queue_config import QueueConfig
from ivr.check import Surroundings
from ivr.config import IvrConfig
from ivr.document import Flow
from ivr.editions import FlowSet
from ivr.reader import read_flow
from media._core import Ways
from media.events import DigitDetected, PlaybackEnded
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.config import AccessCodeConfig
from switch.exchange import Exchange
from switch.sip.commands import SendMessage
from switch.sip.config import SipConfig, StationConfig
from switch.sip.hop import Hop
from switch.sip.messages.message import Message, Request, Response
from switch.sip.messages.parser import parse_message
from switch.sip.registration.binding_changes import KeepBindings
from switch.sip.stack import SipStack
from switch.sip.transport.reports import MessageReceived
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, BookkeepingMedia
from tests.helpers.sip_messages import as_bytes, authorized, make_request, make_response
from tests.ivr.scripted_caller import world_of

K = TypeVar("K")

CALLER = Hop("udp", "192.0.2.1", 5060)
PHONE = Hop("udp", "127.0.0.1", 6000)
"""Where the agent's phone is; ``make_response`` writes its address."""

FLOW = """
name: hotline
title: 客户服务热线
language: zh
start: menu
nodes:
  menu:
    type: menu
    prompts: [zh/menu]
    choices: {1: service}
    timeout_s: 5
    tries: 2
    next: bye
  service: {type: queue, queue: service}
  bye: {type: hang_up, cause: NORMAL_CLEARING}
"""


class Hotline:
    """One hotline with the queue ``service``, agents 1001 and 1002 and a phone for each."""

    def __init__(self, *, ring_s: float = 0, ring_timeout_s: float = 15, wrap_up_s: float = 10) -> None:
        """``ring_s`` is how long callers hear ring-back before the flow answers."""
        self.clock = ManualClock()
        self.alarm = ManualAlarm()
        self.events: list[Event] = []
        self.sent: list[tuple[Hop, Message]] = []
        self.media = BookkeepingMedia()
        ids = SeededIds()
        self.driver = Driver(self.clock, self.alarm, _fail, Ways())
        self.stack = SipStack(SipConfig(), _stations("1001", "1002"), ids, b"key of a test")
        self.ivr = ivr.service.build(
            IvrConfig(), FlowSet.of({"hotline": _flow(ring_s)}), ids, world_of()
        ).application
        queue = QueueConfig(name="service", ring_timeout_s=ring_timeout_s, wrap_up_s=wrap_up_s)
        agents = [AgentConfig(id=number, queues=["service"]) for number in ("1001", "1002")]
        self.acd = acd.service.build(
            [queue], agents, {"1001": 0, "1002": 0}, ids, self.driver.submit, self.clock
        )
        code = AccessCodeConfig(number="95598", target="flow:hotline")
        self.exchange = Exchange([code], ids, {"flow:hotline", "queue:service"}.__contains__)
        self._wire()

    def _wire(self) -> None:
        for core in (self.stack, *self.ivr.cores, *self.acd.cores):
            self.driver.add_core(core)
        for part in (self.stack, self.exchange, self.media):
            self.driver.add_routes(part.routes())
        for application in (self.ivr, self.acd):
            self.driver.add_routes(application.routes)
        self.driver.add_routes({SendMessage: self._send, KeepBindings: lambda command, now: ()})
        self.driver.observe(lambda event, wall: self.events.append(event))

    # -- the world -----------------------------------------------------------------------------------

    def receive(self, hop: Hop, message: Message) -> None:
        """A datagram arrives from a phone."""
        self.driver.run_step(lambda now: [MessageReceived(as_bytes(message), hop)])

    def pass_time(self, seconds: float) -> None:
        """Walk from deadline to deadline."""
        end = self.clock.now() + seconds
        while (at := self.alarm.deadline) is not None and at <= end:
            self.clock.move_to(max(at, self.clock.now()))
            self.alarm.ring()
        self.clock.move_to(end)

    def verb(self, name: str, **params: object) -> Any:
        """A verb of the ACD, as the control socket would carry it out."""
        verb = next(verb for verb in self.acd.verbs if verb.name == name)
        return verb.handle(verb.params.model_validate(params))

    def agent_state(self, agent: str) -> str:
        return next(str(view["state"]) for view in self.verb("agent.list") if view["id"] == agent)

    # -- the agent's phone ---------------------------------------------------------------------------

    def seat(self, agent: str) -> None:
        """Register the agent's phone, sign in, make ready."""
        self.register(agent)
        self.verb("agent.sign_in", agent=agent, station=agent)
        self.verb("agent.ready", agent=agent)

    def register(self, agent: str) -> None:
        """The phone of the station of that name says where it is."""
        address = f"<sip:{agent}@ringmain>"
        plain = make_request(
            "REGISTER",
            uri="sip:ringmain",
            caller=f"{address};tag=phone",
            called=address,
            sip_call_id=f"register-{agent}",
            branch=f"z9hG4bKregister{agent}",
            hop=PHONE,
        )
        self.receive(PHONE, plain)
        challenge = self.answer_to(PHONE, 401)
        self.receive(PHONE, authorized(plain, challenge, user=agent, password=agent[::-1]))

    def phone_answers(self) -> None:
        """The phone rung last picks up; the switch acknowledges."""
        self.receive(PHONE, make_response(self.request_to(PHONE, "INVITE"), 200, body=AGENT_SDP))

    def phone_says(self, status: int) -> None:
        self.receive(PHONE, make_response(self.request_to(PHONE, "INVITE"), status))

    def phone_hangs_up(self, invite: Request | None = None) -> None:
        """The phone rung last, or the one that ``invite`` rang."""
        invite = invite or self.request_to(PHONE, "INVITE")
        caller, called = invite.headers.get("from") or "", invite.headers.get("to") or ""
        self.receive(
            PHONE,
            make_request(
                "BYE",
                uri="sip:ringmain",
                caller=f"{called};tag=callee",
                called=caller,
                sip_call_id=invite.headers.get("call-id") or "",
                branch="z9hG4bKphonebye",
                hop=PHONE,
            ),
        )

    # -- the caller ----------------------------------------------------------------------------------

    def call(self) -> None:
        """Dial 95598; the flow answers at once."""
        self.receive(CALLER, self._of_caller("INVITE", cseq=1, body=CALLER_SDP))
        self.receive(CALLER, self._of_caller("ACK", cseq=1, answered=True))

    def dial(self) -> None:
        """Dial 95598 and send no ACK: it rings, or the 200 OK is on its way."""
        self.receive(CALLER, self._of_caller("INVITE", cseq=1, body=CALLER_SDP))

    def press(self, digit: str) -> None:
        leg_id = next(call.customer.leg_id for call in self.exchange.calls())
        self.driver.submit(DigitDetected(leg_id=leg_id, digit=digit, duration_ms=100))

    def finish_prompt(self) -> None:
        """What plays to the caller has been heard to its end."""
        leg_id, playback_id = self.media.playing.popitem()
        self.driver.submit(PlaybackEnded(playback_id=playback_id, leg_id=leg_id, reason="finished"))

    def hang_up(self) -> None:
        self.receive(CALLER, self._of_caller("BYE", cseq=2, answered=True))

    def cancel(self) -> None:
        self.receive(CALLER, self._of_caller("CANCEL", cseq=1))

    def acknowledge_refusal(self) -> None:
        """ACK of a final answer that is no success; it belongs to the INVITE's transaction."""
        ack = self._of_caller("ACK", cseq=1)
        ack.headers.set_all("via", self._of_caller("INVITE", cseq=1).headers.get_all("via"))
        self.receive(CALLER, ack)

    def _of_caller(self, method: str, *, cseq: int, answered: bool = False, body: str = "") -> Request:
        called = "<sip:95598@switch>"
        if answered:
            called = self.answer_to(CALLER, 200).headers.get("to") or ""
        branch = "z9hG4bKinvite" if method in ("INVITE", "CANCEL") else f"z9hG4bK{method}"
        return make_request(method, cseq=cseq, called=called, body=body, branch=branch, hop=CALLER)

    # -- what was seen -------------------------------------------------------------------------------

    def request_to(self, hop: Hop, method: str) -> Request:
        """The newest request of a method sent to a phone."""
        found = [m for to, m in self.sent if to == hop and isinstance(m, Request) and m.method == method]
        assert found, f"no {method} was sent to {hop}"
        return found[-1]

    def answer_to(self, hop: Hop, status: int) -> Response:
        found = [m for to, m in self.sent if to == hop and isinstance(m, Response) and m.status == status]
        assert found, f"no {status} was sent to {hop}"
        return found[-1]

    def last(self, kind: type[K]) -> K:
        found = [event for event in self.events if isinstance(event, kind)]
        assert found, f"no {kind.__name__} happened"
        return found[-1]

    def open_things(self) -> dict[str, int]:
        """Everything that must be zero when nobody calls."""
        (interpreter,), core = self.ivr.cores, self.acd.cores[0]
        return {
            "calls": self.exchange.open_calls,
            "legs": self.stack.open_legs,
            "dialogs": self.stack.open_dialogs,
            "transactions": self.stack.open_transactions,
            "endpoints": len(self.media.open_endpoints),
            "recordings": len(self.media.open_recordings),
            "callers in flows": sum(flow["calls"] for flow in _listed(self.ivr, "flow.list")),
            "callers in queues": sum(queue["waiting"] for queue in _listed(self.acd, "queue.list")),
            "timers of flows": interpreter.next_deadline() is not None,
            "timers of queues": core.next_deadline() is not None,
        }

    def _send(self, message: SendMessage, now: float) -> Outputs:
        sent = parse_message(message.data)
        self.sent.append((message.hop, sent))
        answered_at_once = isinstance(sent, Request) and sent.method in ("BYE", "CANCEL")
        if isinstance(sent, Request) and answered_at_once:
            return [MessageReceived(as_bytes(make_response(sent, 200)), message.hop)]
        return ()


def _listed(application: Any, name: str) -> list[dict[str, Any]]:
    verb = next(verb for verb in application.verbs if verb.name == name)
    views: list[dict[str, Any]] = verb.handle(verb.params())
    return views


def _stations(*names: str) -> list[StationConfig]:
    return [StationConfig.model_validate({"name": name, "password": name[::-1]}) for name in names]


def _flow(ring_s: float) -> Flow:
    flow, problems = read_flow(FLOW, "hotline.yaml", Surroundings({"zh/menu"}, {"service"}.__contains__))
    assert flow is not None, problems
    return flow.model_copy(update={"ring_s": ring_s})


def _fail(item: object, error: Exception) -> Outputs:
    raise AssertionError(f"{item} raised {error!r}") from error
