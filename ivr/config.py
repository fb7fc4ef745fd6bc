"""The ``[ivr]`` section of the configuration."""

from pathlib import Path

from pydantic import Field

from runtime.models import Section
from runtime.target import WAY_OUT_PATTERN

FLOW_SCHEME = "flow"
"""Targets ``flow:<name>`` lead here."""
RETURN = "?return"
"""Behind the name: a call that a flow lent comes back, and goes on where it was."""


class IvrConfig(Section):
    """Section ``[ivr]``: where flows are and what keeps them in bounds."""

    flows: Path = Field(
        default=Path("flows"),
        description="Folder with flow documents (*.yaml), relative to the configuration file.",
    )
    published: Path = Field(
        default=Path("run/flows"),
        description="Folder of the published versions of flows, relative to the configuration file.",
    )
    max_node_visits: int = Field(
        default=50,
        ge=2,
        le=10_000,
        description="Nodes a caller may be led through without pressing a key, before the call is ended.",
    )
    on_error: str = Field(
        default="",
        pattern=r"^$|" + WAY_OUT_PATTERN,
        description="The target for callers in whose flow something goes wrong that it does not handle; "
        "empty: the call is ended.",
    )
