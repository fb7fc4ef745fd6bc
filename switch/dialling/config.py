"""The ``[dialling]`` section of the configuration."""

from pydantic import Field

from runtime.models import Section


class DiallingConfig(Section):
    """Section ``[dialling]``: calls that go straight to a phone."""

    ring_timeout_s: float = Field(
        default=60, gt=0, le=300, description="Seconds a dialled phone rings before it counts as no answer."
    )
    ring_back: str = Field(
        default="",
        description="Prompt that callers who are answered already hear while it rings; empty: silence.",
    )
