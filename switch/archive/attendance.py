"""Which agents are heard in a recording: whoever is signed in at a station when its leg joins."""

from collections.abc import Callable, Sequence

from runtime.driver import Handler
from runtime.vocabulary import Output
from switch.archive.events import RecordingAgentJoined
from switch.events import RecordingLegJoined


class Attendance:
    """Between the exchange, which knows stations, and the applications, which know who sits there."""

    def __init__(self, agent_at: Callable[[str], str | None]) -> None:
        self._agent_at = agent_at

    def routes(self) -> dict[type, Handler]:
        return {RecordingLegJoined: self.leg_joined}

    def leg_joined(self, event: RecordingLegJoined, now: float) -> Sequence[Output]:
        agent = None if event.outside else self._agent_at(event.party)
        if agent is None:
            return ()
        joined = RecordingAgentJoined(
            recording_id=event.recording_id, call_id=event.call_id, leg_id=event.leg_id, agent=agent
        )
        return (joined,)
