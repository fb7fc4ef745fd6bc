"""Calls that arrive: turned away, or made a call that its application gets once its ports are open."""

from media.commands import OpenEndpoint
from runtime.contact_data import Data
from runtime.errors import PeerError
from runtime.ids import Ids
from runtime.tenancy import id_kind, tenant_of
from runtime.vocabulary import Output
from switch import negotiation
from switch.arrival import Admission, Admitted, TurnedAway
from switch.call import Call, Calls, CallState, Leg
from switch.call_headers import CallHeaders
from switch.call_recording import CallRecording
from switch.causes import Cause
from switch.config import AccessCodeConfig
from switch.data_keeping import data_told
from switch.dial_plan import DialPlan
from switch.endings import refuse_arrival, refuse_call
from switch.recording_rule import RecordingPolicies, RecordingRule
from switch.replacements import Replacements
from switch.sip.events import LegArrived
from switch.telling import arrived
from switch.tenants.limits import CallLimits


class Arriving:
    """The part of the exchange that takes calls in. Shares the exchange's ``Calls``."""

    def __init__(
        self,
        calls: Calls,
        ids: Ids,
        admit: Admission,
        plan: DialPlan,
        limits: CallLimits,
        policies: RecordingPolicies,
        recording: CallRecording,
        replacements: Replacements,
        headers: CallHeaders,
    ) -> None:
        self._calls = calls
        self._ids = ids
        self._admit = admit
        self._plan = plan
        self._limits = limits
        self._policies = policies
        self._recording = recording
        self._replacements = replacements
        self._headers = headers
        self.refuse_after_s: int | None = None
        """While the switch drains: after how long who calls may try again."""

    def leg_arrived(self, event: LegArrived, now: float) -> list[Output]:
        """Somebody calls: the call is turned away, or its ports are opened."""
        if event.replaces_leg_id is not None:
            return self._replacements.arrived(event)
        if self.refuse_after_s is not None:
            return self._turn_away(event, Cause.NORMAL_TEMPORARY_FAILURE, self.refuse_after_s)
        arrival = self._admit(event, now)
        if isinstance(arrival, TurnedAway):
            refusal = self._turn_away(event, arrival.cause, arrival.retry_after_s, arrival.black_list)
            return [*arrival.outputs, *refusal]
        access_code = self._plan.access_code(arrival.called_number, event.station)
        target = access_code.target if access_code else self._dialled_by(event.station, arrival.called_number)
        if target is None:
            return self._turn_away(event, self._why_nobody(event.station, arrival.called_number))
        tenant = _tenant(access_code, event.station)
        full = self.no_room(tenant)
        if full is not None:
            return [*full, *self._turn_away(event, Cause.NORMAL_CIRCUIT_CONGESTION)]
        rejection = arrival.facts.rejection
        target = rejection.target or target if rejection else target
        call = self._new_call(event, arrival, access_code, target, tenant, now)
        self._calls.add(call)
        if brought := self._brought(event, arrival):
            self._calls.note(call.contact_id, brought)
        ipv6 = negotiation.speaks_ipv6(event.sdp, event.peer)
        return [OpenEndpoint(leg_id=event.leg_id, near=None, ipv6=ipv6)]

    def present(self, call: Call) -> list[Output]:
        """The customer's ports are open: agree on media and give the call to its application."""
        if call.customer.peer_sdp is not None:
            try:
                negotiation.answer(call.customer, call.customer.peer_sdp)
            except PeerError:
                return refuse_call(self._calls, call, Cause.INCOMPATIBLE_DESTINATION)
        call.state = CallState.ALERTING
        data = data_told(self._calls, call, {})
        return [arrived(call), *data, *self._recording.reached(call, RecordingRule.FROM_ARRIVAL)]

    def no_room(self, tenant: str) -> list[Output] | None:
        """None when the tenant may have another call; else what is told of its refusal."""
        return self._limits.refuse(tenant, self._calls.of_tenants[tenant])

    def _brought(self, event: LegArrived, arrival: Admitted) -> Data:
        """The call data in its headers."""
        if event.station is not None:
            return self._headers.told_by_station(event.leg_id, event.station)
        return {} if arrival.trunk is None else self._headers.told_by_trunk(event.leg_id, arrival.trunk)

    def _turn_away(
        self, event: LegArrived, cause: Cause, retry_after_s: int | None = None, black_list: str = ""
    ) -> list[Output]:
        code = self._plan.access_code(event.called_number, event.station)
        call_id = self._ids.new(id_kind("call", _tenant(code, event.station)))
        return refuse_arrival(event, call_id, cause, retry_after_s, black_list)

    def _dialled_by(self, station: str | None, number: str) -> str | None:
        """Stations reach each other and outside numbers without an access code; others do not."""
        return self._plan.target_of(number, station) if station is not None else None

    def _why_nobody(self, station: str | None, number: str) -> Cause:
        barred = station is not None and self._plan.bars(number)
        return Cause.OUTGOING_CALL_BARRED if barred else _cause_of_unknown(number)

    def _new_call(
        self,
        event: LegArrived,
        arrival: Admitted,
        access_code: AccessCodeConfig | None,
        target: str,
        tenant: str,
        now: float,
    ) -> Call:
        call_id = self._ids.new(id_kind("call", tenant))
        contact_id = self._ids.new(id_kind("contact", tenant))
        code = access_code.number if access_code else ""
        return Call(
            call_id,
            contact_id,
            event.sip_call_id,
            arrival.caller_number,
            arrival.caller_name,
            arrival.called_number,
            code,
            target,
            event.peer,
            arrival.trunk,
            arrival.area,
            self._policies.rule_for(contact_id, code or None, arrival.trunk),
            arrived_at=now,
            customer=Leg(leg_id=event.leg_id, call_id=call_id, offer_id=None, peer_sdp=event.sdp),
            tenant=tenant,
            facts=arrival.facts,
            privacy=event.privacy,
            business_type=access_code.business_type if access_code else "",
            diversions=event.diversions,
            session_id=event.session_id,
            caller_station=event.station,
        )


def _tenant(access_code: AccessCodeConfig | None, station: str | None) -> str:
    """Whose call it is: that of the number that was dialled, or else of the station that calls."""
    return tenant_of(access_code.number if access_code is not None else station or "")


def _cause_of_unknown(number: str) -> Cause:
    """Nobody has that number; or none was dialled (RFC 3261 §21.4.22)."""
    return Cause.UNALLOCATED_NUMBER if number else Cause.INVALID_NUMBER_FORMAT
