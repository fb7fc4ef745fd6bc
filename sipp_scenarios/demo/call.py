"""The demonstration's one call, from REGISTER to BYE, and what was said, heard and reported in it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sipp_scenarios.audio import Samples, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CalledPhone, CallerPhone, Station
from sipp_scenarios.runner import Address
from switch.records.projection import JournalEntry

CALLER_NUMBER = "13800138000"
KEY = "1"

_GREETING_S = 1.0
_MUSIC_S = 1.0
_RINGING_S = 0.5
_LONGEST_CALL_S = 60.0

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who takes part."""

    sip: Address
    dialled: str
    agent: str
    station: str
    password: str
    talk_s: float
    """How long the two talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When it happened by the phones' own clock: seconds since the Unix epoch."""

    dialled: float
    answered: float
    connected: float
    hung_up: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the two phones and the control socket know of the call."""

    call_id: str
    times: Times
    completed: Mapping[str, Any]
    """The fields of ``recording.completed``."""
    caller_said: Samples
    caller_heard: Samples
    agent_said: Samples
    agent_heard: Samples
    events: list[JournalEntry]
    left_open: dict[str, int]
    """What ``switch.status`` still counts after the call; empty when nothing is left."""

    @property
    def recording(self) -> Path:
        return Path(self.completed["path"])


def place_call(cast: Cast, events: EventFollower, folder: Path, progress: Progress) -> Evidence:
    """Do it all. Raises ScenarioError, EventMissingError, TimeoutError or VerbRefused when a step fails."""
    station = Station(cast.sip, cast.station, cast.password, folder)
    station.register()
    progress(f"station {cast.station} registered with its password (SIPp)")
    events.call("agent.sign_in", agent=cast.agent, station=cast.station)
    progress(f"agent {cast.agent} signed in there (control socket)")
    with station.expect_call(speech(1001, _LONGEST_CALL_S)) as agent:
        dialled = time.time()
        voice = speech(95598, _LONGEST_CALL_S)
        with CallerPhone(cast.sip, cast.dialled, voice, folder, CALLER_NUMBER) as caller:
            evidence = _Conversation(cast, caller, agent, events, progress).run(dialled)
    station.register(expires_s=0)
    return evidence


class _Conversation:
    """The steps from the answer to the end, in order."""

    def __init__(
        self,
        cast: Cast,
        caller: CallerPhone,
        agent: CalledPhone,
        events: EventFollower,
        progress: Progress,
    ) -> None:
        self._cast = cast
        self._caller = caller
        self._agent = agent
        self._events = events
        self._progress = progress

    def run(self, dialled: float) -> Evidence:
        answered = self._hear_the_greeting()
        call_id = self._reach_the_queue()
        connected = self._reach_the_agent(call_id)
        hung_up = self._talk()
        self._events.wait_for("call.ended", call_id=call_id)
        recording = self._events.wait_for("recording.completed", call_id=call_id)
        caller, agent = self._caller.talker, self._agent.talker
        return Evidence(
            call_id=call_id,
            times=Times(dialled=dialled, answered=answered, connected=connected, hung_up=hung_up),
            completed=recording.fields,
            caller_said=caller.said,
            caller_heard=caller.heard,
            agent_said=agent.said,
            agent_heard=agent.heard,
            events=list(self._events.seen),
            left_open=self._events.left_open(),
        )

    def _hear_the_greeting(self) -> float:
        self._caller.wait_answered()
        answered = time.time()
        self._progress(f"caller {CALLER_NUMBER} is answered and talks")
        self._caller.talker.wait_to_hear(_GREETING_S)
        return answered

    def _reach_the_queue(self) -> str:
        self._progress(f"caller hears the greeting and presses {KEY} (RFC 4733)")
        self._caller.talker.press(KEY)
        joined = self._events.wait_for("queue.caller_joined").fields
        self._progress(f"caller waits in queue {joined['queue']} and hears music")
        self._caller.talker.wait_to_hear(_MUSIC_S)
        return str(joined["call_id"])

    def _reach_the_agent(self, call_id: str) -> float:
        self._events.call("agent.ready", agent=self._cast.agent)
        self._agent.wait_ringing()
        self._progress(f"agent {self._cast.agent} is ready; the phone rings")
        self._caller.talker.wait_to_hear(_RINGING_S)
        self._agent.answer()
        self._events.wait_for("call.connected", call_id=call_id)
        self._progress("the agent answers and both talk")
        return time.time()

    def _talk(self) -> float:
        self._agent.talker.wait_to_hear(self._cast.talk_s)
        self._agent.talker.fall_silent()
        self._caller.hang_up()
        hung_up = time.time()
        self._agent.wait_hung_up_on()
        self._progress("the caller hangs up")
        return hung_up
