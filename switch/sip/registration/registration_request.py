"""What a REGISTER asks for (RFC 3261 §10.2, RFC 3327, RFC 5626 §6)."""

import re
from enum import Enum, auto
from typing import NamedTuple

from switch.sip.config import SipConfig
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.grammar import unquote
from switch.sip.messages.header_values import (
    NameAddr,
    is_wildcard,
    parse_contacts,
    parse_token_list,
    read_q,
    split_values,
)
from switch.sip.messages.message import Headers, Request
from switch.sip.messages.uri import SipUri

_REG_ID = re.compile(r"[1-9][0-9]{0,9}")


class AskedContact(NamedTuple):
    """What is asked for one contact address; ``expires_s`` 0 removes it."""

    uri: SipUri
    contact_address: str
    expires_s: int
    q: float
    instance: str
    reg_id: int
    """0 unless the phone asked for a flow of its own (RFC 5626)."""


class Flow(Enum):
    """How a connection that is to be kept for calls to the phone comes here (RFC 5626)."""

    DIRECT = auto()
    PROXIED = auto()


class RegistrationRequest(NamedTuple):
    """A REGISTER, read whole before anything changes."""

    sip_call_id: str
    cseq: int
    user_agent: str
    contacts: tuple[AskedContact, ...]
    removes_all: bool
    """``Contact: *``."""
    path: tuple[str, ...]
    knows_paths: bool
    """Whether a phone that came through proxies says that it supports it."""
    flow: Flow | None


def read_registration(request: Request, config: SipConfig) -> RegistrationRequest:
    """Read the headers of a REGISTER. Raises SipSyntaxError."""
    headers = request.headers
    lines = headers.get_all("contact")
    removes_all = is_wildcard(lines)
    if removes_all and (headers.get("expires") or "").strip() != "0":
        raise SipSyntaxError("Contact * without Expires 0")
    contacts = () if removes_all else _contacts(lines, headers, config)
    path = _path(headers) if "path" in headers else ()
    return RegistrationRequest(
        sip_call_id=headers.get("call-id") or "",
        cseq=headers.cseq_number(),
        user_agent=headers.get("user-agent") or "",
        contacts=contacts,
        removes_all=removes_all,
        path=path,
        knows_paths=bool(path) and _supports(headers, "path"),
        flow=_flow(contacts, headers),
    )


def _flow(contacts: tuple[AskedContact, ...], headers: Headers) -> Flow | None:
    if not any(asked.reg_id and asked.expires_s for asked in contacts):
        return None
    return Flow.PROXIED if len(split_values(headers.get_all("via"))) > 1 else Flow.DIRECT


def _supports(headers: Headers, extension: str) -> bool:
    return extension in (tag.lower() for tag in parse_token_list(headers.get_all("supported")))


def _path(headers: Headers) -> tuple[str, ...]:
    values = split_values(headers.get_all("path"))
    parse_contacts(values)  # unreadable ones are refused now, rather than when a call needs them
    return tuple(values)


def _contacts(lines: list[str], headers: Headers, config: SipConfig) -> tuple[AskedContact, ...]:
    found = parse_contacts(lines)
    general = headers.get("expires")
    keeps_flows = any("reg-id" in line for line in lines) and _supports(headers, "outbound")
    if len(found) > config.bindings_per_station:
        raise SipSyntaxError(f"{len(found)} contacts; expected at most {config.bindings_per_station}")
    contacts = tuple(_contact(value, general, keeps_flows, config) for value in found)
    if keeps_flows and sum(1 for asked in contacts if asked.reg_id and asked.expires_s) > 1:
        raise SipSyntaxError("more than one contact with reg-id")  # RFC 5626 §6
    return contacts


def _contact(value: NameAddr, general: str | None, keeps_flows: bool, config: SipConfig) -> AskedContact:
    instance = unquote(value.param("+sip.instance") or "") if value.params else ""
    reg_id = value.param("reg-id") if keeps_flows and instance else None
    return AskedContact(
        uri=value.uri,
        contact_address=str(value.uri),
        expires_s=_granted(value, general, config),
        q=read_q(value),
        instance=instance,
        reg_id=int(reg_id) if reg_id and _REG_ID.fullmatch(reg_id) else 0,
    )


def _granted(value: NameAddr, general: str | None, config: SipConfig) -> int:
    """Seconds: the contact's own time before the header's before ours; nonsense counts as none given."""
    for text in (value.param("expires"), general):
        if text is not None and text.strip().isdecimal():
            return min(int(text.strip()[:10]), config.register_expires_max_s)
    return config.register_expires_default_s
