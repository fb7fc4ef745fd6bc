"""Text from SIP messages made fit for events."""

from unicodedata import category

_LONGEST = 256
"""Characters; no name, number or id of a call needs more."""
_UNPRINTABLE = "\ufffd"


def printable(text: str) -> str:
    """Header text cut to a bounded length and safe to show.

    Bytes that are not UTF-8 and control characters (which terminals obey) become U+FFFD.
    """
    cut = text[:_LONGEST]
    if cut.isprintable():
        return cut
    decoded = cut.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(_UNPRINTABLE if category(c).startswith("C") else c for c in decoded)
