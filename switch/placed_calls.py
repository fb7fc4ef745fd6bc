"""Calls that the switch makes itself: whom it calls is the customer, as if they had called.

placed ──► rings ──► answered: the application it is for gets the call, as one that was handed to it
   └─────────┴──► busy, refused, unreachable, no answer: the call ends, and tells why
"""

from media.commands import OpenEndpoint
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.target import parse_target
from runtime.tenancy import bare, tenant_of_id
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg, Placement
from switch.call_recording import CallRecording
from switch.causes import Cause
from switch.commands import PlaceCall
from switch.customers.facts import NOTHING_KNOWN, FactsOf
from switch.data_keeping import data_told
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME, TargetCheck
from switch.endings import end_call
from switch.events import CallAnswered, CallPlaced, CallRinging
from switch.families import Families
from switch.invitations import Invitation, Inviting
from switch.recording_rule import RecordingPolicies, RecordingRule
from switch.sip.events import BranchTried, LegAnswered, LegRinging
from switch.telling import handed_off
from switch.trunks.endpoints import trunk_of


class PlacedCalls:
    """The part of the exchange that calls customers. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        recording: CallRecording,
        inviting: Inviting,
        families: Families,
        policies: RecordingPolicies,
        knows_target: TargetCheck,
        facts_of: FactsOf,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._recording = recording
        self._inviting = inviting
        self._families = families
        self._policies = policies
        self._knows_target = knows_target
        self._facts_of = facts_of

    def place(self, command: PlaceCall, now: float, *, refused: Cause | None) -> list[Output]:
        """Take ports for the customer's leg; it is dialled as soon as they are there.

        ``refused``: why no call is made now.
        """
        if command.call_id in self._calls.by_id:
            return []
        call = self._new_call(command, now)
        self._calls.add(call)
        self._calls.note(call.contact_id, command.data)
        cause = refused or self._why_not(command)
        if cause is not None:
            return self.never_dialled(call, cause)
        placement = _placement(call)
        ipv6 = self._families.is_ipv6(placement.whom.name, outside=placement.outside)
        return [OpenEndpoint(leg_id=call.customer.leg_id, near=None, ipv6=ipv6)]

    def enter(self, command: PlaceCall, now: float) -> Call:
        """A call whose customer needs no phone to be rung; ``taken`` gives it to its application."""
        call = self._new_call(command, now)
        self._calls.add(call)
        return call

    def never_dialled(self, call: Call, cause: Cause) -> list[Output]:
        """Nobody is rung; who ordered the call hears of it as of any other that fails."""
        return [*self.told(call), *end_call(self._calls, call, cause, by_caller=False)]

    def dial(self, call: Call) -> list[Output]:
        """The ports are there: ring whom the call is for."""
        call.state = CallState.CALLING
        placement = _placement(call)
        invitation = Invitation(
            party=placement.whom.name,
            outside=placement.outside,
            caller_number=call.called_number,
            caller_name=placement.shown_name,
            limit_s=placement.ring_s,
            auto_answer=placement.auto_answer,
            data=self._calls.data.of(call.contact_id),
        )
        rung = self._inviting.ring(call, call.customer, invitation)
        return [*self.told(call), *self._recording.reached(call, RecordingRule.FROM_ARRIVAL), *rung]

    def tried(self, event: BranchTried) -> list[Output]:
        """The call goes out by a trunk, perhaps after another failed: its rule of recording holds."""
        leg = self._calls.legs.get(event.leg_id)
        if leg is None or leg.offer_id is not None:
            return []
        call = self._calls.of_leg(leg)
        call.trunk = trunk_of(event.branch)
        if call.recording_id is None and _placement(call).record is None:
            call.recording_rule = self._policies.rule_for(
                call.contact_id, call.access_code or None, call.trunk
            )
        return self._recording.reached(call, RecordingRule.FROM_ARRIVAL)

    def ringing(self, call: Call, leg: Leg, event: LegRinging) -> list[Output]:
        """It rings, perhaps with early media, which only a recording hears."""
        heard = [] if event.sdp is None else self._inviting.hear_early(leg, event.sdp)
        return [*heard, CallRinging(call_id=call.call_id, early_media=bool(heard))]

    def answered(self, call: Call, leg: Leg, event: LegAnswered) -> list[Output]:
        """Whom we called has answered: the application gets the call."""
        call.sip_call_id = event.sip_call_id
        try:
            taken = self._inviting.take_answer(leg, event, outside=_placement(call).outside)
        except PeerError:
            return end_call(self._calls, call, Cause.INCOMPATIBLE_DESTINATION, by_caller=False)
        return [*taken, *self.taken(call)]

    def taken(self, call: Call) -> list[Output]:
        """The customer is there: whom we called, or who picked the call up in their place."""
        call.state = CallState.ANSWERED
        recorded = self._recording.answered(call)
        answered = CallAnswered(
            call_id=call.call_id,
            recording_id=call.recording_id,
            trunk=call.trunk,
            sip_call_id=call.sip_call_id,
        )
        return [*recorded, answered, handed_off(call)]

    def told(self, call: Call) -> list[Output]:
        """What is told of a call the switch makes."""
        placed = CallPlaced(
            call_id=call.call_id,
            contact_id=call.contact_id,
            leg_id=call.customer.leg_id,
            whom=str(_placement(call).whom),
            caller_number=call.caller_number,
            caller_name=call.caller_name,
            called_number=call.called_number,
            access_code=call.access_code,
            target=call.target,
            agent=_placement(call).agent,
        )
        return [placed, *data_told(self._calls, call, {})]

    def _why_not(self, command: PlaceCall) -> Cause | None:
        scheme, name = parse_target(command.whom)
        if scheme not in (STATION_SCHEME, NUMBER_SCHEME) or not name:
            return Cause.INVALID_NUMBER_FORMAT
        return None if self._knows_target(command.target) else Cause.NO_ROUTE_DESTINATION

    def _new_call(self, command: PlaceCall, now: float) -> Call:
        whom = parse_target(command.whom)
        station = whom.name if whom.scheme == STATION_SCHEME else None
        is_customer = command.caller_number or station is None
        number = command.caller_number or bare(whom.name)
        tenant = tenant_of_id(command.call_id)
        return Call(
            call_id=command.call_id,
            contact_id=command.contact_id,
            sip_call_id="",
            caller_number=number,
            caller_name=command.caller_name,
            called_number=command.shown_number,
            access_code=command.access_code,
            target=command.target,
            peer="",
            trunk=None,
            area="",
            recording_rule=command.record
            or self._policies.rule_for(command.contact_id, command.access_code or None, None),
            arrived_at=now,
            customer=Leg(leg_id=self._ids.new("leg"), call_id=command.call_id, offer_id=None),
            session_id=self._ids.token() + self._ids.token(),
            tenant=tenant,
            facts=self._facts_of(number, tenant) if is_customer else NOTHING_KNOWN,
            caller_station=station,
            placement=Placement(
                whom,
                command.shown_name,
                command.ring_s,
                command.record,
                command.agent,
                command.auto_answer,
            ),
        )


def _placement(call: Call) -> Placement:
    assert call.placement is not None, f"{call.call_id} came in"
    return call.placement
