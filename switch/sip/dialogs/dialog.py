"""A dialog: what two user agents keep in common between requests (RFC 3261 §12)."""

from collections.abc import Sequence

from msgspec import Struct, field

from switch.sip.authentication.client_authentication import ClientAuthentication
from switch.sip.authentication.retries import PROOFS, cseq_number, renew
from switch.sip.dialogs.remote_target import (
    Reach,
    RemoteTarget,
    next_hop,
    read_contact,
    read_routes,
    target_of,
)
from switch.sip.errors import SipSyntaxError
from switch.sip.headers.session_id import SessionSide
from switch.sip.hop import Hop
from switch.sip.identity import MAX_FORWARDS
from switch.sip.messages.header_values import parse_name_addr, read_tag, split_values
from switch.sip.messages.message import Fields, Headers, Request, Response
from switch.sip.messages.uri import SipUri, parse_uri
from switch.sip.messages.via_rules import read_top_via

DialogKey = tuple[str, str, str]
"""Call-ID, local tag, remote tag (RFC 3261 §12)."""


class Dialog(Struct, eq=False):
    """One dialog, seen from our side."""

    sip_call_id: str
    local_tag: str
    remote_tag: str
    """Empty for RFC 2543 peers (RFC 3261 §12.1.1)."""
    local: str
    """Our From in requests, with our tag."""
    remote: str
    """Our To in requests, with the peer's tag."""
    target: str
    """Request-URI of our requests: the peer's Contact."""
    hop: Hop
    """Where our requests go."""
    behind_nat: bool
    """The peer does not know its own address: what it sends from is the only one that reaches it."""
    routes: list[str] = field(default_factory=list)
    local_cseq: int = 0
    remote_cseq: int | None = None
    contact: str | None = None
    """How its INVITE, or our answer to it, named us, which stays so; None for our usual Contact."""
    session: SessionSide | None = None
    """Its Session-ID (RFC 7989)."""
    authentication: ClientAuthentication | None = None
    """How we prove who we are when the peer asks for a password; None when we have none for it."""
    allow_events: Sequence[str] = ()
    """What the peer can be notified of, as it says."""
    refers: int = 0
    """How many transfers were asked for in it."""

    @property
    def key(self) -> DialogKey:
        """What tells it from every other dialog."""
        return self.sip_call_id, self.local_tag, self.remote_tag

    def request(self, method: str, extra: Fields | None = None) -> Request:
        """The next request of ours (RFC 3261 §12.2.1.1), with further headers."""
        self.local_cseq += 1
        request = self._make(method, self.local_cseq, extra)
        if self.authentication is not None:
            self.authentication.put_on(request)
        return request

    def request_again(self, request: Request) -> Request:
        """A request of ours once more, with a new number and new proofs."""
        self.local_cseq += 1
        again = renew(request, self.local_cseq)
        if self.authentication is not None:
            self.authentication.put_on(again)
        return again

    def ack(self, invite: Request) -> Request:
        """The ACK of a 2xx: with the number and the proofs of its INVITE (RFC 3261 §13.2.2.4, §22.1)."""
        ack = self._make("ACK", cseq_number(invite))
        if self.authentication is not None:
            for name in PROOFS:
                ack.headers.set_all(name, invite.headers.get_all(name))
        return ack

    def take_cseq(self, number: int) -> bool:
        """Note the number of the peer's request; False when it is out of order (RFC 3261 §12.2.2)."""
        if self.remote_cseq is not None and number < self.remote_cseq:
            return False
        self.remote_cseq = number
        return True

    def refresh_target(self, contact: list[str], source: Hop) -> None:
        """The peer may have moved: a re-INVITE or its 2xx names the new place (RFC 3261 §12.2).

        Raises SipSyntaxError, and leaves the dialog as it was, when the Contact cannot be read.
        """
        target = read_contact(contact)
        if target is not None:
            self.target = target.uri
            self.hop = next_hop(self.routes, target, source, self.behind_nat)

    def _make(self, method: str, cseq: int, extra: Fields | None = None) -> Request:
        uri = self.target
        fields: Fields = {
            "max-forwards": MAX_FORWARDS,
            "from": self.local,
            "to": self.remote,
            "call-id": self.sip_call_id,
            "cseq": f"{cseq} {method}",
        }
        if self.routes:
            uri, fields["route"] = self._route()
        if self.session is not None:
            fields["session-id"] = self.session.header
        if extra:
            fields.update(extra)
        return Request(method, uri, Headers(fields))

    def _route(self) -> tuple[str, list[str]]:
        """Request-URI and Route; a first proxy without ``lr`` is a strict router (RFC 3261 §12.2.1.1)."""
        first = parse_name_addr(self.routes[0]).uri
        if first.param("lr") is not None:
            return self.target, list(self.routes)
        return str(first), [*self.routes[1:], f"<{self.target}>"]


