"""The media engine and the text of SIP messages in Rust (media/core).

Handles are numbers given out once and never again.
Verbs raise ValueError for what makes no sense, LookupError for what is gone and OSError for what cannot be
had now. They return at once; what follows comes back as facts.
"""

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, final

from media.commands import DtlsPeer, SrtpKeys
from runtime.driver import FaultHandler, Way

__all__ = [
    "Core",
    "DatagramSocket",
    "DigitDetected",
    "EndpointClosed",
    "EntryQueue",
    "ForkConnected",
    "ForkEnded",
    "HandshakeFailed",
    "Headers",
    "Masked",
    "MediaFlooded",
    "MediaLost",
    "MediaResumed",
    "MediaStarted",
    "MediaUnmixable",
    "MessageReader",
    "OneWayDetected",
    "PlaybackEnded",
    "RecordedChannel",
    "RecordingCompleted",
    "RecordingFailed",
    "RecordingMasked",
    "RecordingStarted",
    "RecordingWaiting",
    "SipTransactions",
    "StorageLagging",
    "StorageRecovered",
    "Unmasked",
    "UriReader",
    "ValueReader",
    "Ways",
    "may_keep_sdp",
    "take_sdp_apart",
    "write_message",
]

@final
class Core:
    """The engine with its threads; they start with it and end with ``close``.

    Raises OSError when no port can be opened on ``host``.
    """

    def __new__(
        cls,
        *,
        hosts: tuple[str, str | None],
        ports: tuple[int, int],
        port_rest_s: float,
        workers: int,
        media_timeout_s: float,
        one_way_after_s: float,
        latching: tuple[str, float],
        in_band_digits: str,
        fork_authorities: str | PathLike[str] | None,
        max_forks: int,
        dtls: tuple[bytes, bytes],
        storage: tuple[
            str | PathLike[str],
            str | PathLike[str] | None,
            str,
            str,
            int,
            float,
            list[tuple[PathLike[str], str]],
        ],
        raw_sending: bool,
    ) -> Core:
        """``hosts``: where legs are bound, and where those are whose peers speak IPv6. ``ports`` are first
        and last. ``latching`` is ``symmetric`` or ``strict``, and the seconds of silence after which a
        peer may come back from another port. 0 for a time is never. ``dtls`` is our certificate and its
        private key, both DER. ``storage`` of recordings: folder; spool; ``linear16``, ``alaw`` or
        ``mulaw``; synced ``never``, ``at_end`` or ``every_second``; writers; seconds after which one lags.
        ``raw_sending``: packets of many legs leave together, where the process may have a raw socket.
        """

    @property
    def event_fd(self) -> int:
        """Readable while facts wait to be drained."""

    @property
    def facts_lost(self) -> int:
        """Digits, MediaStarted and ForkConnected thrown away since nobody drained them; others are kept."""

    @property
    def lateness_s(self) -> tuple[float, float]:
        """By how much the latest worker was behind: in the last second or two, and since it began."""

    @property
    def sends_raw(self) -> bool:
        """Whether packets leave through raw sockets."""

    def drain(self, limit: int) -> list[_Fact]:
        """Up to ``limit`` facts, oldest first. ``event_fd`` stays readable if more are left."""

    def wake(self) -> None:
        """Let the workers do what the verbs since the last time asked for; they do it at the latest now."""

    def load_prompt(self, name: str, narrow: bytes, wide: bytes) -> None:
        """Keep a prompt: the same sound at 8 and at 16 kHz, 16-bit little-endian samples of one channel.

        Other threads of Python run while it is encoded.
        """

    def forget_prompt(self, name: str) -> None:
        """Play it no more; who hears it now hears it to its end. No harm if there is none."""

    def open_endpoint(self, near: int | None, ipv6: bool) -> tuple[int, int]:
        """Bind a port pair, on the worker of endpoint ``near``, on the IPv6 host if wanted and known.

        Returns the endpoint and its even port.
        """

    def configure_endpoint(self, endpoint: int, agreed: _Agreed) -> None:
        """Tell the endpoint what its peer agreed to.

        A host that is no IP address is left open until the peer's first packet.
        """

    def close_endpoint(self, endpoint: int) -> None:
        """Give the ports back. Ends with EndpointClosed."""

    def bridge(self, endpoint: int, peer: int) -> None:
        """Let two endpoints hear each other, out of the mixes they are in."""

    def unbridge(self, endpoint: int) -> None:
        """End the bridge, if there is one."""

    def open_mix(self) -> int:
        """A mix that nobody is in yet."""

    def join_mix(self, mix: int, endpoint: int, role: str, whisper_to: int | None) -> None:
        """Take an endpoint in, or give it another role."""

    def leave_mix(self, endpoint: int) -> None:
        """Take an endpoint out of its mix, if it is in one."""

    def close_mix(self, mix: int) -> None:
        """Nobody will join the mix any more."""

    def start_playback(
        self,
        endpoint: int,
        prompts: list[str],
        *,
        times: int,
        gain_db: float,
        barge_in: bool,
        shared: bool,
    ) -> int:
        """Play prompts by name, ``times`` times or, when it is 0, until stopped.

        Returns the playback, which ends with one PlaybackEnded; a key press of the leg ends it too if
        ``barge_in``. A ``shared`` one joins all others of the same prompts in the middle.
        """

    def lay_over(self, endpoint: int, prompts: list[str], *, gain_db: float) -> int:
        """Play prompts once beside what the leg hears otherwise, in place of what was laid over it before.

        Returns the playback, which ends with one PlaybackEnded; the verbs below do not touch it.
        """

    def stop_playback(self, endpoint: int) -> None:
        """Fall silent."""

    def pause_playback(self, endpoint: int) -> None:
        """Fall silent, to be resumed at the same place."""

    def resume_playback(self, endpoint: int) -> None:
        """Go on after a pause."""

    def seek_playback(self, endpoint: int, position_ms: int) -> None:
        """Go on at a place counted from the beginning of the first prompt."""

    def skip_playback(self, endpoint: int, offset_ms: int) -> None:
        """Go on so much later, or earlier when it is negative."""

    def set_playback_gain(self, endpoint: int, gain_db: float) -> None:
        """Play louder or quieter from here on."""

    def send_digits(self, endpoint: int, digits: str, *, press_ms: int, pause_ms: int, volume: int) -> None:
        """Press keys by telephone-events, or by tones if the peer agreed on none.

        ``volume`` is in dBm0 below zero.
        """

    def mask(self, endpoint: int, max_s: float) -> None:
        """Hide what the endpoint says and presses, for so long at most. Masked follows, then Unmasked."""

    def unmask(self, endpoint: int) -> None:
        """End that now, or when a key that is down comes up."""

    def start_recording(self, place: str) -> int:
        """Begin a file in the folder of recordings, or in the spool.

        RecordingStarted follows; ends with one RecordingCompleted or RecordingFailed.
        """

    def attach(self, recording: int, endpoint: int, channel: str) -> None:
        """Put what an endpoint hears on channel ``customer`` or ``agent``, or ``beside`` the agent."""

    def detach(self, endpoint: int) -> None:
        """Record what an endpoint hears no more."""

    def pause_recording(self, recording: int, channels: tuple[bool, bool]) -> None:
        """Record silence of customer and agent, one of them or none. Raises LookupError."""

    def stop_recording(self, recording: int) -> None:
        """Finish the file."""

    def start_fork(
        self,
        endpoint: int,
        *,
        url: str,
        mix: str,
        rate_hz: int,
        metadata: str,
        headers: tuple[str, str],
        returns: bool,
        interrupts: bool,
        reconnects: int,
    ) -> int:
        """Carry ``said``, ``heard``, ``mixed`` or ``stereo`` to a WebSocket. Ends with one ForkEnded.

        ``rate_hz`` is 8000 or 16000; ``metadata`` is the first message, ``headers`` Authorization and
        subprotocol, empty for none.
        """

    def stop_fork(self, fork: int) -> None:
        """End a fork, and what it has the endpoint hear."""

    def counters_of(self, endpoint: int) -> _EndpointCounters:
        """What an endpoint carried so far; waits up to 0.2 s for its worker."""

    def close(self, patience_s: float) -> bool:
        """Close everything and end the threads; False if one was stuck. The last facts can be drained."""

