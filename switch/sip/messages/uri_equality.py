"""Whether two URIs mean the same address (RFC 3261 §19.1.4)."""

from switch.sip.messages.grammar import Parameters
from switch.sip.messages.uri import SipUri

_COMPARED_ALWAYS = frozenset({"user", "ttl", "method", "maddr", "transport"})
"""A URI that has one of these is never equal to one that has not."""


def same_address(one: SipUri, other: SipUri) -> bool:
    """Compare as a registrar does: user and password by case, the rest without.

    Parameters that only one of them has do not count, but for those that change where a request goes.
    """
    if _fixed_parts(one) != _fixed_parts(other):
        return False
    return one.params == other.params or _agree(_by_name(one.params), _by_name(other.params))


def _fixed_parts(uri: SipUri) -> tuple[object, ...]:
    return uri.scheme, uri.user, uri.password, uri.host.lower(), uri.port, uri.headers.lower()


def _by_name(params: Parameters) -> dict[str, str]:
    return {name.lower(): (value or "").lower() for name, value in params}


def _agree(one: dict[str, str], other: dict[str, str]) -> bool:
    compared = (one.keys() & other.keys()) | (_COMPARED_ALWAYS & (one.keys() | other.keys()))
    return all(one.get(name) == other.get(name) for name in compared)
