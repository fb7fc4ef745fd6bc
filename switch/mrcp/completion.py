"""How syntheses and recognitions end: completion causes (RFC 6787 §8.4.4, §9.4.11)."""

from enum import StrEnum

from runtime.vocabulary import plain_data
from switch.mrcp.message import MrcpMessage, header

_NUMBER_DIGITS = 3


class Outcome(StrEnum):
    """What a completion cause comes to."""

    DONE = "done"
    """All was said, or something was understood."""
    CUT_OFF = "cut off"
    """By the caller or by us."""
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"
    TOO_EARLY = "too_early"
    """The caller began to speak before the recogniser could hear."""
    UNUSABLE = "unusable"
    """Not by this server: a language, grammar or address it cannot do anything with."""
    BROKEN = "broken"
    """The server itself does not work."""


@plain_data
class Completion:
    """The end of a request."""

    outcome: Outcome
    cause: str
    """By its name in the standard, such as ``no-input-timeout``."""
    reason: str = ""
    """The server's own words, if it has any."""


_SYNTHESIS = {
    0: ("normal", Outcome.DONE),
    1: ("barge-in", Outcome.CUT_OFF),
    2: ("parse-failure", Outcome.UNUSABLE),
    3: ("uri-failure", Outcome.UNUSABLE),
    4: ("error", Outcome.BROKEN),
    5: ("language-unsupported", Outcome.UNUSABLE),
    6: ("lexicon-load-failure", Outcome.UNUSABLE),
    7: ("cancelled", Outcome.CUT_OFF),
}
_RECOGNITION = {
    0: ("success", Outcome.DONE),
    1: ("no-match", Outcome.NO_MATCH),
    2: ("no-input-timeout", Outcome.NO_INPUT),
    3: ("hotword-maxtime", Outcome.NO_MATCH),
    4: ("grammar-load-failure", Outcome.UNUSABLE),
    5: ("grammar-compilation-failure", Outcome.UNUSABLE),
    6: ("recognizer-error", Outcome.BROKEN),
    7: ("speech-too-early", Outcome.TOO_EARLY),
    8: ("success-maxtime", Outcome.DONE),
    9: ("uri-failure", Outcome.UNUSABLE),
    10: ("language-unsupported", Outcome.UNUSABLE),
    11: ("cancelled", Outcome.CUT_OFF),
    12: ("semantics-failure", Outcome.UNUSABLE),
    13: ("partial-match", Outcome.NO_MATCH),
    14: ("partial-match-maxtime", Outcome.NO_MATCH),
    15: ("no-match-maxtime", Outcome.NO_MATCH),
    16: ("grammar-definition-failure", Outcome.UNUSABLE),
}


def synthesis_completion(message: MrcpMessage) -> Completion:
    """What SPEAK-COMPLETE, or a SPEAK that is complete at once, says."""
    return _read(message, _SYNTHESIS)


def recognition_completion(message: MrcpMessage) -> Completion:
    """What RECOGNITION-COMPLETE, or a RECOGNIZE that is complete at once, says."""
    return _read(message, _RECOGNITION)


def _read(message: MrcpMessage, causes: dict[int, tuple[str, Outcome]]) -> Completion:
    """``<three digits> <name>``; the number counts, since servers write the names as they like."""
    text, reason = header(message, "Completion-Cause"), header(message, "Completion-Reason").strip('"')
    digits = text[:_NUMBER_DIGITS]
    known = causes.get(int(digits)) if digits.isascii() and digits.isdigit() else None
    if known is None:
        return Completion(outcome=Outcome.BROKEN, cause="unknown", reason=reason or f"cause {text[:40]!r}")
    return Completion(outcome=known[1], cause=known[0], reason=reason)
