"""Supervisors at a live call: who listens, who is heard by whom, and who takes the call over."""

from runtime.vocabulary import Output
from switch.call import Call, Calls, Leg
from switch.commands import SuperviseCall
from switch.conversation import agents_leg, listens, stop_listening, take_in
from switch.events import SupervisionBegan, SupervisionChanged, SupervisionEnd, SupervisionEnded
from switch.supervision_mode import SupervisionMode
from switch.transfers import Transfers


class Supervising:
    """The part of the exchange that serves supervisors. Shares the exchange's ``Calls``."""

    def __init__(self, calls: Calls, transfers: Transfers) -> None:
        self._calls = calls
        self._transfers = transfers

    def supervise(self, command: SuperviseCall) -> list[Output]:
        """Who has not answered, or is gone, cannot listen; who ordered that hears of the end of the call."""
        own = self._calls.by_id.get(command.supervisor_call_id)
        if own is None or not own.customer.answered:
            return []
        call = self._calls.by_id.get(command.call_id)
        agent = agents_leg(call, command.station) if call is not None and call is not own else None
        if call is None or agent is None:
            return [_never_began(command, SupervisionEnd.CALL_OVER)]
        if own.supervises == call.call_id:
            return self._change(call, own, agent, command)
        left = stop_listening(self._calls, own, SupervisionEnd.STOPPED)
        return [*left, *self._begin(call, own, agent, command)]

    def _begin(self, call: Call, own: Call, agent: Leg, command: SuperviseCall) -> list[Output]:
        if command.mode is SupervisionMode.INTERCEPT:
            told = _never_began(command, SupervisionEnd.INTERCEPTED)
            return [told, *self._transfers.intercept(call, agent, own)]
        listens(call, own, agent, command.mode)
        return [*take_in(call, own), _began(own, command)]

    def _change(self, call: Call, own: Call, agent: Leg, command: SuperviseCall) -> list[Output]:
        """Heard by others from now on, in the same mix: no phone is told."""
        if command.mode is SupervisionMode.INTERCEPT:
            return self._transfers.intercept(call, agent, own)
        present = call.supervisors[own.call_id]
        if (present.mode, present.beside) == (command.mode, agent.leg_id):
            return []
        listens(call, own, agent, command.mode)
        changed = SupervisionChanged(
            call_id=call.call_id, supervisor_call_id=own.call_id, mode=command.mode, by=command.by
        )
        return [*take_in(call, own), changed]


def _began(own: Call, command: SuperviseCall) -> SupervisionBegan:
    return SupervisionBegan(
        call_id=command.call_id,
        supervisor_call_id=own.call_id,
        supervisor=own.caller_station or own.caller_number,
        station=command.station,
        mode=command.mode,
        by=command.by,
    )


def _never_began(command: SuperviseCall, reason: SupervisionEnd) -> SupervisionEnded:
    return SupervisionEnded(
        call_id=command.call_id, supervisor_call_id=command.supervisor_call_id, reason=reason
    )
