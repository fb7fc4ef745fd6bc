"""What we can do, and how we tell peers: Allow, Supported, Accept (RFC 3261 §11.2, §20.5, §20.37)."""

from switch.sip.messages.message import Fields, Headers

SERVED = (
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "INFO", "MESSAGE", "PRACK", "REFER", "SUBSCRIBE",
    "UPDATE",
)  # fmt: skip
"""The methods we serve, each by a handler of the user agent."""
EXTENSIONS: tuple[str, ...] = ("100rel", "norefersub", "outbound", "path", "replaces", "timer")
"""Option tags a peer may require of us."""
KNOWN_METHODS = frozenset(
    {
        "ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "PUBLISH",
        "REFER", "REGISTER", "SUBSCRIBE", "UPDATE",
    }
)  # fmt: skip
"""The registered methods, served or not."""
SDP = "application/sdp"
MULTIPART = "multipart/mixed"

ALLOW = ", ".join(SERVED)
SUPPORTED = ", ".join(EXTENSIONS)
SDP_TYPE = SDP
ACCEPT = f"{SDP}, {MULTIPART}"
"""The bodies we read."""
ALLOW_EVENTS = "dialog, message-summary, refer"
"""What phones can subscribe to."""
CAPABILITIES: Fields = {
    "allow": ALLOW,
    "accept": f"{SDP}, {MULTIPART}, text/plain, application/dtmf-relay, application/dtmf",
    "accept-encoding": "identity",
    "supported": SUPPORTED,
    "allow-events": ALLOW_EVENTS,
}
"""What OPTIONS is answered with (RFC 3261 §11.2)."""


def names_token(headers: Headers, name: str, token: str) -> bool:
    """Whether a header that lists tokens (Supported, Require, Allow) names this one, in whatever case.

    A list that is malformed elsewhere is no reason to miss it.
    """
    if name not in headers:
        return False
    wanted = token.lower()
    lines = headers.get_all(name)
    return any(member.strip().lower() == wanted for line in lines for member in line.split(","))
