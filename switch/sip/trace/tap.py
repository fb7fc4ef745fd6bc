"""Where the wire is listened to: beside the driver, as messages pass it. Costs nothing unheard."""

from collections.abc import Callable

from runtime.clock import Clock
from runtime.driver import Driver
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

    def set_heard(self, is_heard: bool) -> None:
        """Somebody listens from now on, or nobody does; the driver is to ask its observers again then."""
        self._is_heard = is_heard

    def watch(self, driver: Driver) -> None:
        """See what the transports bring, and what they are given to send."""
        driver.watch(MessageReceived, self._received, self._is_wanted)
        driver.watch(SendMessage, self._sent, self._is_wanted)

    def _is_wanted(self) -> bool:
        return self._is_heard or self._recorder is not None

    def _received(self, message: MessageReceived, wall: float) -> None:
        self._show(message.hop, self._our_hop(message.hop), message.data, sent=False)

    def _sent(self, message: SendMessage, wall: float) -> None:
        self._show(self._our_hop(message.hop), message.hop, message.data, sent=True)

    def _show(self, source: Hop, target: Hop, data: bytes, *, sent: bool) -> None:
        data = hide_digits(hide_keys(data))
        traced = TracedMessage(self._clock.wall(), source, target, data, sent)
        if self._recorder is not None:
            self._recorder.put(traced)
        if self._is_heard:
            event = SipMessageTraced(source=str(source), target=str(target), sent=sent, data=data)
            self._tell(event, traced.time)
