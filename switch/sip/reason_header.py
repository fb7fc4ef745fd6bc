"""The Reason header (RFC 3326): why a call ends, as a Q.850 number."""

from switch.causes import Cause
from switch.sip.errors import SipSyntaxError
from switch.sip.grammar import find_parameter, read_parameters
from switch.sip.header_values import split_values
from switch.sip.message import Headers

_BY_NUMBER: dict[str, Cause] = {}
for _cause in Cause:
    _BY_NUMBER.setdefault(str(_cause.number), _cause)
_COMPLETED_ELSEWHERE = "200"
"""``SIP;cause=200``: another branch of the call was answered (RFC 3326 §3.1)."""


def write_reason(cause: Cause) -> str:
    """The header value that tells this cause."""
    return f'Q.850;cause={cause.number};text="{cause}"'


def read_reason(headers: Headers) -> Cause | None:
    """The cause a BYE, CANCEL or failure answer names first; None when it names none that we know."""
    lines = headers.get_all("reason")
    if not lines:
        return None
    try:
        values = split_values(lines)
    except SipSyntaxError:  # a broken reason is no reason to refuse a hang-up
        return None
    return next((cause for value in values if (cause := _read_value(value)) is not None), None)


def _read_value(value: str) -> Cause | None:
    protocol, semicolon, rest = value.partition(";")
    number = find_parameter(read_parameters(semicolon + rest), "cause") or ""
    match protocol.strip().upper():
        case "Q.850":
            return _BY_NUMBER.get(number)
        case "SIP" if number == _COMPLETED_ELSEWHERE:
            return Cause.LOSE_RACE
        case _:
            return None
