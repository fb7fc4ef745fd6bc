"""Following a 3xx answer to the places it names (RFC 3261 §8.1.3.4, §16.5)."""

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from switch.sip.dialogs.remote_target import reach_of
from switch.sip.errors import SipSyntaxError
from switch.sip.hop import OPENED, Hop
from switch.sip.legs.branches import Branch
from switch.sip.legs.legs import DialledLeg
from switch.sip.messages.header_values import parse_contacts, read_q
from switch.sip.messages.message import Response
from switch.sip.messages.uri import SipUri
from switch.sip.messages.via_rules import DEFAULT_PORT

_MOST_TARGETS = 8
_TRANSPORTS = {"udp", *OPENED}
_DEFAULT_TLS_PORT = 5061


class Target(NamedTuple):
    """A place a redirection names."""

    uri: SipUri
    q: float


def read_targets(response: Response) -> list[Target]:
    """The places a 3xx names, the most likely first; none when they cannot be read."""
    try:
        contacts = parse_contacts(response.headers.get_all("contact"))
    except SipSyntaxError:
        return []
    targets = [Target(contact.uri._replace(headers=""), read_q(contact)) for contact in contacts]
    return sorted(targets, key=lambda target: -target.q)[:_MOST_TARGETS]


def follow(leg: DialledLeg, branch: Branch, targets: list[Target]) -> list[tuple[Branch, ...]]:
    """The targets as rounds of branches, none of them tried before (RFC 3261 §16.5).

    Names are not looked up here: a target behind a name is followed only when the branch has a proxy to
    ask for it. Nor is an inner address that somebody outside names: it is ours, or another's, and not theirs.
    """
    known = {tried.uri for tried in leg.order.branches} | leg.redirected
    new = [target for target in targets if str(target.uri) not in known]
    leg.redirected |= {str(target.uri) for target in new}
    rounds = []
    for _, equals in groupby(new, key=lambda target: target.q):
        branches = [_branch_to(target.uri, branch) for target in equals]
        if reachable := tuple(found for found in branches if found is not None):
            rounds.append(reachable)
    return rounds


def _branch_to(uri: SipUri, branch: Branch) -> Branch | None:
    if uri.scheme not in ("sip", "sips"):
        return None
    if branch.routes:
        return replace(branch, uri=str(uri), other_flows=())
    if reach_of(uri.host) < reach_of(branch.hop.host):  # a name, or what means somebody else from here
        return None
    transport = "tls" if uri.scheme == "sips" else (uri.param("transport") or branch.hop.transport).lower()
    if transport not in _TRANSPORTS:
        return None
    default = _DEFAULT_TLS_PORT if transport == "tls" else DEFAULT_PORT
    hop = Hop(transport, uri.host, uri.port or default)
    # a password is for whom it was agreed with, not for whom that one names
    credentials = branch.credentials if hop.host == branch.hop.host else None
    return replace(branch, uri=str(uri), hop=hop, other_flows=(), credentials=credentials)
