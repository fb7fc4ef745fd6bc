"""The ``[http]`` section of the configuration."""

from pydantic import BaseModel, ConfigDict, Field


class HttpConfig(BaseModel):
    """Section ``[http]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(default=False, description="serve /metrics and /health")
    host: str = Field(default="127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(default=9090, ge=1, le=65535, description="TCP port to listen on")
