"""The shell around the media core: commands of the house in, facts of the core out.

Here the ids of legs, playbacks and recordings become the core's handles and back; nothing is decided.
"""

import atexit
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import structlog

from media import _core, commands
from media.certificate import DtlsCertificate, make_certificate
from media.config import MediaConfig, RecordingsConfig
from media.events import EndpointClosed, EndpointFailed, EndpointOpened
from media.forking import Forking
from media.masking import TakeMaskedDigit
from media.mixing import Mixes
from media.names import Fact, ForkIdentity, Names
from media.playing import Playing
from media.prompts import resampled
from media.recording import Recording
from media.recordings.disks import Disks
from media.wakes import IN_A_WHILE_S, SOON_S, Later, Wake
from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.errors import UsageError
from runtime.vocabulary import Command, Event, event_fields

log = structlog.get_logger(__name__)

FACTS_PER_DRAIN = 256
"""So many facts are passed on before the event loop gets its turn again."""
CLOSE_PATIENCE_S = 10.0
"""How long closing waits for recordings to reach the disk."""

_EACH_FOR_ITSELF = (
    "each leg sends through its own socket; of an IPv4 host and with CAP_NET_RAW packets of many calls leave "
    "together, which costs less"
)

Answer = Iterable[Event]


class ForLeg(Protocol):
    """A command that names a leg."""

    @property
    def leg_id(self) -> str: ...


L = TypeVar("L", bound=ForLeg)


