"""How a connection becomes somebody's: what clients show, and who looks at it."""

from collections.abc import Coroutine
from typing import Any, Protocol, Self

from pydantic import Field, model_validator

from runtime.models import Answer, Params
from switch.control.caller import Caller
from switch.control.wires import Occupant, Wire

AUTHENTICATE = "session.authenticate"
"""The verb by which a client shows who it is."""


class AuthenticateParams(Params):
    """What a client shows: a token's secret, or an agent's number and password."""

    token: str = Field(default="", max_length=200, description="the secret of a token")
    agent: str = Field(default="", max_length=100, description="in place of it: the agent's number (工号)")
    password: str = Field(default="", max_length=200, description="the agent's password")
    tenant: str = Field(default="", max_length=64, description="whose agent it is; empty: the house's")

    @model_validator(mode="after")
    def _shows_one_thing(self) -> Self:
        if bool(self.token) == bool(self.agent):
            raise ValueError("either token, or agent and password, must be there")
        return self


class Entrance(Protocol):
    """Lets clients in."""

    def authenticate(self, shown: AuthenticateParams, source: str) -> Coroutine[Any, Any, Caller]:
        """Who shows this. Raises NotAuthenticated."""

    def session(self, wire: Wire, caller: Caller) -> Occupant:
        """What serves the caller from now on."""


class CallerView(Answer):
    """Who a client is."""

    name: str
    """Of its token, or the agent's number; empty for who needs none at the Unix socket."""
    role: str
    """What it may do."""
    tenant: str
    """Whose client it is; empty for the house."""
    agent: str
    """Whom it acts for; empty unless its role is agent."""
    source: str
    """The address it comes from; unix for the Unix socket."""


def view_of(caller: Caller) -> CallerView:
    """What a client is told of who it is."""
    return {
        "name": caller.name,
        "role": caller.role.value,
        "tenant": caller.tenant,
        "agent": caller.agent,
        "source": caller.source,
    }
