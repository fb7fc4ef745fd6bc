"""The exchange's sections of the configuration."""

from pydantic import BaseModel, ConfigDict, Field


class SwitchConfig(BaseModel):
    """Section ``[switch]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("ringmain", min_length=1, description="name of this switch in logs and status")
    drain_s: float = Field(
        60, ge=0, le=86_400, description="how long running calls may go on after SIGTERM, in seconds"
    )
    retry_after_s: int = Field(
        30, ge=1, le=3600, description="Retry-After of the 503 that new calls get meanwhile, in seconds"
    )


class AccessCodeConfig(BaseModel):
    """One entry of ``[[access_codes]]``: a number customers dial, and what takes the call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str = Field(min_length=1, description="the dialled number (user part of the request URI)")
    target: str = Field(
        pattern=r"^[a-z]+:.+$",
        description="where its calls go: flow:<name of a flow> or queue:<name of a queue>",
    )
    record: bool = Field(True, description="record every contact that comes in here")
