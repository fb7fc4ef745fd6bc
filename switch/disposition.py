"""What became of a call, in the four words operators parse (Asterisk's CDR column ``disposition``)."""

from enum import StrEnum

from switch.causes import Cause


class Disposition(StrEnum):
    """The outcome of a call that is over."""

    ANSWERED = "ANSWERED"
    NO_ANSWER = "NO ANSWER"
    BUSY = "BUSY"
    FAILED = "FAILED"


_UNANSWERED = {
    Cause.USER_BUSY: Disposition.BUSY,
    Cause.NORMAL_CLEARING: Disposition.NO_ANSWER,
    Cause.ORIGINATOR_CANCEL: Disposition.NO_ANSWER,
    Cause.NO_ANSWER: Disposition.NO_ANSWER,
    Cause.NO_USER_RESPONSE: Disposition.NO_ANSWER,
}


def disposition(cause: Cause, *, answered: bool) -> Disposition:
    """Answered calls are ANSWERED however they ended; of the others any cause not listed is a failure."""
    return Disposition.ANSWERED if answered else _UNANSWERED.get(cause, Disposition.FAILED)
