"""A customer who talks to station 1001, and the verbs that people and programs have for live calls."""

from typing import Any

from runtime.errors import UsageError
from switch.call import Call
from switch.call_control.phone_keys import PhoneKeys
from switch.call_control.targets import Targets
from switch.call_control.transfer_verbs import TransferVerbs
from switch.call_control.verbs import CallControlVerbs
from switch.commands import AnswerCall, ConnectCall, OfferCall
from switch.reach import Reach
from switch.sip.commands import PhoneOrder
from switch.sip.events import LegAnswered, LegReoffered
from switch.trunks.commands import DialTrunk
from switch.verbs import ExchangeVerbs
from tests.helpers.exchange_rig import AGENT_SDP, CALLER_SDP, OUTSIDE_NUMBER
from tests.helpers.supervision_rig import SupervisionRig

AGENTS = {"agent:81", "agent:82"}


class CallControlRig(SupervisionRig):
    """Agent 82 is signed out; 81 has a queue of the own, which is nobody's here."""

    def __init__(self) -> None:
        super().__init__()
        self.reach = Reach(
            contacts=lambda station: ("a phone",) if station in self.registered else (),
            has_route={OUTSIDE_NUMBER}.__contains__,
            may_dial=lambda station, number: station != "1003",
            knows_target=self.knows_target,
            access_codes=frozenset(),
            obstacle={"agent:82": "agent 82 is signed out"}.get,
        )
        submit = self.driver.submit
        self.understood: dict[str, frozenset[PhoneOrder]] = {}
        """By leg: the keys of its phone that can be pressed from afar."""
        self.targets = targets = Targets(self.reach)
        phone_keys = PhoneKeys(lambda leg_id: self.understood.get(leg_id, frozenset()), submit)
        verbs = (
            *CallControlVerbs(self.exchange, targets, phone_keys, self.clock, submit).verbs(),
            *TransferVerbs(self.exchange, targets, self.ids, self.clock, submit).verbs(),
        )
        self.control = {verb.name: verb for verb in verbs}
        of_calls = ExchangeVerbs(
            self.exchange, lambda now: [], {}, self.clock, submit, name="", version=""
        ).verbs()
        self.all_control = {verb.name: verb for verb in of_calls} | self.control
        self.call_id = ""

    def knows_target(self, target: str) -> bool:
        return target in AGENTS or super().knows_target(target)

    def refuse_target(self, call: Call, target: str, by: str) -> None:
        self.targets.refuse_what_is_in_vain(call, target, by)

    def talk(self) -> str:
        """The customer talks to station 1001 from now on."""
        self.call_id = self.customer_talks()
        return self.call_id

    def consults_too(self, leg_id: str) -> str:
        """Another customer talks to station 1001, which consults 1002, who answers; returns the call."""
        call_id = self.talks_too(leg_id)
        self.ask("call.consult", call_id=call_id, target="station:1002")
        self.answer_station()
        return call_id

    def talks_too(self, leg_id: str) -> str:
        """Another customer talks to station 1001; returns the call."""
        call_id = self.arrive(leg_id)
        self.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id=leg_id, station="1001"))
        self.answer_station()
        self.feed(ConnectCall(call_id=call_id, offer_id=leg_id))
        return call_id

    def ask(self, verb: str, **params: object) -> Any:
        """A verb about the customer's call, unless another is named."""
        entry = self.all_control[verb]
        return entry.handle(entry.params.model_validate({"call_id": self.call_id, **params}))

    def refusal(self, verb: str, **params: object) -> str:
        """The reason why a verb is refused; empty when it is not."""
        try:
            self.ask(verb, **params)
        except UsageError as refusal:
            return refusal.reason if str(refusal) else f"{verb} tells people nothing"
        return ""

    def last_dialled_out(self) -> str:
        """The outside number that was dialled last answers; returns its leg."""
        leg_id = self.last(DialTrunk).leg_id
        self.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
        return leg_id

    def reoffer(self, leg_id: str, sdp: str = CALLER_SDP) -> None:
        self.feed(LegReoffered(leg_id=leg_id, sdp=sdp))
