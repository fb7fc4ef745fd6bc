"""Who hears whom in a call: two who talk are bridged; with a supervisor or a third party they are a mix.

A supervision is of a conversation: it ends when the two do not talk with each other any more.
"""

from media.commands import JoinMix, LeaveMix, MixRole, UnbridgeEndpoints
from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg, Offer, Supervisor
from switch.call_media.playing import bridge, stop_playing
from switch.events import SupervisionEnd, SupervisionEnded
from switch.recorded_legs import leave_out, record_party, record_supervisor, record_two
from switch.supervision_mode import SupervisionMode

_ROLES = {
    SupervisionMode.MONITOR: MixRole.MONITOR,
    SupervisionMode.WHISPER: MixRole.WHISPER,
    SupervisionMode.BARGE: MixRole.BARGE,
}


def let_talk(call: Call) -> list[Output]:
    """Customer and connected station hear each other, in place of what they are played."""
    present = call.present
    if not call.mixed:
        call.mixed = _is_third_there(call) or any([leg.muted for leg in present])
    if not call.mixed and len(present) == 2:
        return [bridge(*present)]
    silence = [stop_playing(leg) for leg in call.talking]
    if not call.mixed:
        return [*silence]
    parties = [output for party in call.parties for output in join(call, party)]
    return [*silence, *(_speaks(call, leg) for leg in present), *parties]


def step_out(call: Call, leg: Leg) -> list[Output]:
    """One of two who talk hears, and is heard by, nobody in the call until it is to talk again."""
    apart = LeaveMix(leg_id=leg.leg_id) if call.mixed else UnbridgeEndpoints(leg_id=leg.leg_id)
    silence = [stop_playing(leg)] if call.talking else []
    return [apart, *silence, *leave_out(leg)]


def step_in(call: Call, leg: Leg) -> list[Output]:
    """It talks again, in place of what both are played."""
    return [*let_talk(call), *record_two(call)] if call.talking else record_two(call)


def mute(call: Call, leg: Leg) -> list[Output]:
    """One of two who talk is heard by nobody from now on; a recording holds silence of it."""
    leg.muted = True
    heard = _mix(call) or [_speaks(call, leg)] if leg in call.present else []
    return [*heard, *leave_out(leg)]


def unmute(call: Call, leg: Leg) -> list[Output]:
    """It is heard by all again."""
    leg.muted = False
    heard = [_speaks(call, leg)] if leg in call.present and call.mixed else []
    return [*heard, *record_two(call)]


def join(call: Call, party: Offer) -> list[Output]:
    """A party that has answered talks with the others, or only hears them while it is muted."""
    if not party.accepted or call.connected_leg is None:
        return []
    leg = party.leg
    if party.muted:
        listens_only = JoinMix(mix_id=call.call_id, leg_id=leg.leg_id, role=MixRole.MONITOR)
        return [*_mix(call), *leave_out(leg), listens_only]
    return [*_mix(call), _speaks(call, leg), *record_party(call, leg)]


def take_in(call: Call, own: Call) -> list[Output]:
    """The customer of ``own``, who is one of the supervisors, listens as the mode says."""
    outputs = _mix(call)
    supervisor = call.supervisors[own.call_id]
    role = _ROLES[supervisor.mode]
    whisper_to = supervisor.beside if role is MixRole.WHISPER else None
    leg = own.customer
    joined = JoinMix(mix_id=call.call_id, leg_id=leg.leg_id, role=role, whisper_to=whisper_to)
    if supervisor.mode is SupervisionMode.BARGE:
        return [*outputs, joined, *record_supervisor(call, own)]
    return [*outputs, *leave_out(leg), joined]


def stop_listening(calls: Calls, own: Call, reason: SupervisionEnd) -> list[Output]:
    """The customer of ``own`` supervises nobody any longer; the two talk on, and are relayed again."""
    if own.supervises is None:
        return []
    call, own.supervises = calls.by_id[own.supervises], None
    del call.supervisors[own.call_id]
    leg = own.customer
    return [*leave_out(leg), LeaveMix(leg_id=leg.leg_id), _ended(call, own.call_id, reason)]


def record_others(calls: Calls, call: Call) -> list[Output]:
    """A recording begins: all who are heard beside customer and agent belong to it."""
    outputs: list[Output] = []
    for own_id, supervisor in call.supervisors.items():
        if supervisor.mode is SupervisionMode.BARGE:
            outputs += record_supervisor(call, calls.by_id[own_id])
    for party in call.parties:
        if party.accepted and not party.muted:
            outputs += record_party(call, party.leg)
    return outputs


def disband(calls: Calls, call: Call) -> list[Output]:
    """The two talk no longer, and nobody listens to either. To be called while they are connected."""
    if not call.mixed:
        return []
    outputs: list[Output] = []
    for own_id in list(call.supervisors):
        outputs += stop_listening(calls, calls.by_id[own_id], SupervisionEnd.CALL_OVER)
    call.mixed = False
    legs = (*call.present, *(party.leg for party in call.parties))
    return [*(LeaveMix(leg_id=leg.leg_id) for leg in legs), *outputs]


def lose_agent(calls: Calls, call: Call, leg: Leg) -> list[Output]:
    """Another sits in the place of ``leg``: who supervised it has nobody to supervise."""
    lost = [own_id for own_id, supervisor in call.supervisors.items() if supervisor.beside == leg.leg_id]
    return [
        output
        for own_id in lost
        for output in stop_listening(calls, calls.by_id[own_id], SupervisionEnd.CALL_OVER)
    ]


def agents_leg(call: Call, station: str) -> Leg | None:
    """The leg of a station that talks in the call; None when it does not."""
    if call.connected_leg is None:
        return None
    return next((leg for leg in call.talking if call.station_of(leg) == station), None)


def listens(call: Call, own: Call, beside: Leg, mode: SupervisionMode) -> None:
    """Note that the customer of ``own`` supervises ``beside``."""
    call.supervisors[own.call_id] = Supervisor(mode, beside.leg_id)
    own.supervises = call.call_id


def _is_third_there(call: Call) -> bool:
    return len(call.offers) > 1 and any(party.accepted for party in call.parties)


def _mix(call: Call) -> list[Output]:
    """The two who talk are in a mix from now on, if they are not."""
    if call.mixed:
        return []
    call.mixed = True
    return [_speaks(call, leg) for leg in call.present]


def _speaks(call: Call, leg: Leg) -> JoinMix:
    role = MixRole.MONITOR if leg.muted else MixRole.SPEAKER
    return JoinMix(mix_id=call.call_id, leg_id=leg.leg_id, role=role)


def _ended(call: Call, own_id: str, reason: SupervisionEnd) -> SupervisionEnded:
    return SupervisionEnded(call_id=call.call_id, supervisor_call_id=own_id, reason=reason)
