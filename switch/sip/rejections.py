"""What becomes of messages that cannot be served: an answer without a transaction, a count, an event."""

from runtime.vocabulary import Output
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.errors import SipSyntaxError
from switch.sip.event_budget import EventBudget
from switch.sip.events import MessageRejected
from switch.sip.hop import Hop
from switch.sip.identity import Identity
from switch.sip.message import Request
from switch.sip.text import printable
from switch.sip.via_rules import note_source, reply_hop
from switch.sip.writer import write_message

_RETRY_AFTER = ["30"]
"""Seconds an overloaded stack asks for."""
_LONGEST_PHRASE = 120


class Rejections:
    """Answers and reports, so that a flood of junk costs little and cannot fill the journal."""

    def __init__(
        self, identity: Identity, counters: Counters, budget: EventBudget, *, answer_to_source: bool
    ) -> None:
        self._identity = identity
        self._counters = counters
        self._budget = budget
        self._answer_to_source = answer_to_source

    def reject(self, error: SipSyntaxError, hop: Hop, now: float) -> list[Output]:
        """Answer unusable SIP as far as it can be answered, and report it."""
        answers: list[Output] = []
        request = error.request
        if error.status is not None and request is not None and request.method != "ACK":
            answers = self._answer(request, hop, error.status, phrase=printable(error.reason))
        return answers + self.report(error.reason, error.status if answers else None, hop, now)

    def turn_away(self, request: Request, hop: Hop) -> list[Output]:
        """503 to a request there is no room for."""
        return self._answer(request, hop, 503, extra={"retry-after": _RETRY_AFTER})

    def report(self, reason: str, status: int | None, hop: Hop, now: float) -> list[Output]:
        """Count it; an event only while this second has not seen too many."""
        self._counters.rejected += 1
        if not self._budget.allows(now):
            return []
        return [MessageRejected(peer=str(hop), reason=printable(reason), status=status)]

    def _answer(
        self,
        request: Request,
        hop: Hop,
        status: int,
        *,
        phrase: str | None = None,
        extra: dict[str, list[str]] | None = None,
    ) -> list[Output]:
        try:
            via = note_source(request, hop)
        except SipSyntaxError:
            return []
        shortened = phrase[:_LONGEST_PHRASE] if phrase else None
        response = self._identity.answer(request, status, phrase=shortened, extra=extra)
        self._counters.responses_sent[status] += 1
        answers_to = reply_hop(via, hop, to_source=self._answer_to_source)
        return [SendMessage(data=write_message(response), hop=answers_to)]
