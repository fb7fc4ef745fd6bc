"""Section ``[prompt_recording]``."""

from pydantic import Field

from runtime.models import Section


class PromptRecordingConfig(Section):
    """Section ``[prompt_recording]``: prompts recorded by phone."""

    stations: list[str] = Field(
        default_factory=list,
        description="Stations that may dial for it (targets prompt:<name>), of tenants acme/1001; others are "
        "refused. Any that the verb prompt.record calls may.",
    )
    language: str = Field(
        default="zh",
        min_length=1,
        max_length=32,
        pattern=r"^[^/\\.]+$",
        description="Folder whose prompts prompt_recording/begin, choices, kept, discarded and failed lead "
        "through it; one that is not there is not heard.",
    )
    tone: str = Field(default="tone:recorded", description="Prompt after which it is spoken; empty: none.")
    max_s: float = Field(default=120, ge=1, le=600, description="Seconds a prompt may last.")
