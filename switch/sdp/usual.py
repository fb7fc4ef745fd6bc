"""The usual description: one plain audio stream, which tells no keys.

The calls of a phone differ in the ``o=`` line and in the port alone, so that what was made of all other text
can be kept by that text.
"""

from media._core import may_keep_sdp, take_sdp_apart

may_be_kept = may_keep_sdp
"""Whether what is made of a description may be remembered: keys and passwords are nobody's business but their
call's, and a phone with more than 2,000 octets is rare."""
take_apart = take_sdp_apart
"""The lines between origin and stream, the port, and all behind it; None for anything unusual."""


def put_together(session: str, stream: str) -> str:
    """A description with this text, of nobody and at no port in particular."""
    return f"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n{session}m=audio 9 {stream}"
