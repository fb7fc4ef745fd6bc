"""What becomes of messages that are not served: an answer without a transaction (RFC 3261 §8.2.7)."""

from contextlib import suppress

from runtime.vocabulary import Output
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.errors import SipSyntaxError
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.guard import Guard
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.messages.message import Fields, Request, TopVia
from switch.sip.messages.text import printable
from switch.sip.messages.via_rules import note_source, read_way_back
from switch.sip.messages.writer import write_message
from switch.sip.transactions.transaction_layer import RequestTurnedAway, TransactionLayer

_LONGEST_PHRASE = 120


class Rejections:
    """Answers what can be answered, and tells the guard."""

    def __init__(self, identity: Identity, counters: Counters, guard: Guard, layer: TransactionLayer) -> None:
        self._identity = identity
        self._counters = counters
        self._guard = guard
        self._layer = layer

    def reject(self, error: SipSyntaxError, hop: Hop, now: float) -> list[Output]:
        """Answer unusable SIP as far as it can be answered, and report it."""
        answers: list[Output] = []
        request = error.request
        if error.status is not None and request is not None and request.method != "ACK":
            answers = self._answer(request, hop, error.status, phrase=printable(error.reason))
        return answers + self.report(error.reason, error.status if answers else None, hop, now)

    def turn_away(self, refused: RequestTurnedAway, now: float) -> list[Output]:
        """503 to a request that is not admitted, or silence."""
        request, kind, hop = refused
        status, events = self._guard.turn_away(request, kind, hop, now)
        if status is None:
            return [*events]
        later = str(self._guard.retry_after_s(request))
        return [*self._answer(request, hop, status, extra={"retry-after": later}), *events]

    def report(self, reason: str, status: int | None, hop: Hop, now: float) -> list[Output]:
        """Something was not usable SIP."""
        self._counters.rejected += 1
        return [*self._guard.refuse(RefusalKind.MALFORMED, hop, now, detail=reason, status=status)]

    def _answer(
        self,
        request: Request,
        hop: Hop,
        status: int,
        *,
        phrase: str | None = None,
        extra: Fields | None = None,
    ) -> list[Output]:
        via = _way_back(request, hop)
        if via is None:
            return []
        shortened = phrase[:_LONGEST_PHRASE] if phrase else None
        response = self._identity.answer(request, status, phrase=shortened, extra=extra)
        self._counters.responses_sent[status] += 1
        return [SendMessage(data=write_message(response), hop=self._layer.reply_hop(via, hop))]


def _way_back(request: Request, hop: Hop) -> TopVia | None:
    """Where the Via says that the answer goes, be the rest of it as malformed as it may."""
    with suppress(SipSyntaxError):
        return note_source(request, hop)
    with suppress(SipSyntaxError):
        return read_way_back(request.headers)
    return None
