"""One session with a speech server: a SIP dialog, a media endpoint, a connection, a request.

    opening ──► dialling ──► connecting ──► asking ──► over
    (ports)     (INVITE)     (control)      (channel)

What goes wrong on the way, or in the end, is told to its owner as news; the session is over then.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from media.commands import CloseEndpoint, ConfigureEndpoint, OpenEndpoint
from media.events import EndpointOpened
from runtime.deadlines import earliest
from runtime.errors import PeerError
from runtime.vocabulary import Output
from switch.causes import Cause
from switch.mrcp.channel import Channel, ChannelOutput, Over, Patience, Say, resource_of
from switch.mrcp.commands import CloseControl, OpenControl, SendControl
from switch.mrcp.orders import RecogniseOrder, SpeakOrder
from switch.mrcp.parser import MessageStream
from switch.mrcp.servers import SpeechServer
from switch.mrcp.session_description import SessionAgreement, make_session_offer, read_session_answer
from switch.sdp.agreement import MediaAgreement
from switch.sdp.offer_answer import LocalMedia
from switch.sip.commands import DialLeg, HangUpLeg
from switch.sip.events import LegAnswered, LegEnded
from switch.sip.legs.branches import Branch


class Stage(StrEnum):
    """How far it has come."""

    OPENING = "opening ports"
    DIALLING = "setting up a session"
    CONNECTING = "connecting"
    ASKING = "asking"
    OVER = "over"


class HasAudio(NamedTuple):
    """News: audio goes from the caller to the server, or back, as soon as legs are joined."""


class Broken(NamedTuple):
    """News: it came to nothing. The session is over."""

    problem: str
    ours: bool = False
    """Whether it was no fault of the server's."""


class SessionOver(NamedTuple):
    """News: nothing is left of it."""


News = HasAudio | Broken | SessionOver | ChannelOutput
Outputs = list[Output | News]


