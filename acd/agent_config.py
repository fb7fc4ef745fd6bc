"""The sections ``[[agents]]`` of the configuration."""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from acd.media import EXCLUSIVE
from runtime.models import Section

PASSWORD_HASH = r"^(scrypt\$(1[0-9]|20)\$8\$[1-9]\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=)?$"
"""2^10 to 2^20 blocks of 1 KiB, salt of 16 octets, hash of 32."""


class AgentConfig(Section):
    """Section ``[[agents]]``: one agent (坐席)."""

    id: str = Field(min_length=1, pattern=r"^[^\s/]+$", description="The agent's number (工号).")
    name: str = Field(default="", description="The agent's name, for people.")
    queues: list[str] = Field(default_factory=list, description="Names of the queues the agent serves.")
    priorities: dict[str, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict,
        description="Queue → 1 to 100: callers of the lowest number come first, but for those who have "
        "waited longer than acd.passed_over_s; for the others it is 1.",
    )
    penalties: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict,
        description="Queue → 0 to 100: its callers ask agents of the lowest number first; else it is 0.",
    )
    weight: float = Field(default=1.0, gt=0, le=1000, description="The agent's odds with weighted_random.")
    skills: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict, description="Skill → level, 0 to 100, such as { billing = 5 }."
    )
    pin: SecretStr | None = Field(
        default=None,
        min_length=4,
        max_length=16,
        description="Digits asked for when the agent signs in by the keys of a phone; absent: none is.",
    )
    auto_answer: bool = Field(
        default=False,
        description="Whether the agent's phone is asked to answer calls from queues by itself, after "
        "acd.auto_answer_tone; agent.set_auto_answer changes it.",
    )
    tags: list[str] = Field(
        default_factory=list, description="What requirements can ask for or against, such as trainee."
    )
    capacity: dict[str, Annotated[int, Field(ge=1, le=100)]] = Field(
        default_factory=dict,
        description="Medium → how much at once, such as { voice = 1, chat = 3 }; without it { voice = 1 }.",
    )

    password_hash: str = Field(
        default="",
        pattern=PASSWORD_HASH,
        json_schema_extra={"secret": True},
        description="Hash of the password the agent's desktop signs in with, as `ringmain agents password` "
        "prints it; empty: it cannot.",
    )

    @field_validator("capacity")
    @classmethod
    def _talks_to_one_at_a_time(cls, capacity: dict[str, int]) -> dict[str, int]:
        for medium in EXCLUSIVE & capacity.keys():
            if capacity[medium] != 1:
                raise ValueError(f"1 for {medium}: nobody talks to two at a time")
        return capacity
