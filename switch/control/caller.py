"""Who a client of the control socket is."""

from dataclasses import dataclass

from runtime.tenancy import HOUSE
from switch.roles import Role

UNIX = "unix"
"""Stands for the address of a client of a Unix socket."""
TOKEN_PREFIX = "ringmain_"
"""Of every secret of a token, so that it is known for one wherever it stands, also where it should not."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that is known."""

    name: str
    """Of its token, or the agent's number; empty for who needs none at the Unix socket."""
    role: Role
    tenant: str = HOUSE
    agent: str = ""
    """Whom it acts for, in the tenant's own names; empty unless its role is agent."""
    source: str = UNIX
    """The address it comes from."""
    credential: str = ""
    """Hash of what it showed, which may be withdrawn later; empty when it needed nothing."""
    expires_at: float | None = None
    """When its token ends, seconds since the Unix epoch; None for never."""


def local(tenant: str = HOUSE) -> Caller:
    """Whoever may write to the Unix socket of the house, or of a tenant."""
    return Caller("", Role.ADMINISTRATOR, tenant)
