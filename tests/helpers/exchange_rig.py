"""An exchange on the manual clock, between a scripted network and a media engine that only keeps books."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from media._core import Ways
from media.commands import (
    AttachToRecording,
    BridgeEndpoints,
    Channel,
    CloseEndpoint,
    ConfigureEndpoint,
    DetachFromRecording,
    JoinMix,
    LeaveMix,
    MaskLeg,
    OpenEndpoint,
    PauseRecording,
    SeekPlayback,
    SendDigits,
    StartPlayback,
    StartRecording,
    StopPlayback,
    StopRecording,
    UnbridgeEndpoints,
    UnmaskLeg,
)
from media.events import EndpointFailed, EndpointOpened, PlaybackEnded
from runtime.alarm import ManualAlarm
from runtime.clock import ManualClock
from runtime.driver import Driver, Outputs
from runtime.ids import SeededIds
from runtime.vocabulary import Command, Event
from switch.call import Call
from switch.call_headers import CallHeaders
from switch.config import AccessCodeConfig
from switch.dial_plan import RightCheck, everybody_may
from switch.exchange import Exchange
from switch.recording_beeps import NO_BEEP, RecordingBeep
from switch.recording_rule import RecordingPolicies
from switch.sip.commands import (
    AnswerLeg,
    AnswerReoffer,
    AnswerTransfer,
    DialStation,
    HangUpLeg,
    HideLegKeys,
    OrderPhone,
    ReportTransfer,
    RingLeg,
)
from switch.sip.events import LegAnswered, LegArrived
from switch.trunks.commands import DialTrunk

K = TypeVar("K")

OUTSIDE_NUMBER = "02088886666"
PHONES = {"station:1001", "station:1002", "station:1003", f"number:{OUTSIDE_NUMBER}"}
TARGETS = {"flow:hotline", "queue:service", *PHONES}

CALLER_SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
AGENT_SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"
)


class BookkeepingMedia:
    """Opens ports and ends playbacks as the engine does, and remembers what is open; carries no audio."""

    def __init__(self) -> None:
        self.open_endpoints: set[str] = set()
        self.playing: dict[str, str] = {}
        """Leg → playback."""
        self.laid_over: dict[str, str] = {}
        """The same of what is laid over the leg's stream."""
        self.open_recordings: set[str] = set()
        self.recorded: dict[str, Channel] = {}
        """Legs that were attached to a recording, by the channel, until they are detached or closed."""
        self.mixes: dict[str, dict[str, JoinMix]] = {}
        """Mix → leg → how it is in it."""
        self.bridges: set[frozenset[str]] = set()
        self.out_of_ports = False
        self._next_port = 20000

    def routes(self) -> dict[type, Callable[[Any, float], Outputs]]:
        silent = (
            ConfigureEndpoint,
            PauseRecording,
            MaskLeg,
            UnmaskLeg,
            SeekPlayback,
            SendDigits,
        )
        return {
            **{kind: _nothing for kind in silent},
            StartPlayback: self._play,
            StopPlayback: self._stop_playing,
            BridgeEndpoints: self._bridge,
            UnbridgeEndpoints: self._unbridge,
            AttachToRecording: self._attach,
            DetachFromRecording: self._detach,
            JoinMix: self._join,
            LeaveMix: self._leave,
            OpenEndpoint: self._open,
            CloseEndpoint: self._close,
            StartRecording: self._start,
            StopRecording: self._stop,
        }

    def _open(self, command: OpenEndpoint, now: float) -> list[Event]:
        if self.out_of_ports:
            return [EndpointFailed(leg_id=command.leg_id, reason="no port is free")]
        self.open_endpoints.add(command.leg_id)
        self._next_port += 2
        return [EndpointOpened(leg_id=command.leg_id, host="192.0.2.100", port=self._next_port)]

    def _close(self, command: CloseEndpoint, now: float) -> list[Event]:
        self.open_endpoints.discard(command.leg_id)
        self._part(command.leg_id)
        self.recorded.pop(command.leg_id, None)
        return [*self._stop_playing(command, now), *self._stopped(self.laid_over, command.leg_id)]

    def _attach(self, command: AttachToRecording, now: float) -> list[Event]:
        self.recorded[command.leg_id] = command.channel
        return []

    def _detach(self, command: DetachFromRecording, now: float) -> list[Event]:
        self.recorded.pop(command.leg_id, None)
        return []

    def _bridge(self, command: BridgeEndpoints, now: float) -> list[Event]:
        assert {command.leg_id, command.peer_leg_id} <= self.open_endpoints
        self._part(command.leg_id)
        self._part(command.peer_leg_id)
        self.bridges.add(frozenset((command.leg_id, command.peer_leg_id)))
        peer = StopPlayback(leg_id=command.peer_leg_id)
        return [*self._stop_playing(command, now), *self._stop_playing(peer, now)]

    def _unbridge(self, command: UnbridgeEndpoints, now: float) -> list[Event]:
        self.bridges = {pair for pair in self.bridges if command.leg_id not in pair}
        return []

    def _join(self, command: JoinMix, now: float) -> list[Event]:
        if command.leg_id not in self.open_endpoints:
            return []
        self._part(command.leg_id, but=command.mix_id)
        self.mixes.setdefault(command.mix_id, {})[command.leg_id] = command
        return []

    def _leave(self, command: LeaveMix, now: float) -> list[Event]:
        self._part(command.leg_id)
        return []

    def _part(self, leg_id: str, but: str = "") -> None:
        """As in the engine, a bridge is over with the first who leaves, a mix with the last."""
        self.bridges = {pair for pair in self.bridges if leg_id not in pair}
        for mix_id, members in list(self.mixes.items()):
            if mix_id != but:
                members.pop(leg_id, None)
            if not members:
                del self.mixes[mix_id]

    def _play(self, command: StartPlayback, now: float) -> list[Event]:
        playing = self.laid_over if command.laid_over else self.playing
        replaced = self._stopped(playing, command.leg_id)
        playing[command.leg_id] = command.playback_id
        return replaced

    def _stop_playing(
        self, command: StopPlayback | BridgeEndpoints | CloseEndpoint, now: float
    ) -> list[Event]:
        return self._stopped(self.playing, command.leg_id)

    def _stopped(self, playing: dict[str, str], leg_id: str) -> list[Event]:
        playback_id = playing.pop(leg_id, None)
        if playback_id is None:
            return []
        return [PlaybackEnded(playback_id=playback_id, leg_id=leg_id, reason="stopped")]

    def _start(self, command: StartRecording, now: float) -> list[Event]:
        self.open_recordings.add(command.recording_id)
        return []

    def _stop(self, command: StopRecording, now: float) -> list[Event]:
        self.open_recordings.discard(command.recording_id)
        return []


