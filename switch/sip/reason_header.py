"""The Reason header (RFC 3326): why a call ends, as a Q.850 number."""

import re

from switch.causes import Cause
from switch.sip.errors import SipSyntaxError
from switch.sip.header_values import split_values
from switch.sip.message import Headers

_REASON = re.compile(r"\s*(Q\.850|SIP)\s*;(?:.*;)?\s*cause\s*=\s*([0-9]{1,3})(?![0-9])", re.IGNORECASE)
_BY_NUMBER: dict[int, Cause] = {}
for _cause in Cause:
    _BY_NUMBER.setdefault(_cause.number, _cause)
_COMPLETED_ELSEWHERE = 200
"""``SIP;cause=200``: another branch of the call was answered (RFC 3326 §3.1)."""


def write_reason(cause: Cause) -> str:
    """The header value that tells this cause."""
    return f'Q.850;cause={cause.number};text="{cause}"'


def read_reason(headers: Headers) -> Cause | None:
    """The cause a BYE, CANCEL or failure answer names; None when it names none that we know."""
    lines = headers.get_all("reason")
    if not lines:
        return None
    try:
        values = split_values(lines)
    except SipSyntaxError:  # a broken reason is no reason to refuse a hang-up
        return None
    for value in values:
        found = _REASON.match(value)
        if found is None:
            continue
        number = int(found[2])
        if found[1].upper() == "Q.850" and number in _BY_NUMBER:
            return _BY_NUMBER[number]
        if found[1].upper() == "SIP" and number == _COMPLETED_ELSEWHERE:
            return Cause.LOSE_RACE
    return None