class SpeechSession:
    """Carries out one order at one server. Its id is the leg's and the connection's, too."""

    def __init__(
        self,
        session_id: str,
        server: SpeechServer,
        order: SpeakOrder | RecogniseOrder,
        *,
        our_address: str,
        speaking_s: float,
        prompt_plays: bool,
    ) -> None:
        self.session_id = session_id
        self.server = server
        self.order = order
        self.resource = resource_of(order)
        self.stage = Stage.OPENING
        self.is_wanted = True
        """False once nobody waits for what comes of it."""
        self._our_address = our_address
        self._patience = Patience(server.config.answer_timeout_s, speaking_s)
        self._prompt_plays = prompt_plays
        self._offer = ""
        self._agreed: SessionAgreement | None = None
        self._stream = MessageStream()
        self._channel: Channel | None = None
        self._setup_until: float | None = None
        self._has_leg = False
        self._has_endpoint = False

    # -- setting up ----------------------------------------------------------------------------------

    def begin(self, near: str, now: float) -> Outputs:
        """Take ports, beside those of the caller's leg ``near``."""
        self._setup_until = now + self.server.config.setup_timeout_s
        self._has_endpoint = True
        ipv6 = ":" in self.server.config.host
        return [OpenEndpoint(leg_id=self.session_id, near=near, ipv6=ipv6)]

    def endpoint_opened(self, event: EndpointOpened, number: int) -> Outputs:
        """The ports are there: call the server. ``number`` is the session's in SDP."""
        if self.stage is not Stage.OPENING:
            return []
        config = self.server.config
        local = LocalMedia(
            host=event.host,
            port=event.port,
            session_id=number,
            session_version=0,
            codecs=tuple(config.codecs),
        )
        self._offer = make_session_offer(local, self.resource, secured=config.control_tls)
        self.stage, self._has_leg = Stage.DIALLING, True
        branch = Branch(
            uri=self.server.uri, hop=config.hop, caller=self._our_address, called=f"<{self.server.uri}>"
        )
        return [
            DialLeg(
                leg_id=self.session_id,
                branches=(branch,),
                sdp=self._offer,
                dial_limit_s=config.setup_timeout_s,
            )
        ]

    def answered(self, event: LegAnswered) -> Outputs:
        """The server takes the session: join the audio and connect."""
        if self.stage is not Stage.DIALLING:
            return []
        try:
            agreed = self._agreed = read_session_answer(self._offer, event.sdp)
        except PeerError as fault:
            return self.fail(str(fault))
        self.stage = Stage.CONNECTING
        config, control = self.server.config, agreed.control
        return [
            _configuration(self.session_id, agreed.media),
            HasAudio(),
            OpenControl(
                session_id=self.session_id,
                host=control.host,
                port=control.port,
                domain=config.domain if config.control_tls else None,
            ),
        ]

    def connected(self, now: float) -> Outputs:
        """The control connection is there: ask."""
        if self.stage is not Stage.CONNECTING:
            return []
        assert self._agreed is not None, "it connects to what was agreed"
        self.stage, self._setup_until = Stage.ASKING, None
        self._channel = Channel(
            self._agreed.control.channel_id, self.order, self._patience, prompt_plays=self._prompt_plays
        )
        return self._after(self._channel.begin(now))

    # -- what happens --------------------------------------------------------------------------------

    def received(self, octets: bytes, now: float) -> Outputs:
        """Octets of the control connection."""
        outputs: Outputs = []
        for message in self._stream.receive(octets):
            if self._channel is not None:
                outputs += self._after(self._channel.receive(message, now))
        if self._stream.fault:
            outputs += self.fail(self._stream.fault)
        return outputs

    def disconnected(self, problem: str) -> Outputs:
        """The control connection is gone, or could not be had."""
        return self.fail(problem)

    def leg_ended(self, event: LegEnded) -> Outputs:
        """The server refuses the session, or ends it."""
        self._has_leg = False
        if event.sip_status is not None:
            return self.fail(f"SIP answer {event.sip_status}")
        return self.fail("hung up" if event.by_peer else "no SIP answer")

    def fail(self, problem: str, *, ours: bool = False) -> Outputs:
        """It cannot go on; ``ours``: through no fault of the server's."""
        if self.stage is Stage.OVER:
            return []
        return [Broken(f"{problem} ({self.stage})", ours), *self._close()]

    # -- what is ordered -----------------------------------------------------------------------------

    def give_up(self, now: float, *, barged_in: bool = False) -> Outputs:
        """Nobody wants it any more: no more audio at once, and the server is told."""
        self.is_wanted = False
        if self._channel is None:
            return self._close()
        step: Callable[[float], list[ChannelOutput]]
        step = self._channel.barge_in if barged_in else self._channel.stop
        return [*self._close_endpoint(), *self._after(step(now))]

    def prompt_over(self, now: float) -> Outputs:
        """From now on the caller's silence counts."""
        self._prompt_plays = False
        return [] if self._channel is None else self._after(self._channel.prompt_over(now))

    def abandon(self) -> Outputs:
        """Nobody wants it any more, and the caller is gone: the end of the dialog says it all."""
        self.is_wanted = False
        return self._close()

    def next_deadline(self) -> float | None:
        channel = None if self._channel is None else self._channel.next_deadline()
        return earliest(self._setup_until, channel)

    def wake(self, now: float) -> Outputs:
        """It is not up in time, or an answer is late."""
        if self._setup_until is not None and self._setup_until <= now:
            return self.fail("not in time")
        return [] if self._channel is None else self._after(self._channel.wake(now))

    # -- the end -------------------------------------------------------------------------------------

    def _after(self, said: list[ChannelOutput]) -> Outputs:
        """What the channel says goes to the server; all else is news."""
        outputs: Outputs = []
        for output in said:
            if isinstance(output, Say):
                outputs.append(SendControl(session_id=self.session_id, octets=output.octets))
            elif isinstance(output, Over):
                outputs += self._close()
            else:
                outputs.append(output)
        return outputs

    def _close(self) -> Outputs:
        if self.stage is Stage.OVER:
            return []
        has_connection = self.stage in (Stage.CONNECTING, Stage.ASKING)
        self.stage, self._setup_until, self._channel = Stage.OVER, None, None
        outputs: Outputs = [CloseControl(session_id=self.session_id)] if has_connection else []
        if self._has_leg:
            outputs.append(HangUpLeg(leg_id=self.session_id, cause=Cause.NORMAL_CLEARING))
        return [*outputs, *self._close_endpoint(), SessionOver()]

    def _close_endpoint(self) -> Outputs:
        if not self._has_endpoint:
            return []
        self._has_endpoint = False
        return [CloseEndpoint(leg_id=self.session_id)]


def _configuration(leg_id: str, agreed: MediaAgreement) -> ConfigureEndpoint:
    return ConfigureEndpoint(
        leg_id=leg_id,
        host=agreed.host,
        port=agreed.port,
        codec=agreed.codec,
        payload_type=agreed.payload_type,
        dtmf_payload_type=None,
        ptime_ms=agreed.ptime_ms,
        max_ptime_ms=agreed.max_ptime_ms,
        sending=agreed.sending,
        receiving=agreed.receiving,
    )
