"""Where the wire is listened to: between the transports and the driver. Costs next to nothing unheard."""

from collections.abc import Callable, Mapping

from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from switch.sdp.secrets import hide_keys
from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.trace.events import SipMessageTraced
from switch.sip.trace.hidden_digits import hide_digits
from switch.sip.trace.recorder import TraceRecorder
from switch.sip.trace.traced import TracedMessage
from switch.sip.transport.reports import MessageReceived

Listener = Callable[[SipMessageTraced, float], None]
"""Takes the event and its wall-clock time."""


class WireTap:
    """Shows each message to the recorder, if there is one, and tells it while anybody listens."""

    def __init__(
        self,
        clock: Clock,
        our_hop: Callable[[Hop], Hop],
        *,
        recorder: TraceRecorder | None,
        tell: Listener,
    ) -> None:
        """``our_hop`` tells our address as a peer knows it; ``tell`` is for those who listen, if any do."""
        self._clock = clock
        self._our_hop = our_hop
        self._recorder = recorder
        self._tell = tell
        self._is_heard = False
        self._is_wanted = recorder is not None

    def set_heard(self, is_heard: bool) -> None:
        """Somebody listens from now on, or nobody does."""
        self._is_heard = is_heard
        self._is_wanted = is_heard or self._recorder is not None

    def around(self, transports: Mapping[type, Handler]) -> dict[type, Handler]:
        """The routes of the transports, listened to: what they send, and beside them what is received."""
        send = transports[SendMessage]

        def watched(message: SendMessage, now: float) -> Outputs:
            if self._is_wanted:
                self._show(self._our_hop(message.hop), message.hop, message.data, sent=True)
            return send(message, now)

        return {**transports, MessageReceived: self._received, SendMessage: watched}

    def _received(self, message: MessageReceived, now: float) -> Outputs:
        if self._is_wanted:
            self._show(message.hop, self._our_hop(message.hop), message.data, sent=False)
        return ()

    def _show(self, source: Hop, target: Hop, data: bytes, *, sent: bool) -> None:
        data = hide_digits(hide_keys(data))
        traced = TracedMessage(self._clock.wall(), source, target, data, sent)
        if self._recorder is not None:
            self._recorder.put(traced)
        if self._is_heard:
            event = SipMessageTraced(source=str(source), target=str(target), sent=sent, data=data)
            self._tell(event, traced.time)
