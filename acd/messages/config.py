"""The section ``[acd.messages]`` of the configuration."""

from pydantic import Field

from runtime.models import Section


class MessagesConfig(Section):
    """Section ``[acd.messages]``: texts between agents (信使)."""

    to_phones: bool = Field(
        default=True, description="Whether the phones of agents get them too, as SIP MESSAGE."
    )
    kept_for_s: float = Field(
        default=604_800,
        ge=0,
        le=31_536_000,
        description="So long a text waits for an agent who is not signed in.",
    )
    kept_most: int = Field(
        default=20, ge=1, le=1000, description="So many texts of each agent are kept; the oldest goes first."
    )
    confirm_within_s: float = Field(
        default=60,
        gt=0,
        le=86_400,
        description="A text that neither desktop nor phone has confirmed by then is told as missed.",
    )
