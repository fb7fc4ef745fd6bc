"""What is written to a trunk: addresses, the caller, the description of our media. Nothing of the inside.

We are a back-to-back user agent: each leg has a Call-ID, tags, Via and Contact of its own. What is left to
keep to ourselves is written here, and nowhere else.
"""

from collections.abc import Callable

from switch.sip.errors import SipSyntaxError
from switch.sip.headers.data_headers import lowered, write_data
from switch.sip.headers.diversion import parse_diversion, write_diversions, write_history
from switch.sip.headers.identity_headers import CallerForm, write_caller, write_person
from switch.sip.hop import Hop
from switch.sip.legs.branches import Branch, HeaderFields
from switch.sip.messages.uri import SipUri
from switch.trunks.commands import DialTrunk
from switch.trunks.config import DiversionHeader
from switch.trunks.endpoints import Endpoint
from switch.trunks.trunk import Trunk

OurHost = Callable[[Hop], str]
"""What we are called towards a neighbour: the address our listener for it is known by."""

_ANYBODY = "switch"
"""User part of From where no caller is concerned and the trunk gave us no name."""


def branch_of(
    trunk: Trunk, endpoint: Endpoint, command: DialTrunk, *, caller_number: str, sdp: str, our_host: str
) -> Branch:
    """The way of a call through one endpoint, with our offer as the trunk wants it."""
    config = trunk.config
    called = str(_uri(trunk, endpoint, trunk.numbers.called_out(command.number)))
    form = _caller(trunk, command, trunk.numbers.caller_out(caller_number), our_host)
    return Branch(
        name=endpoint.name,
        uri=called,
        hop=endpoint.hop,
        caller=form.sender,
        called=f"<{called}>",
        contact_user=config.contact_user or config.user,
        routes=routes(trunk),
        headers=(*form.headers, *_further_headers(trunk, command, our_host)),
        sdp=None if sdp == command.sdp else sdp,
        credentials=trunk.account,
        attempt_timeout_s=config.attempt_timeout_s,
        failover_statuses=frozenset(config.failover_statuses),
        redirects=config.redirects,
    )


def options_address(trunk: Trunk, endpoint: Endpoint) -> str:
    """Whom OPTIONS ask at an endpoint."""
    return str(_uri(trunk, endpoint, ""))


def our_address(trunk: Trunk, our_host: str) -> str:
    """Who we are to a trunk when no caller is concerned: a From or To without a tag."""
    config = trunk.config
    user = config.user or config.from_user or _ANYBODY
    return f"<{SipUri('sip', user, config.domain or our_host)}>"


def routes(trunk: Trunk) -> tuple[str, ...]:
    """The proxies a request for a trunk must pass (RFC 3261 §8.1.2, RFC 3608 §5)."""
    proxy = trunk.config.outbound_proxy
    if proxy is None:
        return trunk.registration.service_route
    params = (("lr", None), *((("transport", proxy.transport.value),) if proxy.transport else ()))
    first = SipUri("sip", "", proxy.host, proxy.port, params=params)
    return (f"<{first}>", *trunk.registration.service_route)


def _uri(trunk: Trunk, endpoint: Endpoint, user: str) -> SipUri:
    if trunk.config.domain:
        return SipUri("sip", user, trunk.config.domain)
    address = endpoint.address
    params = (("transport", address.transport.value),) if address.transport not in (None, "udp") else ()
    return SipUri("sip", user, address.host, address.port, params=params)


def _caller(trunk: Trunk, command: DialTrunk, number: str, our_host: str) -> CallerForm:
    """The caller, under the name the carrier wants to see in From where it wants one."""
    config = trunk.config
    host = config.domain or our_host
    form = write_caller(
        number, command.caller_name, host, hidden=command.privacy, trusted=config.assert_identity
    )
    if not config.from_user:
        return form
    sender = write_person(config.from_user, "" if command.privacy else command.caller_name, host)
    return CallerForm(sender, form.headers)


def _further_headers(trunk: Trunk, command: DialTrunk, our_host: str) -> HeaderFields:
    headers: list[tuple[str, str]] = []
    if trunk.config.reliable_provisionals:
        headers.append(("require", "100rel"))
    if not trunk.config.hide_topology:
        headers += _diversions(trunk, command, our_host)
    if trunk.config.data_headers:
        headers += write_data(lowered(trunk.config.data_headers), command.data)
    return tuple(headers)


def _diversions(trunk: Trunk, command: DialTrunk, our_host: str) -> list[tuple[str, str]]:
    """Who sent the call on, in the header the trunk reads; who does not want to be shown only to a trunk that
    is told hidden callers, too (RFC 5806, RFC 7044 §10.1)."""
    try:
        heard = [parse_diversion(value) for value in command.diversions]
    except SipSyntaxError:
        return []
    told = [
        diversion._replace(number=trunk.numbers.caller_out(diversion.number))
        for diversion in heard
        if trunk.config.assert_identity or not diversion.private
    ]
    header = trunk.config.diversion_header
    if header is DiversionHeader.DIVERSION:
        return [(header.value, value) for value in write_diversions(told, our_host)]
    target = trunk.numbers.called_out(command.number)
    return [(header.value, value) for value in write_history(told, target, our_host)] if told else []
