"""Which octets of a file a request is for (RFC 9110 §13.1.5, §14). Pure."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_MOST_DIGITS = 18


class UnsatisfiableRange(Exception):
    """The range lies behind the end of the file; to be answered 416."""


@dataclass(frozen=True, slots=True)
class OctetRange:
    """A piece of a file: ``first`` to ``last``, both included; empty when ``last`` is before ``first``."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def whole(size: int) -> OctetRange:
    """All of a file."""
    return OctetRange(0, size - 1)


def requested_range(
    header: str | None, if_range: str | None, etag: str | None, size: int
) -> OctetRange | None:
    """The one range a request is for; None when the answer is the whole file.

    That is so without a header, with one that is malformed, of another unit or of several ranges, which a
    server may ignore (§14.2), and when the file is no longer the one the client has a part of.
    Raises UnsatisfiableRange.
    """
    match = _ONE_RANGE.fullmatch(header) if header else None
    if match is None or (if_range is not None and not _is_same(if_range, etag)):
        return None
    first, last = match.groups()
    if len(first) > _MOST_DIGITS or len(last) > _MOST_DIGITS:
        return None
    if first:
        return _from(int(first), int(last) if last else size - 1, size, given=bool(last))
    return _at_the_end(int(last), size) if last else None


def _from(first: int, last: int, size: int, *, given: bool) -> OctetRange | None:
    if given and last < first:
        return None  # no range at all (§14.1.1)
    if first >= size:
        raise UnsatisfiableRange
    return OctetRange(first, min(last, size - 1))


def _at_the_end(length: int, size: int) -> OctetRange:
    if length == 0 or size == 0:
        raise UnsatisfiableRange
    return OctetRange(max(0, size - length), size - 1)


def _is_same(if_range: str, etag: str | None) -> bool:
    """By strong comparison (§8.8.3.2). A date never matches: no Last-Modified was ever given."""
    return etag is not None and if_range.strip() == etag
