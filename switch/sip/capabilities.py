"""What we tell peers that we can do: Allow, Supported, Accept (RFC 3261 §11.2, §20.5, §20.37)."""

SERVED = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER")
"""The methods we serve, each by a handler of the user agent."""
EXTENSIONS: tuple[str, ...] = ("replaces",)
"""Option tags a peer may require of us."""
KNOWN_METHODS = frozenset(
    {
        "ACK", "BYE", "CANCEL", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "PUBLISH",
        "REFER", "REGISTER", "SUBSCRIBE", "UPDATE",
    }
)  # fmt: skip
"""The registered methods, served or not."""

ALLOW = [", ".join(SERVED)]
SUPPORTED = [", ".join(EXTENSIONS)]
SDP_TYPE = ["application/sdp"]
ACCEPT = SDP_TYPE
"""The bodies we read."""
CAPABILITIES = {"allow": ALLOW, "accept": ACCEPT, "accept-encoding": ["identity"], "supported": SUPPORTED}
"""What OPTIONS is answered with (RFC 3261 §11.2)."""
