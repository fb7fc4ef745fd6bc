"""The usual description: one plain audio stream, which tells no keys.

The calls of a phone differ in the ``o=`` line and in the port alone, so that what was made of all other text
can be kept by that text.
"""

from media._core import take_sdp_apart

_LONGEST = 2_000
"""Characters worth keeping; a phone with more is rare."""
_SECRETS = ("crypto:", "ice-pwd:")
"""Keys and passwords are nobody's business but their call's."""


take_apart = take_sdp_apart
"""The lines between origin and stream, the port, and all behind it; None for anything unusual."""


def may_be_kept(text: str) -> bool:
    """Whether what is made of a description may be remembered."""
    return len(text) <= _LONGEST and _SECRETS[0] not in text and _SECRETS[1] not in text


def put_together(session: str, stream: str) -> str:
    """A description with this text, of nobody and at no port in particular."""
    return f"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n{session}m=audio 9 {stream}"
