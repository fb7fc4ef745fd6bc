"""When those who are recorded are told again: every so many seconds while they talk."""

from collections.abc import Callable, Sequence
from copy import deepcopy

from runtime.deadlines import Deadlines
from runtime.driver import Handler
from runtime.vocabulary import Output, plain_data
from switch.call import Call, CallState
from switch.commands import BeepCall
from switch.events import CallConnected, CallEnded, CallRecorded


@plain_data
class RecordingBeep:
    """What tells people that they are recorded, and whom."""

    prompt: str
    """Empty for nothing."""
    for_customer: bool = True
    for_agent: bool = True


NO_BEEP = RecordingBeep(prompt="")


class RecordingBeeps:
    """A core between the exchange's events and ``BeepCall``: if anybody hears it the exchange decides."""

    def __init__(
        self, find: Callable[[str], Call | None], every_s: float, due: Deadlines[str] | None = None
    ) -> None:
        """``every_s``: 0 for never again. ``due`` is an earlier ``snapshot``, to go on from."""
        self._find = find
        self._every_s = every_s
        self._due = due if due is not None else Deadlines()
        """Call → when it beeps next."""

    def routes(self) -> dict[type, Handler]:
        if not self._every_s:
            return {}
        return {CallConnected: self._told, CallRecorded: self._told, CallEnded: self._ended}

    def snapshot(self) -> Deadlines[str]:
        """All state, as plain data that shares nothing with the running core."""
        return deepcopy(self._due)

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Sequence[Output]:
        call_id = self._due.first_due(now)
        call = None if call_id is None else self._find(call_id)
        if call is None:
            return ()
        self._due.set(call.call_id, now + self._every_s)
        return (BeepCall(call_id=call.call_id),) if call.state is CallState.CONNECTED else ()

    def _told(self, event: CallConnected | CallRecorded, now: float) -> Sequence[Output]:
        """They have just heard it, if they are recorded."""
        self._due.set(event.call_id, now + self._every_s)
        return ()

    def _ended(self, event: CallEnded, now: float) -> Sequence[Output]:
        self._due.cancel(event.call_id)
        return ()
