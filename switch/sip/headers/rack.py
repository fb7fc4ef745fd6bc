"""RAck: what a PRACK acknowledges (RFC 3262 §7.2)."""

import re
from typing import NamedTuple

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.header_values import CSeq
from switch.sip.messages.message import Headers

RELIABLE = "100rel"
"""The option tag."""
_RACK = re.compile(r"([0-9]{1,10})[ \t]+([0-9]{1,10})[ \t]+([A-Za-z0-9\-.!%*_+`'~]+)")


class Rack(NamedTuple):
    """What a PRACK acknowledges: a provisional answer by its RSeq, and the request that had it."""

    rseq: int
    cseq: CSeq

    def __str__(self) -> str:
        return f"{self.rseq} {self.cseq}"


def read_rack(headers: Headers) -> Rack:
    """The RAck of a PRACK. Raises SipSyntaxError (400)."""
    text = headers.get("rack") or ""
    found = _RACK.fullmatch(text)
    if found is None:
        raise SipSyntaxError(f"RAck is {text[:80]!r}; expected <RSeq> <CSeq number> <method>")
    return Rack(int(found[1]), CSeq(int(found[2]), found[3]))
