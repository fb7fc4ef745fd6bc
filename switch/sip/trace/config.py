"""The ``[trace]`` section of the configuration."""

from pathlib import Path

from pydantic import Field

from runtime.models import Section


class TraceConfig(Section):
    """Section ``[trace]``: every SIP message kept as pcap, for ``ringmain sip trace --recorded``."""

    enabled: bool = Field(
        default=False,
        description="Whether every SIP message is kept. Messages hold numbers and names of callers.",
    )
    folder: Path = Field(default=Path("run/trace"), description="Folder of the pcap files.")
    segment_max_mb: int = Field(
        default=64, ge=1, le=4096, description="Longest file before the next begins, in megabytes."
    )
    segments: int = Field(
        default=16, ge=1, le=10_000, description="Files kept; the oldest is removed when there are more."
    )
    buffer_messages: int = Field(
        default=20_000,
        ge=100,
        le=1_000_000,
        description="Messages kept while the disk is slow; those beyond are left out and counted.",
    )
