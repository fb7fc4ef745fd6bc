"""The Reason header (RFC 3326): why a call ends, as a Q.850 number or a SIP status."""

import re
from collections.abc import Callable, Iterable

from switch.causes import Cause, cause_of_status
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import find_parameter, read_parameters
from switch.sip.messages.header_values import split_values
from switch.sip.messages.message import Headers

_BY_NUMBER: dict[str, Cause] = {}
for _cause in Cause:
    _BY_NUMBER.setdefault(str(_cause.number), _cause)
_VALUES = {cause: f'Q.850;cause={cause.number};text="{cause}"' for cause in Cause}
_COMPLETED_ELSEWHERE = "200"
"""``SIP;cause=200``: another branch of the call was answered (RFC 3326 §3.1)."""
_VALUES[Cause.LOSE_RACE] = f'SIP;cause={_COMPLETED_ELSEWHERE};text="Call completed elsewhere"'
_FAILURE = re.compile(r"[3-6][0-9]{2}")


write_reason: Callable[[Cause], str] = _VALUES.__getitem__
"""The header value that tells this cause."""


def read_reason(headers: Headers) -> Cause | None:
    """The cause a BYE, CANCEL or failure answer names; None when it names none.

    Of several reasons the first Q.850 one counts, for it is the finer; else the first SIP status.
    """
    if "reason" not in headers:
        return None
    try:
        values = split_values(headers.get_all("reason"))
    except SipSyntaxError:  # a broken reason is no reason to refuse a hang-up
        return None
    reasons = [_split_reason(value) for value in values]
    return _first(_read_q850, reasons) or _first(_read_sip, reasons)


def _first(read: Callable[[str, str], Cause | None], reasons: Iterable[tuple[str, str]]) -> Cause | None:
    return next((cause for reason in reasons if (cause := read(*reason)) is not None), None)


def _split_reason(value: str) -> tuple[str, str]:
    """Protocol and cause of one value."""
    protocol, semicolon, rest = value.partition(";")
    return protocol.strip().upper(), find_parameter(read_parameters(semicolon + rest), "cause") or ""


def _read_q850(protocol: str, number: str) -> Cause | None:
    if protocol == "SIP" and number == _COMPLETED_ELSEWHERE:
        return Cause.LOSE_RACE
    return _BY_NUMBER.get(number) if protocol == "Q.850" else None


def _read_sip(protocol: str, number: str) -> Cause | None:
    return cause_of_status(int(number)) if protocol == "SIP" and _FAILURE.fullmatch(number) else None
