"""The configuration section ``[second_tier]``."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from runtime.models import Section

_STORE = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(/(?P<prefix>([A-Za-z0-9_+=.-]+/)*[A-Za-z0-9_+=.-]*))?"
)
"""A bucket by Amazon's rules, and folders."""


class SecondTierConfig(Section):
    """Section ``[second_tier]``: where recordings go when they are over. Nothing moves by default."""

    to: str = Field(
        default="",
        description="A folder on other disks, such as /mnt/archive; s3://bucket/prefix/ in a store with the "
        "interface of Amazon's S3, such as MinIO or Ceph; empty: recordings stay.",
    )
    endpoint: str | None = Field(
        default=None,
        description="Address of the store, such as https://store.example.com:9000; Amazon's when absent.",
    )
    region: str = Field(default="us-east-1", description="The store's region; most but Amazon's have none.")
    credentials: Path | None = Field(
        default=None,
        description="File with aws_access_key_id and aws_secret_access_key below [default]; when absent, "
        "what the environment, ~/.aws/credentials or the machine's role say.",
    )
    after_days: int = Field(
        default=0, ge=0, le=36_500, description="How many days after a recording began it moves; 0: at once."
    )

    @field_validator("endpoint")
    @classmethod
    def _is_address(cls, endpoint: str | None) -> str | None:
        if endpoint is not None:
            parts = urlsplit(endpoint)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("an address that begins with http:// or https://")
        return endpoint

    @field_validator("to")
    @classmethod
    def _is_place(cls, to: str) -> str:
        if to and not to.startswith("/") and not _STORE.fullmatch(to):
            raise ValueError("a folder that begins with / or s3:// with a bucket and perhaps folders in it")
        return to

    @property
    def folder(self) -> Path | None:
        """Where recordings move, if that is a folder."""
        return Path(self.to) if self.to.startswith("/") else None

    @property
    def bucket(self) -> str | None:
        """Where recordings move, if that is a store."""
        match = _STORE.fullmatch(self.to)
        return None if match is None else match["bucket"]

    @property
    def prefix(self) -> str:
        """What names in the bucket begin with: nothing, or folders with a / at the end."""
        match = _STORE.fullmatch(self.to)
        return "" if match is None or not match["prefix"] else match["prefix"].rstrip("/") + "/"
