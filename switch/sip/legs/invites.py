"""Writing the INVITE of a branch, and the branches to a station (RFC 3261 §13.2.1)."""

from collections.abc import Sequence
from itertools import groupby

from runtime.errors import UsageError
from runtime.tenancy import bare
from switch.sip.capabilities import ALLOW, SDP_TYPE
from switch.sip.commands import DialLeg, DialStation
from switch.sip.headers.identity_headers import write_caller
from switch.sip.headers.session_id import SessionSide
from switch.sip.identity import MAX_FORWARDS, Identity
from switch.sip.legs.branches import Branch, HeaderFields
from switch.sip.legs.leg_signalling import LegSignalling
from switch.sip.messages.message import Fields, Headers, Request, listed
from switch.sip.messages.uri import escape_user
from switch.sip.registration.directory import ContactAddress

_SUPPORTED = "replaces, timer"
_SUPPORTED_RELIABLY = "100rel, replaces, timer"
"""Without ``replaces`` some phones offer no attended transfer of a call that came to them (RFC 3891)."""
_OURS = frozenset(
    {
        "allow", "call-id", "contact", "content-length", "content-type", "cseq", "from", "max-forwards",
        "min-se", "rack", "route", "session-expires", "session-id", "to", "user-agent", "via",
    }
)  # fmt: skip
"""Headers that cannot be ordered."""
_Round = tuple[Branch, ...]


def station_rounds(
    command: DialStation, contacts: Sequence[ContactAddress], identity: Identity
) -> list[_Round]:
    """The contacts of a station as branches: those of the same q together (RFC 3261 §16.6), but of the flows
    of one phone only the first (RFC 5626 §7)."""
    if len(contacts) == 1:
        return [(_branch_to(contacts, command, identity),)]
    phones: dict[str | int, list[ContactAddress]] = {}
    for number, contact in enumerate(contacts):
        phones.setdefault(contact.phone or number, []).append(contact)
    return [
        tuple(_branch_to(flows, command, identity) for flows in equals)
        for _, equals in groupby(phones.values(), key=lambda flows: flows[0].q)
    ]


def _branch_to(flows: Sequence[ContactAddress], command: DialStation, identity: Identity) -> Branch:
    contact, *others = flows
    host = identity.host(contact.hop)
    caller = write_caller(
        command.caller_number, command.caller_name, host, hidden=command.is_anonymous, trusted=False
    )
    called = f"<sip:{bare(command.station)}@{host}>"
    return Branch(
        uri=contact.uri,
        hop=contact.hop,
        caller=caller.sender,
        called=called,
        routes=contact.path,
        headers=_referred_by(command.referred_by, host) if command.referred_by else (),
        other_flows=tuple([_branch_to([other], command, identity) for other in others]) if others else (),
    )


def _referred_by(station: str, host: str) -> HeaderFields:
    return (("referred-by", f"<sip:{escape_user(bare(station))}@{host}>"),)


def make_invite(
    signalling: LegSignalling, branch: Branch, order: DialLeg, tag: str, session: SessionSide | None = None
) -> Request:
    """The first INVITE of a branch. Each has a Call-ID of its own, which tells nothing of us."""
    fields: Fields = {
        "max-forwards": MAX_FORWARDS if session is None else str(session.session.hops_left),
        "from": f"{branch.caller};tag={tag}",
        "to": branch.called,
        "call-id": signalling.ids.token(),
        "cseq": "1 INVITE",
        "contact": signalling.identity.contact_of(branch.contact_user, branch.hop, branch.uri),
        "allow": ALLOW,
        "supported": _SUPPORTED_RELIABLY if branch.reliable_provisionals else _SUPPORTED,
        "user-agent": signalling.identity.name,
        "content-type": SDP_TYPE,
        **signalling.keeper.policy.asking,
    }
    if branch.routes:
        fields["route"] = list(branch.routes)
    for added in (order.headers, branch.headers):
        if added:
            add_fields(fields, added)
    sdp = order.sdp if branch.sdp is None else branch.sdp
    if session is not None:
        fields["session-id"] = session.header
    return Request("INVITE", branch.uri, Headers(fields), sdp.encode("utf-8"))


def check_fields(added: HeaderFields) -> None:
    """Raises UsageError for a header that is ours to write."""
    for name, _ in added:
        if name in _OURS:
            raise UsageError(f"header {name} is written by the SIP stack; leave it out")


def add_fields(fields: Fields, added: HeaderFields) -> None:
    """Put further headers beside ours."""
    for name, value in added:
        fields[name] = [*listed(fields.get(name)), value]
