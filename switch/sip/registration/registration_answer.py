"""The answers to a REGISTER (RFC 3261 §10.3 step 8, RFC 3327 §5.3, RFC 5626 §6)."""

from collections.abc import Iterable

from switch.sip.authentication.station_proof import Answer
from switch.sip.config import SipConfig
from switch.sip.hop import Hop
from switch.sip.messages.grammar import quote
from switch.sip.messages.header_values import parse_name_addr
from switch.sip.messages.message import Fields
from switch.sip.registration.bindings import CONNECTION_TRANSPORTS, Binding
from switch.sip.registration.registration_request import Flow, RegistrationRequest
from switch.sip.registration.registrations import seconds_left


def refusal_of(asked: RegistrationRequest, config: SipConfig) -> Answer | None:
    """Why a registration cannot be taken as it is, if it cannot."""
    shortest_s = config.register_expires_min_s
    if any(0 < contact.expires_s < shortest_s for contact in asked.contacts):
        return Answer(423, {"min-expires": str(shortest_s)})
    if asked.path and not asked.knows_paths and config.path == "strict":
        return Answer(420, {"unsupported": "path"})
    if asked.flow is Flow.PROXIED and not _first_proxy_keeps_flows(asked.path):
        return Answer(439)
    return None


def accepted(
    asked: RegistrationRequest, bindings: Iterable[Binding], hop: Hop, config: SipConfig, now: float
) -> Fields:
    """Headers of the 200: every contact the station has now, and what holds for this one's way here."""
    headers: Fields = {}
    if contacts := [_contact_value(binding, now) for binding in bindings]:
        headers["contact"] = contacts if len(contacts) > 1 else contacts[0]
    if asked.knows_paths:
        headers["path"] = list(asked.path)
    if asked.flow is not None and (asked.flow is Flow.PROXIED or hop.transport in CONNECTION_TRANSPORTS):
        headers["require"] = "outbound"
        if config.flow_timer_s:
            headers["flow-timer"] = str(config.flow_timer_s)
    return headers


def _contact_value(binding: Binding, now: float) -> str:
    q = f";q={binding.q:g}" if binding.q != 1.0 else ""
    instance = f";+sip.instance={quote(binding.instance)}" if binding.instance else ""
    reg_id = f";reg-id={binding.reg_id}" if binding.reg_id else ""
    expires_s = seconds_left(binding, now)
    return f"<{binding.contact_address}>{q}{instance}{reg_id};expires={expires_s}"


def _first_proxy_keeps_flows(path: tuple[str, ...]) -> bool:
    """Whether the proxy next to the phone said so: ``ob`` in the last Path (RFC 5626 §5.1)."""
    return bool(path) and parse_name_addr(path[-1]).uri.param("ob") is not None
