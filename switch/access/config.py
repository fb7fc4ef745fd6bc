"""The sections ``[[tokens]]`` of the configuration."""

from datetime import UTC, date, datetime, time
from typing import Self

from pydantic import Field, field_validator, model_validator

from runtime.models import KeyMistake, Section
from switch.roles import Role
from switch.sip.guard.networks import check_networks

_NAME = r"^[^\s/]+$"


class TokenConfig(Section):
    """Section ``[[tokens]]``: whoever shows its secret may do what its role may."""

    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=_NAME,
        description="Whose it is: what it does is told under this name.",
    )
    role: Role = Field(description="What its holder may do: see roles in verbs.md.")
    tenant: str = Field(
        default="",
        description="Tenant it belongs to, in the main file; empty: the whole switch. A tenant's own file "
        "holds that tenant's tokens.",
    )
    agent: str = Field(
        default="",
        pattern=r"^[^\s/]*$",
        description="The agent (工号) it acts for; with role agent only, and then it must be there.",
    )
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="Hash of the secret, which is nowhere else: `ringmain tokens make` prints both.",
    )
    expires: datetime | date | None = Field(
        default=None,
        description="Good until this moment, or until this day begins, by UTC when it names no zone; absent: "
        "until it is removed.",
    )
    networks: tuple[str, ...] = Field(
        default=(),
        description="Addresses and networks it may come from, such as 10.1.0.0/16; [] = from everywhere.",
    )

    _are_networks = field_validator("networks")(check_networks)

    @model_validator(mode="after")
    def _acts_for_an_agent(self) -> Self:
        if (self.role is Role.AGENT) != bool(self.agent):
            raise KeyMistake("agent", "the agent's number with role agent, and with no other")
        return self

    @property
    def expires_at(self) -> float | None:
        """Seconds since the Unix epoch; None for a token without end."""
        if self.expires is None:
            return None
        end = self.expires
        moment = end if isinstance(end, datetime) else datetime.combine(end, time())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