_EndpointCounters = tuple[
    int,
    int,
    int,
    int,
    int,
    int,
    int,
    float,
    int,
    int,
    int,
    int,
    int,
    float,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    int | None,
    float | None,
    float | None,
]
"""What an endpoint carried: the fields of ``media.events.EndpointClosed`` after ``leg_id``, in order."""

@final
class EndpointClosed:
    """The ports are free."""

    @property
    def endpoint(self) -> int: ...
    @property
    def counters(self) -> _EndpointCounters: ...

@final
class MediaStarted:
    """The endpoint latched to a source."""

    @property
    def endpoint(self) -> int: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...

@final
class HandshakeFailed:
    """The leg has no keys and never will: ``wrong_certificate``, ``broken`` or ``not_in_time``."""

    @property
    def endpoint(self) -> int: ...
    @property
    def reason(self) -> str: ...

@final
class MediaUnmixable:
    """The endpoint's codec can only be relayed: in its mix it neither hears nor is heard."""

    @property
    def endpoint(self) -> int: ...

@final
class MediaLost:
    """Nothing arrived for the configured time."""

    @property
    def endpoint(self) -> int: ...
    @property
    def silent_s(self) -> float: ...

@final
class MediaResumed:
    """The endpoint is heard again after MediaLost."""

    @property
    def endpoint(self) -> int: ...
    @property
    def silent_s(self) -> float: ...

