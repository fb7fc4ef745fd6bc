"""Headers that may be sent along with a lookup. Pure."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
"""A token of RFC 9110 §5.6.2."""
_VALUE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,4096}")
MOST_HEADERS = 32
OURS = frozenset(
    [
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
"""Headers of the connection and of the message's length, which the switch writes itself."""


class CannotBeSent(ValueError):
    """A request that is no good, and how it should be. Its text holds no value of it."""


def check_header_name(name: str) -> str:
    """Raises CannotBeSent saying what was expected."""
    if not _NAME.fullmatch(name) or name.lower() in OURS:
        raise CannotBeSent(
            f"the name of a header, such as X-Token, that is none of {', '.join(sorted(OURS))}"
        )
    return name


def check_headers(headers: Iterable[tuple[str, str]]) -> None:
    """Raises CannotBeSent saying what was expected."""
    headers = list(headers)
    if len(headers) > MOST_HEADERS:
        raise CannotBeSent(f"{MOST_HEADERS} headers at most")
    for name, value in headers:
        check_header_name(name)
        if not _VALUE.fullmatch(value):
            raise CannotBeSent(f"a value of one line for {name}")