class MediaEngine:
    """Endpoints, prompts and recordings of one process.

    ``submit_all`` takes the events the core reports, from ``drain``, which is to be called whenever
    ``event_fd`` is readable. A command for a leg that is gone is ignored, since hang-ups race with
    everything; one that makes no sense raises UsageError, and so does an engine that can open no ports.
    By ``later`` the media threads are woken in a moment, once for all that was asked of them. No packet is
    treated otherwise for it, as they do what they are asked before they look at one. ``give_key`` takes the
    keys that events of masked legs do not tell, each before its event. ``disks``: those of recordings.
    """

    def __init__(
        self,
        media: MediaConfig,
        recordings: RecordingsConfig,
        clock: Clock,
        submit_all: Callable[[Sequence[Event]], None],
        later: Later = lambda delay_s, act: act(),
        give_key: Callable[[TakeMaskedDigit], None] = lambda key: None,
        disks: Disks | None = None,
    ) -> None:
        self._host = media.advertised_host or media.host
        self._host6 = media.advertised_host6 or media.host6 or self._host
        self._bound_host = media.host
        self._clock = clock
        self._submit_all = submit_all
        self._give_key = give_key
        certificate = make_certificate(clock.wall())
        self.fingerprint = certificate.fingerprint
        """SHA-256 of the certificate that legs show in DTLS handshakes, 64 hexadecimal digits."""
        self._core = _start_core(media, recordings, disks or Disks(), certificate)
        self._soon = Wake(self._core.wake, later, SOON_S)
        self._in_a_while = Wake(self._core.wake, later, IN_A_WHILE_S)
        if media.raw_sending and not self.sends_raw:
            log.info(_EACH_FOR_ITSELF, host=media.host)
        self._names = Names()
        self._playing = Playing(self._core, self._names)
        self._prompts: set[str] = set()
        self._endpoints: dict[str, int] = {}
        self._recording = Recording(self._core, self._names, clock, recordings.path)
        self._forking = Forking(self._core, self._endpoints, self._names, clock)
        self._mixes = Mixes(self._core, self._endpoints)
        atexit.register(self._core.close, CLOSE_PATIENCE_S)

    @property
    def event_fd(self) -> int:
        """Readable while facts wait; give it to the event loop with ``drain``."""
        return self._core.event_fd

    @property
    def open_endpoints(self) -> int:
        """Endpoints whose ports are taken."""
        return len(self._names.endpoints)

    @property
    def open_recordings(self) -> int:
        """Recordings whose file is not closed yet."""
        return len(self._names.recordings)

    def forks(self) -> list[ForkIdentity]:
        """The forks that have not ended, oldest first."""
        return self._forking.under_way()

    @property
    def sends_raw(self) -> bool:
        """Whether packets of many legs leave together, through a raw socket."""
        return self._core.sends_raw

    @property
    def facts_lost(self) -> int:
        """Digits, MediaStarted and ForkStarted thrown away since nobody drained in time; others are kept."""
        return self._core.facts_lost

    def load_prompt(
        self, name: str, narrow: npt.NDArray[np.int16], wide: npt.NDArray[np.int16] | None = None
    ) -> None:
        """Keep a mono prompt of 8 kHz, and the same at 16 kHz if there is such, in place of its namesake."""
        wide = resampled(narrow, 8000, 16_000) if wide is None else wide
        self._prompts.add(name)
        self._core.load_prompt(name, narrow.astype("<i2").tobytes(), wide.astype("<i2").tobytes())

    def forget_prompt(self, name: str) -> None:
        """Play it no more; who hears it now hears it to its end. No harm if there is none."""
        self._prompts.discard(name)
        self._core.forget_prompt(name)

    def has_prompt(self, name: str) -> bool:
        """Whether it can be played."""
        return name in self._prompts

    def counters_of(self, leg_id: str) -> EndpointClosed | None:
        """What a leg carried so far, as if it were closed now; None when it has no endpoint."""
        endpoint = self._endpoints.get(leg_id)
        return None if endpoint is None else EndpointClosed(leg_id, *self._core.counters_of(endpoint))

    def facts_of(self, leg_id: str) -> dict[str, Any] | None:
        """The same by the names that EndpointClosed has; None also when the leg's worker does not answer."""
        try:
            carried = self.counters_of(leg_id)
        except OSError:
            return None
        if carried is None:
            return None
        facts = event_fields(carried)
        del facts["leg_id"]
        return facts

    @property
    def lateness_ms(self) -> tuple[float, float]:
        """By how much the latest media thread was behind: in the last second or two, and since the start."""
        recent_s, worst_s = self._core.lateness_s
        return round(recent_s * 1000, 3), round(worst_s * 1000, 3)

    def routes(self) -> dict[type, Handler]:
        """A handler for every command of ``media.commands``."""
        return {
            commands.OpenEndpoint: self._open_endpoint,  # nobody need wake for it
            commands.ConfigureEndpoint: self._for_leg(self._configure_endpoint, self._in_a_while),
            commands.CloseEndpoint: self._for_leg(self._close_endpoint, self._in_a_while),
            commands.BridgeEndpoints: self._for_leg(self._bridge_endpoints, self._in_a_while),
            commands.UnbridgeEndpoints: self._for_leg(self._unbridge_endpoints),
            commands.JoinMix: self._for_leg(self._mixes.join),
            commands.LeaveMix: self._for_leg(self._mixes.leave),
            **{kind: self._for_leg(handle) for kind, handle in self._playing.handlers().items()},
            commands.MaskLeg: self._for_leg(self._mask_leg),
            commands.UnmaskLeg: self._for_leg(self._unmask_leg),
            **{kind: self._for_leg(handle) for kind, handle in self._recording.handlers().items()},
            **{kind: self._waking(handle) for kind, handle in self._recording.routes().items()},
            **{kind: self._waking(handle) for kind, handle in self._forking.routes().items()},
        }

    def drain(self) -> bool:
        """Pass on what the core reported, a bounded number at a time; False when there was nothing."""
        facts = self._core.drain(FACTS_PER_DRAIN)
        if facts:
            wall = self._clock.wall()
            self._submit_all([event for fact in facts if (event := self._event_of(fact, wall))])
        return bool(facts)

    def close(self) -> None:
        """Close every leg and recording, end the threads and pass on the last facts."""
        atexit.unregister(self._core.close)
        self._core.close(CLOSE_PATIENCE_S)
        self._endpoints.clear()
        self._recording.forget_all()
        while self.drain():
            pass

    def _event_of(self, fact: Fact, wall: float) -> Event | None:
        """None for a fact that is nobody's; a fault of ours must not cost those that come with it."""
        try:
            match fact:
                case _core.EndpointClosed():  # as most are
                    pass
                case _core.DigitDetected() if self._names.is_masked(fact):
                    self._give_key(self._names.masked_digit(fact))
                case _core.RecordingFailed():
                    self._recording.end(self._names.recordings[fact.recording].recording_id)
                case _core.ForkEnded():
                    self._forking.forget(self._names.forks[fact.fork].fork_id)
            return self._names.event(fact, wall)
        except Exception:
            log.exception("fact of the media core not understood", fact=type(fact).__name__)
            return None

    def _open_endpoint(self, command: commands.OpenEndpoint, now: float) -> Answer:
        leg_id, near = command.leg_id, command.near
        if leg_id in self._endpoints:
            raise UsageError(f"leg {leg_id} has an endpoint already; close it first")
        beside = None if near is None else self._endpoints.get(near)
        try:
            endpoint, port = self._core.open_endpoint(beside, command.ipv6)
        except OSError as fault:
            return [EndpointFailed(leg_id=leg_id, reason=str(fault))]
        self._endpoints[leg_id] = endpoint
        self._names.endpoints[endpoint] = leg_id
        host = self._host6 if command.ipv6 else self._host
        if command.within:
            host = self._bound_host
        return [EndpointOpened(leg_id=leg_id, host=host, port=port)]

    def _configure_endpoint(self, command: commands.ConfigureEndpoint, endpoint: int) -> Answer:
        self._core.configure_endpoint(endpoint, command)
        return ()

    def _close_endpoint(self, command: commands.CloseEndpoint, endpoint: int) -> Answer:
        leg_id = command.leg_id
        del self._endpoints[leg_id]
        self._core.close_endpoint(endpoint)
        return self._mixes.gone(leg_id) if leg_id in self._mixes.legs else ()

    def _bridge_endpoints(self, command: commands.BridgeEndpoints, endpoint: int) -> Answer:
        peer = self._endpoints.get(command.peer_leg_id)
        if peer is None:
            return ()
        self._core.bridge(endpoint, peer)
        if not self._mixes.legs:
            return ()
        return [*self._mixes.gone(command.leg_id), *self._mixes.gone(command.peer_leg_id)]

    def _unbridge_endpoints(self, command: commands.UnbridgeEndpoints, endpoint: int) -> Answer:
        self._core.unbridge(endpoint)
        return ()

    def _mask_leg(self, command: commands.MaskLeg, endpoint: int) -> Answer:
        self._core.mask(endpoint, command.max_s)
        self._names.masks.add(endpoint)
        return ()

    def _unmask_leg(self, command: commands.UnmaskLeg, endpoint: int) -> Answer:
        self._core.unmask(endpoint)
        return ()

    def _waking(self, handle: Handler) -> Handler:
        """Have the media threads woken for what ``handle`` asks of them."""

        def handler(command: Command, now: float) -> Outputs:
            outputs = handle(command, now)
            self._soon.ask()
            return outputs

        return handler

    def _for_leg(self, handle: Callable[[L, int], Answer], wake: Wake | None = None) -> Handler:
        """The same for ``handle`` that wants the leg's endpoint; a leg that is gone is left alone."""
        endpoints, wake = self._endpoints, wake or self._soon

        def handler(command: L, now: float) -> Answer:
            endpoint = endpoints.get(command.leg_id)
            if endpoint is None:
                return ()
            try:
                answer = handle(command, endpoint)
            except ValueError as nonsense:
                raise UsageError(f"{type(command).__name__} for leg {command.leg_id}: {nonsense}") from None
            if not wake.is_due:
                wake.ask()
            return answer

        return handler


def _start_core(
    media: MediaConfig, recordings: RecordingsConfig, disks: Disks, dtls: DtlsCertificate
) -> _core.Core:
    try:
        return _core.Core(
            hosts=(media.host, media.host6),
            ports=(media.port_min, media.port_max),
            port_rest_s=media.port_rest_s,
            workers=media.workers,
            media_timeout_s=media.media_timeout_s,
            fork_authorities=media.fork_authorities,
            max_forks=media.max_forks,
            one_way_after_s=media.one_way_after_s,
            latching=(media.latching, media.relatch_after_s),
            in_band_digits=media.in_band_digits,
            dtls=(dtls.certificate, dtls.private_key),
            storage=(
                recordings.folder,
                recordings.spool,
                recordings.format,
                recordings.sync,
                recordings.writers,
                recordings.lagging_after_s,
                list(disks.marks.items()),
            ),
            raw_sending=media.raw_sending,
        )
    except OSError as fault:
        raise UsageError(str(fault)) from None
