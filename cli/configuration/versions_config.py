"""Section ``[versions]``: what is kept of the configurations that ran."""

from pathlib import Path

from pydantic import Field

from runtime.models import Section


class VersionsConfig(Section):
    """Section ``[versions]``: the versions of the configuration that the switch has gone by."""

    folder: Path = Field(
        default=Path("run/versions"),
        description="Folder they are kept in, relative to the configuration file. They hold passwords: "
        "only the switch's own user can read them.",
    )
    kept: int = Field(default=200, ge=2, le=10_000, description="So many are kept; older ones are forgotten.")
