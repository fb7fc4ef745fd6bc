"""Replaces: a new call that takes the place of a dialog (RFC 3891)."""

from typing import NamedTuple

from switch.sip.dialogs.dialog import Dialog
from switch.sip.errors import SipSyntaxError
from switch.sip.legs.legs import ArrivingLeg, Legs, LegState, SipLeg
from switch.sip.messages.grammar import find_parameter, read_parameters
from switch.sip.messages.message import Request
from switch.sip.refusal import Refusal

_EARLY = (LegState.INVITED, LegState.RINGING)


class Replaces(NamedTuple):
    """The dialog meant, as the one who is to give it up sees it. ``str()`` gives the header value."""

    sip_call_id: str
    to_tag: str
    """Its own tag."""
    from_tag: str
    """Its peer's tag."""
    early_only: bool = False

    def __str__(self) -> str:
        flag = ";early-only" if self.early_only else ""
        return f"{self.sip_call_id};to-tag={self.to_tag};from-tag={self.from_tag}{flag}"


def parse_replaces(value: str) -> Replaces:
    """Read the header's value. Raises SipSyntaxError unless it names one dialog (RFC 3891 §6.1)."""
    sip_call_id, semicolon, rest = value.partition(";")
    params = read_parameters(semicolon + rest)
    names = [name.lower() for name, _ in params]
    if not sip_call_id.strip() or names.count("to-tag") != 1 or names.count("from-tag") != 1:
        raise SipSyntaxError("Replaces that does not name one dialog")
    return Replaces(
        sip_call_id.strip(),
        find_parameter(params, "to-tag") or "",
        find_parameter(params, "from-tag") or "",
        "early-only" in names,
    )


def find_dialog(replaces: Replaces, legs: Legs) -> tuple[SipLeg, Dialog] | None:
    """The dialog that is meant and its leg, which may have ended.

    A phone that learned of the dialog from its other end names the tags the other way round. A tag of
    ``0`` stands for none (RFC 3891 §3).
    """
    sip_call_id, ours, theirs, _ = replaces
    found = legs.find_dialog((sip_call_id, ours, theirs)) or legs.find_dialog((sip_call_id, theirs, ours))
    return found or (legs.find_dialog((sip_call_id, ours, "")) if theirs == "0" else None)


def find_replaced(request: Request, legs: Legs) -> SipLeg | Refusal | None:
    """The leg an INVITE is to take the place of, by the rules of RFC 3891 §3; None when it says of none.

    Raises SipSyntaxError when the header cannot be read.
    """
    values = request.headers.get_all("replaces")
    if not values:
        return None
    if len(values) != 1 or "join" in request.headers:
        raise SipSyntaxError("more than one Replaces or Join")
    replaces = parse_replaces(values[0])
    found = find_dialog(replaces, legs)
    if found is None:
        return Refusal(481)
    leg, _ = found
    if leg.state is LegState.ENDED:
        return Refusal(603)
    if leg.state not in _EARLY:
        return Refusal(486) if replaces.early_only else leg
    return Refusal(481) if isinstance(leg, ArrivingLeg) else leg
