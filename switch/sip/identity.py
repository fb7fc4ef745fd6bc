"""How this switch names itself in messages, and the answers it writes. All fixed text is built once."""

from collections.abc import Sequence
from functools import cache

from runtime.ids import Ids
from switch.sip.config import SipConfig
from switch.sip.headers.session_id import answering_lines
from switch.sip.hop import Hop
from switch.sip.messages.header_values import read_tag
from switch.sip.messages.message import Fields, Headers, Request, Response
from switch.sip.messages.uri import escape_user
from switch.sip.own_names import OwnNames
from switch.sip.transport.config import ListenerConfig, all_listeners

MAX_FORWARDS = "70"

_PHRASES = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    410: "Gone",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    423: "Interval Too Brief",
    439: "First Hop Lacks Outbound Support",
    469: "Bad Info Package",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    489: "Bad Event",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    603: "Decline",
}
_CLASS_PHRASES = (
    "",
    "Progress",
    "Success",
    "Redirection",
    "Request Failure",
    "Server Failure",
    "Global Failure",
)
"""For a status that is none of ours, by its first digit."""
_COPIED = ("via", "from", "to", "call-id", "cseq", "timestamp")
"""What every answer repeats of its request (RFC 3261 §8.2.6.1, §8.2.6.2)."""


class Identity:
    """Our names and addresses. The configuration is read once, here."""

    def __init__(self, config: SipConfig, ids: Ids, listeners: Sequence[ListenerConfig] = ()) -> None:
        """``listeners`` are those beside the ones of ``config``."""
        self.names = OwnNames(all_listeners(config, listeners))
        self.name = config.user_agent_name
        self.tag = ids.token()
        """To tag of answers that open no dialog."""

    def host(self, hop: Hop) -> str:
        """Our host for this peer, as it is written."""
        return self.names.of(hop).host

    def contact(self, hop: Hop) -> str:
        """Our Contact for this peer."""
        return self.names.of(hop).contact

    def contact_for(self, request: Request, hop: Hop) -> str:
        """Our Contact in the dialog of a request: SIPS where that asks for SIPS (RFC 3261 §12.1.1)."""
        names = self.names.of(hop)
        if names.secure_contact is names.contact:
            return names.contact
        return names.secure_contact if _asks_for_sips(request) else names.contact

    def warning(self, hop: Hop) -> str:
        """Why an offer is answered 488 (RFC 3261 §13.3.1.3, §20.43)."""
        return f'305 {self.host(hop)} "Incompatible media format"'

    def contact_of(self, user: str, hop: Hop, uri: str = "") -> str:
        """Our Contact for this peer with a user part, which some neighbours insist on; SIPS in a request to a
        SIPS ``uri`` (RFC 3261 §8.1.1.8)."""
        names = self.names.of(hop)
        contact = names.secure_contact if is_sips(uri) else names.contact
        return contact.replace(":", f":{escape_user(user)}@", 1) if user else contact

    def target_of(self, user: str, hop: Hop) -> str:
        """Where this peer reaches somebody by us: a URI with the address of the listener that serves it."""
        return self.contact_of(user, hop)[1:-1]

    def answer(
        self,
        request: Request,
        status: int,
        *,
        phrase: str | None = None,
        extra: Fields | None = None,
    ) -> Response:
        """The answer to a request that has no transaction; those of others are written by the core."""
        fields = request.headers.pick(_COPIED)
        if (to := request.headers.get("to")) is not None:
            fields["to"] = _with_tag(to, self.tag)
        fields["server"] = self.name
        if "session-id" in request.headers:
            fields.update(answering_lines(request.headers))
        if extra:
            fields.update(extra)
        return Response(status, phrase or phrase_of(status), Headers(fields))


@cache
def phrase_of(status: int) -> str:
    """The reason phrase of a status."""
    return _PHRASES.get(status) or _CLASS_PHRASES[status // 100]


def is_sips(uri: str) -> bool:
    """Whether an address may be reached by TLS only."""
    return uri[:5].lower() == "sips:"


def _asks_for_sips(request: Request) -> bool:
    """By its URI, or by the last proxy that stays on the way, or else by its Contact (RFC 3261 §12.1.1)."""
    if is_sips(request.uri):
        return True
    beside = request.headers.get("record-route") or request.headers.get("contact") or ""
    return is_sips(beside.partition("<")[2] or beside)


def _with_tag(to: str, tag: str) -> str:
    """To with our tag, unless the request was sent inside a dialog and has one."""
    return f"{to};tag={tag}" if read_tag(to) is None else to