@final
class MediaFlooded:
    """More comes to the endpoint's port than is read; one of the senders."""

    @property
    def endpoint(self) -> int: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...

@final
class OneWayDetected:
    """Audio is missing ``from_peer`` or ``to_peer``."""

    @property
    def endpoint(self) -> int: ...
    @property
    def missing(self) -> str: ...

@final
class DigitDetected:
    """A key was pressed and let go, by telephone-event or as tones."""

    @property
    def endpoint(self) -> int: ...
    @property
    def digit(self) -> str: ...
    @property
    def duration_ms(self) -> int: ...
    @property
    def source(self) -> str:
        """``rfc4733`` or ``in_band``."""
    @property
    def masked(self) -> bool:
        """It is for whoever put the mask on."""

@final
class Masked:
    """What the endpoint says and presses is hidden from here on."""

    @property
    def endpoint(self) -> int: ...

@final
class Unmasked:
    """The mask is over."""

    @property
    def endpoint(self) -> int: ...

@final
class RecordingMasked:
    """So far into the recording the endpoint falls silent behind a mask (``masked``), or is heard again."""

    @property
    def recording(self) -> int: ...
    @property
    def endpoint(self) -> int: ...
    @property
    def position_ms(self) -> int: ...
    @property
    def masked(self) -> bool: ...