class ExchangeRig:
    """Give it events and commands; read what came out."""

    def __init__(
        self,
        access_codes: Sequence[AccessCodeConfig] = (),
        *,
        exchange: Exchange | None = None,
        may_dial: RightCheck = everybody_may,
        recording: RecordingPolicies | None = None,
        recording_beep: RecordingBeep = NO_BEEP,
        call_headers: CallHeaders | None = None,
    ) -> None:
        self.clock = ManualClock()
        codes = access_codes or [AccessCodeConfig(number="95598", target="flow:hotline", record=True)]
        self.ids = SeededIds()
        self.exchange = exchange or Exchange(
            codes,
            self.ids,
            self.knows_target,
            hold_music="music",
            may_dial=may_dial,
            recording=recording,
            recording_beep=recording_beep,
            call_headers=call_headers,
            refuse_target=self.refuse_target,
        )
        self.media = BookkeepingMedia()
        self.events: list[Event] = []
        self.commands: list[Command] = []
        self.alarm = ManualAlarm()
        self.driver = Driver(self.clock, self.alarm, self._fail, Ways())
        self.driver.add_routes(self.exchange.routes())
        self.driver.add_routes(self._remembering(self.media.routes()))
        for kind in (
            RingLeg,
            AnswerLeg,
            AnswerReoffer,
            AnswerTransfer,
            ReportTransfer,
            DialStation,
            DialTrunk,
            HangUpLeg,
            HideLegKeys,
            OrderPhone,
        ):
            self.driver.add_routes(self._remembering({kind: _nothing}))
        self.driver.observe(lambda event, wall: self.events.append(event))

    def knows_target(self, target: str) -> bool:
        return target in TARGETS

    def refuse_target(self, call: Call, target: str, by: str) -> None:
        """Whatever is known can be had."""

    def feed(self, *items: Event | Command) -> None:
        for item in items:
            self.driver.submit(item)

    def arrive(
        self,
        leg_id: str = "customer",
        called: str = "95598",
        sdp: str | None = CALLER_SDP,
        *,
        station: str | None = None,
        replaces: str | None = None,
    ) -> str:
        """A customer, or a station, calls; returns the call id, empty when the call was refused."""
        self.feed(
            LegArrived(
                leg_id=leg_id,
                sip_call_id=f"{leg_id}@192.0.2.1",
                caller_number=station or "13800138000",
                caller_name="" if station else "王小明",
                called_number=called,
                peer="udp:192.0.2.1:5060",
                sdp=sdp,
                station=station,
                replaces_leg_id=replaces,
            )
        )
        return self.exchange.call_of_leg(leg_id) or ""

    def pass_time(self, seconds: float) -> None:
        """Walk from deadline to deadline."""
        end = self.clock.now() + seconds
        while (at := self.alarm.deadline) is not None and at <= end:
            self.clock.move_to(max(at, self.clock.now()))
            self.alarm.ring()
        self.clock.move_to(end)

    def answer_station(self, sdp: str = AGENT_SDP) -> str:
        """The station dialled last answers; returns its leg id."""
        leg_id = self.last(DialStation).leg_id
        self.feed(LegAnswered(leg_id=leg_id, sdp=sdp))
        return leg_id

    def last(self, kind: type[K]) -> K:
        """The newest event or command of a kind."""
        found = [item for item in (*self.events, *self.commands) if isinstance(item, kind)]
        assert found, f"no {kind.__name__} came out"
        return found[-1]

    def all(self, kind: type[K]) -> list[K]:
        return [item for item in (*self.events, *self.commands) if isinstance(item, kind)]

    def assert_idle(self) -> None:
        """Nothing is left of any call."""
        assert list(self.exchange.calls()) == []
        assert self.exchange.snapshot().legs == {}
        assert self.exchange.snapshot().of_contacts == {}
        assert self.media.open_endpoints == set()
        assert self.media.open_recordings == set()
        assert self.media.mixes == {}

    def _remembering(self, routes: dict[type, Callable[[Any, float], Outputs]]) -> dict[type, Any]:
        def remember(handler: Callable[[Any, float], Outputs]) -> Callable[[Any, float], Outputs]:
            def handle(item: Command, now: float) -> Outputs:
                self.commands.append(item)
                return handler(item, now)

            return handle

        return {kind: remember(handler) for kind, handler in routes.items()}

    def _fail(self, item: object, error: Exception) -> Outputs:
        raise AssertionError(f"{item} raised {error!r}") from error


def _nothing(item: object, now: float) -> Outputs:
    return []
