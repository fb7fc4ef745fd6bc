"""Who is heard in a call's recording, and on which channel. What is told of it is what manifests say."""

from media.commands import AttachToRecording, Channel, DetachFromRecording
from runtime.vocabulary import Output
from switch.call import Call, Calls, Heard, Leg
from switch.events import RecordingLegJoined, RecordingLegLeft
from switch.leg_role import LegRole

_CHANNELS = {LegRole.CUSTOMER: Channel.CUSTOMER, LegRole.AGENT: Channel.AGENT}


def record_two(call: Call) -> list[Output]:
    """What the customer's leg says goes into the call's recording, if it has one, and so the connected one's.

    An outside number that a station calls is the customer, so the station is on the right. Who holds by
    order, or is muted, says nothing in this call.
    """
    if call.recording_id is None:
        return []
    legs = [leg for leg in call.talking or (call.customer,) if not (leg.holds_by_order or leg.muted)]
    return [output for leg in legs for output in _record(call, leg, _role_of(call, leg), call)]


def record_party(call: Call, leg: Leg) -> list[Output]:
    """What a further party says goes into it too."""
    return _record(call, leg, LegRole.PARTY, call)


def record_supervisor(call: Call, own: Call) -> list[Output]:
    """What a supervisor says, who came in from a call of their own."""
    return _record(call, own.customer, LegRole.SUPERVISOR, own)


def leave_out(leg: Leg) -> list[Output]:
    """The leg goes on, and is recorded no more."""
    return [DetachFromRecording(leg_id=leg.leg_id), *lose(leg)]


def lose(leg: Leg) -> list[Output]:
    """The leg is gone, or another has its place."""
    heard, leg.heard = leg.heard, None
    if heard is None:
        return []
    return [RecordingLegLeft(recording_id=heard.recording_id, call_id=heard.call_id, leg_id=leg.leg_id)]


def forget_all(calls: Calls, call: Call) -> None:
    """The recording is over with all who are heard in it."""
    supervisors = (calls.by_id[own_id].customer for own_id in call.supervisors)
    for leg in (call.customer, *(offer.leg for offer in call.offers.values()), *supervisors):
        leg.heard = None


def _record(call: Call, leg: Leg, role: LegRole, whose: Call) -> list[Output]:
    """``whose``: the leg's own call. Nothing new is told of one who is heard so already."""
    if call.recording_id is None:
        return []
    heard = Heard(call.recording_id, call.call_id, role)
    if leg.heard == heard:
        return []
    replaced = _replaced(call, heard) if role in _CHANNELS else []
    channel = _CHANNELS.get(role, Channel.BESIDE)
    attached = AttachToRecording(recording_id=call.recording_id, leg_id=leg.leg_id, channel=channel)
    leg.heard = heard
    station = whose.station_of(leg)
    joined = RecordingLegJoined(
        recording_id=call.recording_id,
        call_id=call.call_id,
        leg_id=leg.leg_id,
        role=role,
        party=station or whose.end_of(leg)[0],
        outside=station is None,
    )
    return [*replaced, attached, joined]


def _replaced(call: Call, heard: Heard) -> list[Output]:
    """A channel has one customer, and one agent."""
    others = (call.customer, *(offer.leg for offer in call.offers.values()))
    return [output for other in others if other.heard == heard for output in lose(other)]


def _role_of(call: Call, leg: Leg) -> LegRole:
    return LegRole.CUSTOMER if leg is call.customers_leg else LegRole.AGENT
