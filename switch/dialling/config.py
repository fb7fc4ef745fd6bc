"""The ``[dialling]`` section of the configuration."""

from pydantic import Field

from runtime.models import Section
from switch.recording_rule import RecordingRule


class DiallingConfig(Section):
    """Section ``[dialling]``: calls that go straight to a phone."""

    ring_timeout_s: float = Field(
        default=60, gt=0, le=300, description="Seconds a dialled phone rings before it counts as no answer."
    )
    record: RecordingRule | bool = Field(
        default=RecordingRule.ON_COMMAND,
        description="From when on calls of stations to each other and to outside numbers are recorded, in "
        "the words of an access code's record.",
    )
    record_share: float = Field(
        default=1.0, ge=0, le=1, description="The share of them that is recorded so, chosen by chance."
    )
    ring_back: str = Field(
        default="tone:ring_back",
        description="Prompt that callers who are answered already hear while it rings; empty: silence.",
    )