def called_party(request: Request) -> SipUri:
    """Who is called. A strict router names us in the Request-URI and the called party last in Route
    (RFC 3261 §16.4). Raises SipSyntaxError."""
    uri = parse_uri(request.uri)
    if uri.user or "route" not in request.headers:
        return uri
    routes = split_values(request.headers.get_all("route"))
    return parse_name_addr(routes[-1]).uri if routes else uri


def accept_dialog(request: Request, local_tag: str, source: Hop) -> Dialog:
    """The dialog a peer's INVITE opens (RFC 3261 §12.1.1). Raises SipSyntaxError."""
    headers = request.headers
    remote = headers.get("from") or ""
    routes = read_routes(headers) if "record-route" in headers else []
    target = read_contact(headers.get_all("contact")) or _named_caller(remote)
    behind_nat = read_top_via(headers).host != source.host
    return Dialog(
        sip_call_id=headers.get("call-id") or "",
        local_tag=local_tag,
        remote_tag=read_tag(remote) or parse_name_addr(remote).tag or "",
        local=f"{headers.get('to') or ''};tag={local_tag}",
        remote=remote,
        target=target.uri,
        hop=next_hop(routes, target, source, behind_nat),
        behind_nat=behind_nat,
        routes=routes,
        allow_events=headers.get_all("allow-events"),
        remote_cseq=headers.cseq_number(),
    )


def join_dialog(invite: Request, response: Response, local_tag: str, source: Hop) -> Dialog:
    """The dialog an answer to our INVITE opens (RFC 3261 §12.1.2). Raises SipSyntaxError.

    A provisional answer may come without Contact; our INVITE's own target stands in for it. Who answers from
    another address than that target's is behind NAT, or behind a proxy.
    """
    headers = response.headers
    remote = headers.get("to") or ""
    routes = read_routes(headers)[::-1] if "record-route" in headers else []
    asked = target_of(parse_uri(invite.uri))
    target = read_contact(headers.get_all("contact")) or asked
    behind_nat = asked.reach > Reach.NOWHERE and asked.host != source.host
    return Dialog(
        sip_call_id=invite.headers.get("call-id") or "",
        local_tag=local_tag,
        remote_tag=read_tag(remote) or "",
        local=invite.headers.get("from") or "",
        remote=remote,
        target=target.uri,
        hop=next_hop(routes, target, source, behind_nat),
        behind_nat=behind_nat,
        routes=routes,
        local_cseq=cseq_number(invite),
        contact=invite.headers.get("contact"),
        allow_events=headers.get_all("allow-events"),
    )


def _named_caller(sender: str) -> RemoteTarget:
    """Where the requests of a dialog go to an RFC 2543 caller, who may leave Contact out: to its From
    (RFC 4475 §3.4.1)."""
    caller = parse_name_addr(sender)
    if caller.tag is not None:
        raise SipSyntaxError("INVITE without Contact")
    return target_of(caller.uri)
