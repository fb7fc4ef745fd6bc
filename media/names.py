"""The core's handles and the house's names for the same things, and facts told in those names."""

from dataclasses import dataclass, field
from typing import Self

from media import _core
from media.commands import StartFork
from media.events import (
    DigitDetected,
    EndpointClosed,
    ForkEnded,
    ForkStarted,
    HandshakeFailed,
    KeySource,
    LegMasked,
    LegUnmasked,
    MediaFlooded,
    MediaLost,
    MediaResumed,
    MediaStarted,
    MediaUnmixable,
    OneWayDetected,
    PlaybackEnded,
    RecordingCompleted,
    RecordingFailed,
    RecordingMasked,
    RecordingStarted,
    RecordingUnmasked,
    RecordingWaiting,
    StorageLagging,
    StorageRecovered,
)
from media.masking import MASKED, TakeMaskedDigit
from runtime.vocabulary import Event

FlowFact = (
    _core.MediaStarted
    | _core.MediaFlooded
    | _core.HandshakeFailed
    | _core.MediaUnmixable
    | _core.MediaLost
    | _core.MediaResumed
    | _core.OneWayDetected
)
LegFact = FlowFact | _core.DigitDetected | _core.Masked | _core.Unmasked | _core.PlaybackEnded
RecordingFact = (
    _core.RecordingStarted | _core.RecordingWaiting | _core.RecordingCompleted | _core.RecordingFailed
)
ForkFact = _core.ForkConnected | _core.ForkEnded
StorageFact = _core.StorageLagging | _core.StorageRecovered
Fact = LegFact | RecordingFact | ForkFact | StorageFact | _core.EndpointClosed | _core.RecordingMasked


@dataclass(frozen=True, slots=True)
class RecordingIdentity:
    """What every event of a recording says of it."""

    recording_id: str
    contact_id: str
    call_id: str

    def started(self, path: str, began_at: float) -> RecordingStarted:
        """``began_at``: when its first sample was, by the wall clock."""
        return RecordingStarted(
            recording_id=self.recording_id,
            contact_id=self.contact_id,
            call_id=self.call_id,
            path=path,
            began_at=began_at,
        )

    def completed(self, fact: _core.RecordingCompleted) -> RecordingCompleted:
        return RecordingCompleted(
            recording_id=self.recording_id,
            contact_id=self.contact_id,
            call_id=self.call_id,
            path=str(fact.path),
            duration_ms=fact.duration_ms,
            size_bytes=fact.size_bytes,
            sha256=fact.sha256,
            customer_packets=fact.customer.packets,
            customer_lost_ms=fact.customer.lost_ms,
            customer_gaps=tuple(fact.customer.gaps),
            customer_codecs=tuple(fact.customer.codecs),
            agent_packets=fact.agent.packets,
            agent_lost_ms=fact.agent.lost_ms,
            agent_gaps=tuple(fact.agent.gaps),
            agent_codecs=tuple(fact.agent.codecs),
            marks=tuple(fact.marks),
            unwritten=tuple(fact.unwritten),
            customer_placed_ms=fact.customer.placed_ms,
            customer_silent_ms=fact.customer.silent_ms,
            agent_placed_ms=fact.agent.placed_ms,
            agent_silent_ms=fact.agent.silent_ms,
        )

    def masked(self, fact: _core.RecordingMasked, leg_id: str) -> RecordingMasked | RecordingUnmasked:
        kind = RecordingMasked if fact.masked else RecordingUnmasked
        return kind(
            recording_id=self.recording_id,
            contact_id=self.contact_id,
            call_id=self.call_id,
            leg_id=leg_id,
            position_ms=fact.position_ms,
        )

    def waiting(self, fact: _core.RecordingWaiting) -> RecordingWaiting:
        return RecordingWaiting(
            recording_id=self.recording_id,
            contact_id=self.contact_id,
            call_id=self.call_id,
            path=fact.path,
            reason=fact.reason,
        )

    def failed(self, path: str, reason: str) -> RecordingFailed:
        return RecordingFailed(
            recording_id=self.recording_id,
            contact_id=self.contact_id,
            call_id=self.call_id,
            path=path,
            reason=reason,
        )


@dataclass(frozen=True, slots=True)
class ForkIdentity:
    """What every event of a fork says of it."""

    fork_id: str
    leg_id: str
    call_id: str
    url: str
    """Without its query, which may hold a password."""

    @classmethod
    def of(cls, command: StartFork) -> Self:
        return cls(command.fork_id, command.leg_id, command.call_id, command.url.partition("?")[0])

    def started(self) -> ForkStarted:
        return ForkStarted(fork_id=self.fork_id, leg_id=self.leg_id, call_id=self.call_id, url=self.url)

    def ended(self, fact: _core.ForkEnded) -> ForkEnded:
        return ForkEnded(
            fork_id=self.fork_id,
            leg_id=self.leg_id,
            call_id=self.call_id,
            url=self.url,
            reason=fact.reason,
            detail=fact.detail,
            frames_sent=fact.frames_sent,
            frames_dropped=fact.frames_dropped,
            overrun_ms=fact.overrun_ms,
        )

    def failed(self, reason: str, detail: str) -> ForkEnded:
        """It ended before it began."""
        return ForkEnded(
            fork_id=self.fork_id,
            leg_id=self.leg_id,
            call_id=self.call_id,
            url=self.url,
            reason=reason,
            detail=detail,
            frames_sent=0,
            frames_dropped=0,
            overrun_ms=0,
        )


