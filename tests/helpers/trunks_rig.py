"""The trunks' core on a hand-moved clock, with a test speaking for the SIP stack and for DNS."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from runtime.clock import ManualClock
from runtime.ids import SeededIds
from runtime.tenancy import HOUSE
from runtime.vocabulary import Command
from switch.arrival import Admitted, TurnedAway
from switch.causes import Cause
from switch.sip.commands import DialLeg, SendRequest
from switch.sip.events import BranchFailed, LegAnswered, LegArrived, LegEnded, RequestAnswered
from switch.sip.locating.locator import Locator
from switch.sip.locating.records import Answer, AskDns, DnsAnswered, Question
from switch.trunks.areas import Areas
from switch.trunks.commands import DialTrunk, StartTrunks
from switch.trunks.config import NumberingConfig, RouteConfig, TrunkConfig
from switch.trunks.state import TrunksState
from switch.trunks.trunk import Trunk
from switch.trunks.trunks import Trunks

K = TypeVar("K")

OUR_HOST = "203.0.113.1"
SDP = (
    "v=0\r\no=- 1 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\n"
    "m=audio 20000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
)
AREAS = {"0772": "柳州", "0773": "桂林"}


def trunk_config(name: str, *hosts: str, **keys: Any) -> TrunkConfig:
    """A trunk at these addresses, which nobody asks by OPTIONS unless a key says so."""
    addresses = [{"host": host} for host in hosts or ("192.0.2.1",)]
    return TrunkConfig.model_validate({"name": name, "addresses": addresses, "options_interval_s": 0, **keys})


class TrunksRig:
    """Give it events and commands; read what came out since the last look."""

    def __init__(
        self,
        *configs: TrunkConfig,
        routes: Sequence[RouteConfig] | None = None,
        numbering: NumberingConfig | None = None,
        guests: bool = True,
        owners: Mapping[str, str] | None = None,
        dns: Mapping[Question, Answer] | None = None,
        state: TrunksState | None = None,
        seed: int = 0,
    ) -> None:
        """Without ``routes`` every number goes through all trunks, in order. ``dns`` answers at once.

        ``owners``: tenants by their access codes.
        """
        self.clock = ManualClock(1000.0)
        self.dns = dict(dns or {})
        self.outputs: list[Any] = []
        everywhere = [RouteConfig(numbers=["."], trunks=[config.name for config in configs])]
        self.trunks = Trunks(
            configs,
            everywhere if routes is None else routes,
            numbering or NumberingConfig(area_code="772"),
            Areas(AREAS.items()),
            SeededIds(seed),
            Locator(),
            our_host=lambda hop: OUR_HOST,
            guests=guests,
            owner_of=lambda number: (owners or {}).get(number, HOUSE),
            state=state,
        )
        self.legs = 0
        self.feed(StartTrunks())

    @property
    def now(self) -> float:
        return self.clock.now()

    def order(self, command: Command) -> None:
        """As the driver's ``submit``."""
        self.feed(command)

    def feed(self, *items: Any) -> list[Any]:
        """Events, commands, answers of DNS; returns what came out because of them."""
        came = []
        for item in items:
            came += self._settle(self.trunks.routes()[type(item)](item, self.now))
        return came

    def pass_time(self, seconds: float) -> list[Any]:
        """Walk from deadline to deadline; returns what came out meanwhile."""
        end, came = self.now + seconds, []
        while (at := self.trunks.next_deadline()) is not None and at <= end:
            self.clock.move_to(max(self.now, at))
            came += self._settle(self.trunks.wake(now=self.now))
        self.clock.move_to(end)
        return came

    def trunk(self, name: str) -> Trunk:
        found = self.trunks.find(name)
        assert found is not None
        return found

    def dial(self, number: str = "01012345678", **fields: Any) -> Any:
        """Dial a number; returns the DialLeg, or the LegEnded that tells why not."""
        self.legs += 1
        command: dict[str, Any] = {"caller_number": "95598", "caller_name": "", "sdp": SDP, **fields}
        came = self.feed(DialTrunk(leg_id=f"leg-{self.legs}", number=number, **command))
        return next(item for item in came if isinstance(item, DialLeg | LegEnded))

    def arrive(self, **fields: Any) -> Admitted | TurnedAway:
        """A call comes in; by default from the address of the first trunk."""
        self.legs += 1
        event: dict[str, Any] = {
            "sip_call_id": "call@trunk",
            "caller_number": "13800138000",
            "caller_name": "",
            "called_number": "95598",
            "peer": "udp:192.0.2.1:5060",
            "sdp": SDP,
            **fields,
        }
        return self.trunks.admit(LegArrived(leg_id=f"leg-{self.legs}", **event), self.now)

    def try_branch(self, dialled: DialLeg, position: int = 0) -> bool:
        """The call comes to a branch; whether it is tried."""
        told = self.trunks.hold_back(dialled.leg_id, dialled.branches[position].name, self.now)
        self._settle(told or ())
        return told is None

    def fail_branch(
        self, dialled: DialLeg, position: int = 0, status: int = 503, retry_after_s: int | None = None
    ) -> list[Any]:
        name = dialled.branches[position].name
        failed = BranchFailed(leg_id=dialled.leg_id, branch=name, status=status, retry_after_s=retry_after_s)
        return self.feed(failed)

    def answer_call(self, dialled: DialLeg) -> list[Any]:
        return self.feed(LegAnswered(leg_id=dialled.leg_id, sdp=SDP))

    def end(self, leg_id: str) -> list[Any]:
        cause = Cause.NORMAL_CLEARING
        return self.feed(LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=True))

    def answer(self, request: SendRequest, status: int = 200, **fields: Any) -> list[Any]:
        """The end of a request; 408 and 503 were said by nobody."""
        by_peer = status not in (408, 503)
        answer: dict[str, Any] = {
            "by_peer": by_peer,
            "cseq": request.cseq,
            "peer": str(request.hop),
            **fields,
        }
        return self.feed(RequestAnswered(request_id=request.request_id, status=status, **answer))

    def requests(self, method: str) -> list[SendRequest]:
        """Those that were sent since the start."""
        return [out for out in self.all(SendRequest) if out.method == method]

    def all(self, kind: type[K]) -> list[K]:
        return [output for output in self.outputs if isinstance(output, kind)]

    def _settle(self, outputs: Any) -> list[Any]:
        came = list(outputs)
        for output in came:
            assert isinstance(output, Command) or hasattr(output, "topic")
            self.outputs.append(output)
        for question in [Question(out.name, out.type) for out in came if isinstance(out, AskDns)]:
            answer = self.dns.get(question)
            if answer is not None:
                came += self.feed(DnsAnswered(question, answer))
        return came
