"""Whose phone an address names: SIP domains of tenants, and the house for every other."""

from collections.abc import Mapping
from typing import NamedTuple

from runtime.tenancy import HOUSE, SEPARATOR, qualify
from switch.sip.messages.uri import SipUri

_NOBODYS = SEPARATOR * 2
"""Begins names that no object has."""


class Domain(NamedTuple):
    """Where a tenant's stations register."""

    name: str
    """The host part of their addresses."""
    realm: str
    """In which they are asked for their passwords."""


class Domains:
    """The tenant of each domain that is one's."""

    def __init__(self, tenants: Mapping[str, str] | None = None) -> None:
        """``tenants``: domain, in lower case → tenant."""
        self.configure(tenants or {})

    def configure(self, tenants: Mapping[str, str]) -> None:
        """Know these, and no others."""
        self._tenants = tenants

    def station(self, address: SipUri) -> str:
        """The station an address names, whether there is one or not: ``1001@acme.example`` is ``acme/1001``.

        A user part that reads like a name of the switch's own is nobody's.
        """
        if not self._tenants and SEPARATOR not in address.user:
            return address.user
        return self.within(self._tenants.get(address.host.lower(), HOUSE), address.user)

    @staticmethod
    def within(tenant: str, user: str) -> str:
        """The station that a tenant's phones mean by a user part."""
        return f"{_NOBODYS}{user}" if SEPARATOR in user else qualify(tenant, user)
