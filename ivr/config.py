"""The ``[ivr]`` section of the configuration."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class IvrConfig(BaseModel):
    """Where flows are and what keeps them in bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flows: Path = Field(
        default=Path("flows"),
        description="Folder with flow documents (*.yaml), relative to the configuration file.",
    )
    max_node_visits: int = Field(
        default=50,
        ge=2,
        le=10_000,
        description="Nodes a caller may be led through without pressing a key, before the call is ended.",
    )
