"""Sections ``[tenants]``, and ``[tenant]`` of a tenant's own file."""

from pathlib import Path

from pydantic import Field

from runtime.models import Section


class TenantsConfig(Section):
    """Section ``[tenants]``: virtual call centres in this switch."""

    folder: Path | None = Field(
        default=None,
        description="Folder with a file for each tenant: tenants/acme.toml is tenant acme; absent: none.",
    )
    templates: Path | None = Field(
        default=None,
        description="Folder with files that new tenants are made from; {tenant}, {domain} and {title} in "
        "them stand for the new one's.",
    )


class TenantConfig(Section):
    """Section ``[tenant]``, in a tenant's own file: the tenant itself."""

    title: str = Field(default="", description="Name for people; empty: the file's name.")
    domain: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        description="Host part of its stations' addresses: 1001@acme.example registers at acme.example. "
        "Absent: it has no stations.",
    )
    realm: str | None = Field(
        default=None,
        min_length=1,
        description="Realm its phones are asked for their password in; its domain when absent.",
    )
    flows: Path | None = Field(
        default=None, description="Folder with its flow documents, relative to the file; absent: none."
    )
    prompts: Path | None = Field(
        default=None,
        description="Folder of its own prompts, which go before the house's of the same name; absent: none.",
    )

    calls: int = Field(
        default=0,
        ge=0,
        description="Calls it may have at a time, in and out; further ones are refused (Q.850 cause 34, SIP "
        "503). 0: no limit.",
    )
    agents: int = Field(default=0, ge=0, description="Agents its file may have. 0: no limit.")
    queues: int = Field(default=0, ge=0, description="Queues its file may have. 0: no limit.")
    stations: int = Field(default=0, ge=0, description="Stations its file may have. 0: no limit.")
    suspended: bool = Field(
        default=False,
        description="It gets no new calls, in or out (Q.850 cause 34, SIP 503); those that are up go on.",
    )
    control: Path | None = Field(
        default=None,
        description="Unix socket, relative to the file, whose clients see and steer this tenant alone, in "
        "its own names; whoever may write to it may do so ([control] has its mode and bounds). Absent: none.",
    )

    @property
    def asks_in(self) -> str:
        """Its realm; empty when it has no stations."""
        return self.realm or self.domain or ""
