"""A request that is sent once more, because its first answer asked for it (RFC 3261 §8.1.3.5)."""

from switch.sip.messages.message import Headers, Request

PROOFS = ("authorization", "proxy-authorization")
"""Headers that prove who sends a request."""
_NEVER_REPEATED = frozenset({"via", *PROOFS})
"""What belongs to one transaction, or is proved anew."""


def cseq_number(request: Request) -> int:
    """The CSeq number of a request of ours."""
    return int((request.headers.get("cseq") or "0").partition(" ")[0])


def renew(request: Request, cseq: int) -> Request:
    """The same request for a new transaction, with a new number."""
    fields = {name: values for name, values in request.headers.fields() if name not in _NEVER_REPEATED}
    fields["cseq"] = f"{cseq} {request.method}"
    return Request(request.method, request.uri, Headers(fields), request.body)