def _of_storage(fact: StorageFact) -> Event:
    if isinstance(fact, _core.StorageRecovered):
        return StorageRecovered(folder=fact.folder)
    return StorageLagging(folder=fact.folder, behind_ms=fact.behind_ms, reason=fact.reason)


@dataclass(slots=True)
class Names:
    """Names by handle, each kept until the fact that ends its thing was told."""

    endpoints: dict[int, str] = field(default_factory=dict)
    """Leg ids."""
    masks: set[int] = field(default_factory=set)
    """Endpoints whose keys are hidden from the order on, until the core says that they are not any more."""
    playbacks: dict[int, str] = field(default_factory=dict)
    recordings: dict[int, RecordingIdentity] = field(default_factory=dict)
    forks: dict[int, ForkIdentity] = field(default_factory=dict)

    def event(self, fact: Fact, wall: float) -> Event | None:
        """The fact, drained at ``wall``, as an event of the house; None for one of a recording that failed
        meanwhile.
        """
        match fact:
            case _core.EndpointClosed():
                self.masks.discard(fact.endpoint)
                leg_id = self.endpoints.pop(fact.endpoint)
                return EndpointClosed(leg_id, *fact.counters)
            case _core.RecordingStarted():
                return self.recordings[fact.recording].started(fact.path, wall - fact.age_s)
            case _core.RecordingCompleted():
                return self.recordings.pop(fact.recording).completed(fact)
            case _core.RecordingFailed():
                return self.recordings.pop(fact.recording).failed(fact.path, fact.reason)
            case _core.RecordingWaiting():
                return self.recordings[fact.recording].waiting(fact)
            case _core.StorageLagging() | _core.StorageRecovered():
                return _of_storage(fact)
            case _core.RecordingMasked():
                recording = self.recordings.get(fact.recording)
                return None if recording is None else recording.masked(fact, self.endpoints[fact.endpoint])
            case _core.ForkConnected():
                return self.forks[fact.fork].started()
            case _core.ForkEnded():
                return self.forks.pop(fact.fork).ended(fact)
            case _:
                return self._event_of_leg(fact, self.endpoints[fact.endpoint])

    def is_masked(self, fact: _core.DigitDetected) -> bool:
        """Whether nobody may be told the key; also of one that the core heard just before it knew."""
        return fact.masked or fact.endpoint in self.masks

    def masked_digit(self, fact: _core.DigitDetected) -> TakeMaskedDigit:
        """The key that the event of a masked one does not tell."""
        return TakeMaskedDigit(
            leg_id=self.endpoints[fact.endpoint],
            digit=fact.digit,
            duration_ms=fact.duration_ms,
            source=KeySource(fact.source),
        )

    def _event_of_leg(self, fact: LegFact, leg_id: str) -> Event:
        match fact:
            case _core.DigitDetected():
                return DigitDetected(
                    leg_id=leg_id,
                    digit=MASKED if self.is_masked(fact) else fact.digit,
                    duration_ms=fact.duration_ms,
                    source=KeySource(fact.source),
                )
            case _core.Masked():
                return LegMasked(leg_id=leg_id)
            case _core.Unmasked():
                self.masks.discard(fact.endpoint)
                return LegUnmasked(leg_id=leg_id)
            case _core.PlaybackEnded():
                playback_id = self.playbacks.pop(fact.playback)
                return PlaybackEnded(
                    playback_id=playback_id, leg_id=leg_id, reason=fact.reason, position_ms=fact.position_ms
                )
            case _:
                return _event_of_flow(fact, leg_id)


def _event_of_flow(fact: FlowFact, leg_id: str) -> Event:
    match fact:
        case _core.MediaStarted():
            return MediaStarted(leg_id=leg_id, host=fact.host, port=fact.port)
        case _core.HandshakeFailed():
            return HandshakeFailed(leg_id=leg_id, reason=fact.reason)
        case _core.MediaUnmixable():
            return MediaUnmixable(leg_id=leg_id)
        case _core.MediaLost():
            return MediaLost(leg_id=leg_id, silent_s=fact.silent_s)
        case _core.MediaResumed():
            return MediaResumed(leg_id=leg_id, silent_s=fact.silent_s)
        case _core.MediaFlooded():
            return MediaFlooded(leg_id=leg_id, host=fact.host, port=fact.port)
        case _core.OneWayDetected():
            return OneWayDetected(leg_id=leg_id, missing=fact.missing)
