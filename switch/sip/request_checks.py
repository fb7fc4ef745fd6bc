"""What every request must pass before anybody looks at its purpose (RFC 3261 §8.2)."""

from switch.sip.capabilities import ALLOW, EXTENSIONS, KNOWN_METHODS, SDP, SERVED
from switch.sip.messages.bodies import check_body
from switch.sip.messages.header_values import parse_token_list
from switch.sip.messages.message import Headers, Request
from switch.sip.messages.uri import check_uri
from switch.sip.refusal import Refusal

_SCHEMES = ("sip:", "sips", "tel:")
"""How the Request-URIs we understand begin (RFC 3261 §8.2.2.1)."""
_SESSION_RANGES = frozenset({SDP, "application/*", "*/*"})


def check_request(request: Request) -> Refusal | None:
    """The refusal of any request, in the order of RFC 3261 §8.2; None when it may go on.

    Raises SipSyntaxError when its Request-URI cannot be read.
    """
    if request.method not in SERVED:
        # RFC 3261 §8.2.1, §21.5.2: 405 for what we recognise, 501 for what we do not
        return Refusal(405 if request.method in KNOWN_METHODS else 501, {"allow": ALLOW})
    if not request.uri[:4].lower().startswith(_SCHEMES):
        return Refusal(416)
    check_uri(request.uri)
    if "require" in request.headers:
        wanted = parse_token_list(request.headers.get_all("require"))
        unknown = [tag for tag in wanted if tag.lower() not in EXTENSIONS]
        if unknown:
            return Refusal(420, {"unsupported": ", ".join(unknown)})
    return None


def check_invite(request: Request) -> Refusal | None:
    """The refusal of an INVITE whose way or body we cannot take.

    An INVITE at its last hop is refused because we would send it on to a station (RFC 7332 §4); other
    requests with Max-Forwards 0 have reached their goal here.
    """
    headers = request.headers
    hops = (headers.get("max-forwards") or "").strip()
    if hops and not hops.strip("0"):
        return Refusal(483)
    if "accept" in headers and not _takes_sessions(headers):
        return Refusal(406)
    return check_body(request)


def _takes_sessions(headers: Headers) -> bool:
    """Whether a session description is among what the caller can read (RFC 3261 §20.1, §21.4.7)."""
    ranges = (one.partition(";")[0] for line in headers.get_all("accept") for one in line.split(","))
    return any(one.strip().lower() in _SESSION_RANGES for one in ranges)
