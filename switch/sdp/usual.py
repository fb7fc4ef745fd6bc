"""The usual description: one plain audio stream, which tells no keys.

The calls of a phone differ in the ``o=`` line and in the port alone, so that what was made of all other text
can be kept by that text.
"""

import re

_LONGEST = 2_000
"""Characters worth keeping; a phone with more is rare."""
_SECRETS = ("crypto:", "ice-pwd:")
"""Keys and passwords are nobody's business but their call's."""
_USUAL = re.compile(
    r"v=0\r?\no=\S++ \S++ \S++ IN \S++ \S++\r?\n"
    r"((?:[^m\n].*+\n)*)m=audio ([1-9][0-9]{0,4}) (?=RTP/AVP )"
)


def may_be_kept(text: str) -> bool:
    """Whether what is made of a description may be remembered."""
    return len(text) <= _LONGEST and _SECRETS[0] not in text and _SECRETS[1] not in text


def take_apart(text: str) -> tuple[str, int, str] | None:
    """The lines between origin and stream, the port, and all behind it; None for anything unusual."""
    found = _USUAL.match(text) if may_be_kept(text) else None
    if found is None:
        return None
    session, port, stream = found[1], int(found[2]), text[found.end() :]
    return None if port > 65535 or "\nm=" in stream else (session, port, stream)


def put_together(session: str, stream: str) -> str:
    """A description with this text, of nobody and at no port in particular."""
    return f"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n{session}m=audio 9 {stream}"
