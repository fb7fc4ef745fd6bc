"""Supervisors' own calls: rung, then beside those who talk, and over when these are.

ordered ──► rung ──► answered: listens ──► the conversation is over: hung up
              │                   ▲              │ follows the agent
              ▼                   └── waits ◄────┘
         cannot be had

Who is heard by whom is the exchange's business.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy

from runtime.target import Target, parse_target
from runtime.tenancy import bare
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.commands import HangUpCall, PlaceCall, SuperviseCall
from switch.dial_plan import STATION_SCHEME
from switch.events import CallConnected, CallEnded, CallHandedOff, SupervisionEnd, SupervisionEnded
from switch.recording_rule import RecordingRule
from switch.supervision.commands import BeginSupervision, ChangeSupervision
from switch.supervision.watch import Watch, Watches

SUPERVISION_SCHEME = "supervision"


class Supervision:
    """A core between the exchange's events and commands."""

    def __init__(self, agent_at: Callable[[str], str | None], watches: Watches | None = None) -> None:
        """``agent_at`` tells who sits at a station; ``watches`` is an earlier ``snapshot``, to go on from."""
        self._agent_at = agent_at
        self._watches = watches if watches is not None else Watches()

    @property
    def watches(self) -> Sequence[Watch]:
        """All that are under way, oldest first."""
        return tuple(self._watches.by_call.values())

    def of(self, supervisor: str) -> Watch | None:
        """What a station supervises."""
        return next((watch for watch in self.watches if watch.supervisor == supervisor), None)

    def knows(self, call_id: str) -> bool:
        """Whether somebody was called to supervise: nobody else comes to it by dialling."""
        return call_id in self._watches.by_call

    def snapshot(self) -> Watches:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._watches)

    def begin(self, command: BeginSupervision, now: float) -> Sequence[Output]:
        """Ring the supervisor's phone, which shows the agent's number."""
        self._watches.by_call[command.call_id] = Watch(
            call_id=command.call_id,
            supervisor=command.supervisor,
            supervised=command.supervised,
            station=command.station,
            mode=command.mode,
            by=command.by,
            follows=command.follows,
        )
        place = PlaceCall(
            call_id=command.call_id,
            contact_id=command.contact_id,
            whom=str(Target(STATION_SCHEME, command.supervisor)),
            target=str(Target(SUPERVISION_SCHEME, command.call_id)),
            ring_s=command.ring_s,
            shown_number=bare(command.station),
            record=RecordingRule.NEVER,
        )
        return (place,)

    def change(self, command: ChangeSupervision, now: float) -> Sequence[Output]:
        watch = self._watches.by_call.get(command.call_id)
        if watch is None:
            return ()
        watch.mode, watch.by = command.mode, command.by
        return self._listen(watch)

    def call_handed_off(self, event: CallHandedOff, now: float) -> Sequence[Output]:
        """The supervisor has answered; nobody else gets to listen in this place."""
        target = parse_target(event.target)
        watch = self._watches.by_call.get(event.call_id)
        if target.scheme != SUPERVISION_SCHEME:
            return () if watch is None else self._lose_supervisor(watch, SupervisionEnd.STOPPED)
        if watch is None or target.name != event.call_id or event.station != watch.supervisor:
            return (_hang_up(event.call_id, Cause.CALL_REJECTED),)
        watch.answered = True
        return self._listen(watch)

    def call_connected(self, event: CallConnected, now: float) -> Sequence[Output]:
        """Somebody talks: it may be an agent who is followed."""
        if not self._watches.by_call:
            return ()
        followed = [watch for watch in self.watches if watch.follows and not watch.supervised]
        if not followed:
            return ()
        agent = self._agent_at(event.station)
        return [
            output
            for watch in followed
            if watch.follows == agent
            for output in self._turn_to(watch, event.call_id, event.station)
        ]

    def supervision_ended(self, event: SupervisionEnded, now: float) -> Sequence[Output]:
        """The exchange says that somebody listens no longer."""
        watch = self._watches.by_call.get(event.supervisor_call_id)
        if watch is None or watch.supervised != event.call_id:
            return ()
        return self._lose_call(watch, event.reason)

    def call_ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        """A supervisor's own call, or one that a supervisor is being rung for."""
        if not self._watches.by_call:
            return ()
        own = self._watches.by_call.get(event.call_id)
        if own is not None:
            left = SupervisionEnd.SUPERVISOR_LEFT if event.by_caller else SupervisionEnd.STOPPED
            return self._lose_supervisor(own, left if own.answered else SupervisionEnd.NOT_ANSWERED)
        waiting = [w for w in self.watches if w.supervised == event.call_id and not w.answered]
        return [output for watch in waiting for output in self._never_came(watch)]

    def _turn_to(self, watch: Watch, call_id: str, station: str) -> Sequence[Output]:
        watch.supervised, watch.station = call_id, station
        return self._listen(watch)

    def _listen(self, watch: Watch) -> Sequence[Output]:
        """Once the supervisor is there, and there is something to be heard."""
        if not watch.answered or not watch.supervised:
            return ()
        return (
            SuperviseCall(
                call_id=watch.supervised,
                supervisor_call_id=watch.call_id,
                station=watch.station,
                mode=watch.mode,
                by=watch.by,
            ),
        )

    def _lose_call(self, watch: Watch, reason: SupervisionEnd) -> Sequence[Output]:
        """Nothing is to be heard any more; who follows an agent waits for the next call."""
        watch.supervised = ""
        if reason is SupervisionEnd.CALL_OVER and watch.follows:
            return ()
        del self._watches.by_call[watch.call_id]
        is_over = reason in (SupervisionEnd.STOPPED, SupervisionEnd.INTERCEPTED)
        return () if is_over else (_hang_up(watch.call_id, Cause.NORMAL_CLEARING),)

    def _lose_supervisor(self, watch: Watch, reason: SupervisionEnd) -> Sequence[Output]:
        """What the exchange has not told, since it knew of no supervision."""
        del self._watches.by_call[watch.call_id]
        return (_ended(watch, reason),)

    def _never_came(self, watch: Watch) -> Sequence[Output]:
        """The call ended while the supervisor's phone rang."""
        told = _ended(watch, SupervisionEnd.CALL_OVER)
        return (told, *self._lose_call(watch, SupervisionEnd.CALL_OVER))


def _hang_up(call_id: str, cause: Cause) -> HangUpCall:
    return HangUpCall(call_id=call_id, cause=cause)


def _ended(watch: Watch, reason: SupervisionEnd) -> SupervisionEnded:
    return SupervisionEnded(call_id=watch.supervised, supervisor_call_id=watch.call_id, reason=reason)
