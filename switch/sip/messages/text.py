"""Text from SIP messages made fit for events."""

from unicodedata import category

_LONGEST = 256
"""Characters; no name, number or id of a call needs more."""
_UNPRINTABLE = "\ufffd"


def all_printable(*texts: str) -> tuple[str, ...]:
    """Each of these made ``printable``; as nearly all are, one look at them together is enough."""
    whole = "".join(texts)
    return texts if len(whole) <= _LONGEST and whole.isprintable() else tuple(map(printable, texts))


def printable(text: str) -> str:
    """Header text cut to a bounded length and safe to show.

    Bytes that are not UTF-8 and control characters (which terminals obey) become U+FFFD.
    """
    cut = text[:_LONGEST]
    if cut.isprintable():
        return cut
    decoded = cut.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(_UNPRINTABLE if category(c).startswith("C") else c for c in decoded)
