"""Section ``[[message_boxes]]``."""

from pydantic import Field

from runtime.models import Section
from runtime.target import HANG_UP, WAY_OUT_PATTERN


class MessageBoxConfig(Section):
    """Section ``[[message_boxes]]``: where callers leave voice messages (语音留言)."""

    name: str = Field(
        min_length=1,
        max_length=56,
        pattern=r"^[^\s,?/]+$",
        description="Short name, used in targets such as message:service; no spaces, commas, slashes and ?.",
    )
    greeting: list[str] = Field(default_factory=list, description="Prompts heard before the tone.")
    tone: str = Field(
        default="tone:recorded", description="Prompt after which the message begins; empty: none."
    )
    max_s: float = Field(default=30, ge=1, le=3600, description="Seconds a message may last.")
    min_s: float = Field(
        default=1, ge=0, le=60, description="Seconds below which it counts as none: whoever hung up at once."
    )
    end_key: str = Field(default="#", pattern=r"^[0-9*#]?$", description="Key that ends it; empty: none.")
    thanks: list[str] = Field(default_factory=list, description="Prompts heard after it.")
    then: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="What follows: hang_up, or a target such as queue:service. Who came by one of a queue's "
        "self_service_keys goes back to the place there.",
    )