@final
class PlaybackEnded:
    """A playback is over: ``finished``, ``stopped`` or ``barged_in``."""

    @property
    def endpoint(self) -> int: ...
    @property
    def playback(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def position_ms(self) -> int: ...

@final
class RecordingStarted:
    """The file exists and its header is valid."""

    @property
    def recording(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def age_s(self) -> float:
        """How long before ``drain`` its first sample was."""

@final
class RecordedChannel:
    """One channel of a closed recording. Moments are milliseconds, exact to the sample."""

    @property
    def packets(self) -> int: ...
    @property
    def lost_ms(self) -> int: ...
    @property
    def placed_ms(self) -> int:
        """What packets carried to the channel."""
    @property
    def silent_ms(self) -> int:
        """Of that, what was as good as silent: no louder than 54 dB below full scale for 20 ms."""
    @property
    def gaps(self) -> list[tuple[float, float]]: ...
    @property
    def codecs(self) -> list[tuple[float, str]]: ...

@final
class RecordingCompleted:
    """The file is closed and will not change."""

    @property
    def recording(self) -> int: ...
    @property
    def path(self) -> Path: ...
    @property
    def duration_ms(self) -> int: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def customer(self) -> RecordedChannel: ...
    @property
    def agent(self) -> RecordedChannel: ...
    @property
    def marks(self) -> list[tuple[str, str, float, float]]: ...
    @property
    def unwritten(self) -> list[tuple[float, float]]: ...

@final
class RecordingFailed:
    """The recording is not whole."""

    @property
    def recording(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str: ...

@final
class RecordingWaiting:
    """The recording is over, and no disk takes its parts as one file yet."""

    @property
    def recording(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str: ...

@final
class StorageLagging:
    """Writing to this folder is late or fails."""

    @property
    def folder(self) -> str: ...
    @property
    def behind_ms(self) -> int: ...
    @property
    def reason(self) -> str: ...

@final
class StorageRecovered:
    """Writing to this folder is well again."""

    @property
    def folder(self) -> str: ...

@final
class ForkConnected:
    """The fork's audio flows."""

    @property
    def fork(self) -> int: ...

@final
class ForkEnded:
    """The fork is over."""

    @property
    def fork(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def frames_sent(self) -> int: ...
    @property
    def frames_dropped(self) -> int: ...
    @property
    def overrun_ms(self) -> int: ...

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")
_TopVia = TypeVar("_TopVia", bound=tuple[Any, ...])

@final
class MessageReader(Generic[_Request, _Response, _TopVia]):
    """Reads the text of SIP messages into objects of these classes; raises ``error`` for what is unusable."""

    def __new__(
        cls,
        *,
        request: Callable[[str, str, Headers, bytes], _Request],
        response: Callable[[int, str, Headers, bytes], _Response],
        top_via: type[_TopVia],
        error: type[Exception],
    ) -> MessageReader[_Request, _Response, _TopVia]: ...
    def read(self, data: bytes, max_bytes: int) -> _Request | _Response:
        """One datagram. An error has its reason, status (None: nothing can be answered) and what could be
        read of a request."""
    def note_source(self, headers: Headers, host: str, port: int) -> _TopVia:
        """Write into the top Via where a request really came from, and return that Via."""
    def read_top_via(self, line: str) -> _TopVia:
        """The first Via of a line."""
    def read_way_back(self, line: str) -> _TopVia:
        """As much of it as the refusal of a malformed request needs, whatever its version and parameters."""

_Neighbour = TypeVar("_Neighbour")

@final
class DatagramSocket(Generic[_Neighbour]):
    """A non-blocking UDP socket, by its descriptor; who opened it keeps and closes it."""

    def __new__(
        cls, descriptor: int, neighbour: Callable[[str, int], _Neighbour]
    ) -> DatagramSocket[_Neighbour]:
        """``neighbour`` is made of an IP address and a port, one for all datagrams from there."""
    def receive(self, most: int) -> list[tuple[bytes, _Neighbour]]:
        """What waits: up to ``most`` datagrams, 64 at the most, each with who sent it.

        Raises OSError for an ICMP error of an earlier message; what waits can be received then.
        """
    def send(self, data: bytes, host: str, port: int) -> bool:
        """Send to an IP address; False when the socket's buffer is full. Raises OSError when it cannot go."""

_New = TypeVar("_New", bound=tuple[Any, ...])
_Ack = TypeVar("_Ack", bound=tuple[Any, ...])
_Heard = TypeVar("_Heard", bound=tuple[Any, ...])
_Failure = TypeVar("_Failure", bound=tuple[Any, ...])
_Further = TypeVar("_Further", bound=tuple[Any, ...])
_Unanswered = TypeVar("_Unanswered", bound=tuple[Any, ...])
_Send = TypeVar("_Send")
_Hop = TypeVar("_Hop", bound=tuple[str, str, int, str])

@final
class SipTransactions(Generic[_New, _Ack, _Heard, _Failure, _Further, _Unanswered, _Send]):
    """All SIP transactions of a stack, under numbers. Each request of ours is known by an object of the
    caller's, which has its ``request`` and is let go of once nothing more will be told of it; when an INVITE
    whose 2xx was not acknowledged has waited for further answers long enough, its ``owner`` becomes None.

    ``durations_s``: T1, T2, T4. ``told``: the named tuples in which it is told that a request is new (number,
    request, source, where answers go), that an ACK of a 2xx came (request, hop), that an answer came (whose,
    response, hop), that an INVITE failed (its ACK, and what is told of an answer), that a 2xx came of a
    further phone (number, owner, the INVITE as far as its ACK repeats it, response, hop), and that no answer
    will come (whose, 408). ``release`` is told the source of each request that was served
    and is forgotten.
    """

    def __new__(
        cls,
        *,
        durations_s: tuple[float, float, float],
        reader: MessageReader[Any, Any, Any],
        told: tuple[type[_New], type[_Ack], type[_Heard], type[_Failure], type[_Further], type[_Unanswered]],
        send: Callable[..., _Send],
        hop: type[tuple[str, str, int, str]],
        release: Callable[[Any], None],
        counters: object,
        server: str,
        known_methods: frozenset[str],
        answer_to_source: bool,
        max_bytes: int,
    ) -> SipTransactions[_New, _Ack, _Heard, _Failure, _Further, _Unanswered, _Send]: ...
    def receive(
        self, data: bytes, hop: tuple[str, str, int, str], now: float
    ) -> _New | _Ack | _Heard | _Failure | _Further | _Send | None:
        """Take a message from the wire; None when nothing follows. Raises as ``MessageReader.read``."""
    def send(
        self, transaction: object, request: Any, branch: str, hop: tuple[str, str, int, str], now: float
    ) -> tuple[int, bytes]:
        """Write a request of ours and repeat it in time; its number, and the datagram to send."""
    def respond(
        self,
        number: int,
        status: int,
        phrase: str,
        tag: str,
        lines: dict[str, str | list[str]] | None,
        body: bytes,
        now: float,
    ) -> bytes | None:
        """Write an answer, with ``tag`` behind a To that has none, and ``lines`` behind those of every
        answer; None when it comes too late."""
    def wake(self, now: float) -> _Unanswered | _Send | None:
        """Run the timers that are due, up to the first from which something follows."""
    def next_deadline(self) -> float | None: ...
    def acknowledge(
        self, number: int, ack: bytes, hop: tuple[str, str, int, str], owner: object | None
    ) -> None:
        """The ACK of a 2xx to an INVITE of ours was sent: it is repeated, and ``owner`` told of a further
        phone; without one, any 2xx is a repetition."""
    def client(self, branch: str, method: str) -> Any | None:
        """A request of ours of which more will be told."""
    def invited(self, branch: str) -> str | None:
        """The Request-URI of an INVITE of ours."""
    def state(self, number: int) -> str:
        """Where a request of ours stands."""
    def fail(self, branch: str, method: str, hop: tuple[str, str, int, str], now: float) -> bool:
        """A request of ours could not be sent there; whether its sender is to be told."""
    def forget_client(self, number: int) -> None: ...
    def turn_away(self, number: int) -> None:
        """Serve a new request not at all; its source is not released, as it was not admitted."""
    def forget_server(self, number: int) -> None: ...
    def is_merged(self, number: int) -> bool:
        """Whether the same request came on another way before (RFC 3261 §8.2.2.2)."""
    def cancelled_invite(self, number: int) -> tuple[int, str | None] | None:
        """The INVITE a CANCEL is meant for, and the tag of its final answer."""
    def reply_hop(self, port: int, source: _Hop, *, wants_port: bool) -> _Hop:
        """Where the answer to a request goes, by port and ``rport`` of its Via."""
    @property
    def served(self) -> int:
        """How many requests are served."""
    def __len__(self) -> int:
        """How many transactions wait for something, be it only for late repetitions."""

_Uri = TypeVar("_Uri", bound=tuple[Any, ...])
_NameAddr = TypeVar("_NameAddr", bound=tuple[Any, ...])
_Via = TypeVar("_Via", bound=tuple[Any, ...])
_CSeq = TypeVar("_CSeq", bound=tuple[Any, ...])

@final
class UriReader(Generic[_Uri]):
    """Reads URIs into named tuples of this class; raises ``error`` for what is none."""

    def __new__(
        cls,
        *,
        uri: type[_Uri],
        error: type[Exception],
    ) -> UriReader[_Uri]: ...
    def read(self, value: str) -> _Uri: ...
    def check(self, value: str) -> None:
        """Raises as ``read``."""

@final
class ValueReader(Generic[_NameAddr, _Via, _CSeq]):
    """Reads values of headers into named tuples; raises the error of ``uris`` for others."""

    def __new__(
        cls,
        *,
        name_addr: type[_NameAddr],
        via: type[_Via],
        cseq: type[_CSeq],
        uris: UriReader[Any],
    ) -> ValueReader[_NameAddr, _Via, _CSeq]: ...
    def read_name_addr(self, value: str) -> _NameAddr: ...
    def check_name_addr(self, value: str) -> None:
        """Raises as ``read_name_addr``."""
    def read_via(self, value: str) -> _Via: ...
    def read_cseq(self, value: str) -> _CSeq: ...
    @staticmethod
    def read_tag(value: str) -> str | None: ...

@final
class Headers:
    """Header fields by lower-case long name.

    A line with several comma-separated values stays one raw value until a typed accessor splits it.
    """

    def __new__(cls, fields: dict[str, Any] | None = None) -> Headers:
        """``fields`` has a value or a list of values by name. Nobody else changes it from now on, and its
        lists are not empty."""
    def get(self, name: str) -> str | None:
        """The first value, or None. ``name`` is lower case and in its long form."""
    def get_all(self, name: str) -> list[str]:
        """All values, each as it stood on its line; empty when there are none."""
    def set(self, name: str, value: str) -> None:
        """Replace all values by one."""
    def set_all(self, name: str, values: str | list[str]) -> None:
        """Replace all values; an empty list removes the header."""
    def pick(self, names: Iterable[str]) -> dict[str, str | list[str]]:
        """Those of these headers that are there, for another message."""
    def tag(self, name: str) -> str | None:
        """The dialog tag of From or To; None when it has none, or is no address."""
    def dialog_key(self) -> tuple[str, str, str]:
        """The dialog that a peer's request says it belongs to: Call-ID, our tag, the peer's (RFC 3261
        §12.2.2). Empty where there is none."""
    def cseq_number(self) -> int:
        """The number of CSeq, which every message that came has. Raises ValueError when there is none that
        can be read."""
    def fields(self) -> list[tuple[str, str | list[str]]]:
        """As ``items``, without a list for a single value."""
    def items(self) -> list[tuple[str, list[str]]]:
        """(name, values) in the order the names first appeared."""
    def __contains__(self, name: str, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...

def may_keep_sdp(description: str) -> bool:
    """Whether what is made of a session description may be remembered: it is short and tells no keys."""

def take_sdp_apart(description: str) -> tuple[str, int, str] | None:
    """The lines between origin and stream, the port, and all behind it, of a description with one plain audio
    stream that tells no keys; None for any other."""

def write_message(start_line: str, headers: Headers, body: bytes) -> bytes:
    """A SIP message as it goes on the wire."""

class _Agreed(Protocol):
    """The fields of ``media.commands.ConfigureEndpoint``."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def codec(self) -> str: ...
    @property
    def payload_type(self) -> int: ...
    @property
    def dtmf_payload_type(self) -> int | None: ...
    @property
    def dtmf_clock_hz(self) -> int: ...
    @property
    def cn_payload_type(self) -> int | None: ...
    @property
    def ptime_ms(self) -> int: ...
    @property
    def sending(self) -> bool: ...
    @property
    def receiving(self) -> bool: ...
    @property
    def srtp(self) -> SrtpKeys | None: ...
    @property
    def dtls(self) -> DtlsPeer | None: ...
    @property
    def answered(self) -> bool: ...
    @property
    def rtcp_mux(self) -> bool: ...
    @property
    def rtcp_host(self) -> str | None: ...
    @property
    def rtcp_port(self) -> int | None: ...
    @property
    def voice_metrics(self) -> bool: ...

@final
class Ways:
    """Where items of all kinds go that have been met (``runtime.driver.Ways``)."""

    def __new__(cls) -> Ways: ...
    def clear(self) -> None: ...
    def drain(
        self,
        items: list[Any],
        find: Callable[[type], Way],
        on_fault: FaultHandler,
        now: float,
        wall: float,
    ) -> None:
        """Hand each item to whom it concerns, and what follows from it too, until none is left."""

@final
class EntryQueue:
    """Entries of a journal on their way to the thread that writes it, oldest first. One thread puts them."""

    newest: tuple[int, float, str, Any] | None
    """The entry that was put last."""

    def __new__(cls, first_number: int, most: int, wake: Callable[[], object]) -> EntryQueue:
        """``most``: how many may wait. ``wake`` is called when an entry is put behind no other."""

    def __len__(self) -> int:
        """How many wait."""

    def put(self, told: Any, wall: float, topic: str | None = None) -> None:
        """Number what happened at ``wall`` and let it wait; when as many wait as may, it is lost and counted.

        Never waits. ``told``: an event, or fields, which have no ``topic`` of their own.
        """

    def take(self, most: int) -> list[tuple[int, float, str, Any]]:
        """The oldest, at most so many; they wait no longer."""

    def give_back(self, entries: list[tuple[int, float, str, Any]]) -> None:
        """They are the oldest that wait again."""

    def lose(self, number: int) -> None:
        """Count an entry that cannot be kept."""

    def take_lost(self) -> tuple[int, int, int] | None:
        """How many were lost since this was asked last, and the numbers of the first and the last."""

_Fact = (
    EndpointClosed
    | MediaStarted
    | MediaLost
    | MediaResumed
    | MediaFlooded
    | OneWayDetected
    | DigitDetected
    | Masked
    | Unmasked
    | PlaybackEnded
    | RecordingStarted
    | RecordingCompleted
    | RecordingFailed
    | RecordingWaiting
    | StorageLagging
    | StorageRecovered
    | RecordingMasked
    | ForkConnected
    | ForkEnded
)
