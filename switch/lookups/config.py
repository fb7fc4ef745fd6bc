"""Section ``[[lookups]]``."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from runtime.models import KeyMistake, Section
from switch.lookups.breaker import BreakerRules
from switch.lookups.headers import check_header_name, check_headers

LONGEST_S = 60.0
"""No caller waits longer for a computer."""


class LookupConfig(Section):
    """Section ``[[lookups]]``: a service that flows ask over HTTP, such as a billing system."""

    name: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s:/]+$",
        description="Short name without spaces, colons and slashes, used in flows, events and metrics.",
    )
    url: str = Field(
        min_length=8,
        max_length=1024,
        description="Where it is: http:// or https://, host, port, and the beginning of all paths.",
    )
    headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="Headers of all its requests, by name."
    )
    token_file: Path | None = Field(
        default=None,
        description="File whose one line proves who we are; read at the start and each reload. Absent: none.",
    )
    token_header: str = Field(
        default="Authorization",
        min_length=1,
        max_length=64,
        description="Header the token stands in: in Authorization as a bearer token, in others by itself.",
    )
    timeout_s: float = Field(
        default=5,
        ge=0.1,
        le=LONGEST_S,
        description="How long an answer may take, with all waiting and retries, in seconds.",
    )
    connect_timeout_s: float = Field(
        default=2,
        ge=0.05,
        le=LONGEST_S,
        description="How long a connection may take, with DNS and TLS, in seconds.",
    )
    retries: int = Field(
        default=1,
        ge=0,
        le=5,
        description="How often GET, PUT and DELETE are tried again when the service cannot be reached or "
        "answers 502, 503 or 504. POST and PATCH never are.",
    )
    retry_pause_s: float = Field(
        default=0.2,
        ge=0.01,
        le=5,
        description="Pause before the first retry, twice as long before each further one, in seconds.",
    )
    max_answer_bytes: int = Field(
        default=65_536, ge=64, le=1_048_576, description="Longest answer that is read, in bytes."
    )
    under_way: int = Field(default=50, ge=1, le=1000, description="Requests sent to it at a time.")
    waiting: int = Field(
        default=100, ge=0, le=10_000, description="Lookups that wait for their turn beyond these."
    )
    failures_in_row: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="Failed requests one after the other that open the circuit breaker; 0: they do not.",
    )
    failure_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of failed requests that opens it too, when there are enough; 0: it does not.",
    )
    failure_window_s: float = Field(
        default=30, ge=1, le=3600, description="Over how long that share is taken, in seconds."
    )
    failure_window_min: int = Field(
        default=20, ge=1, le=100_000, description="Requests there must be in that time for it to count."
    )
    open_s: float = Field(
        default=15,
        ge=0.1,
        le=3600,
        description="How long nothing is sent once it is open, before one request tries, in seconds.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="File of certificates (PEM) that https is verified against; absent: the machine's own.",
    )
    proxy: str | None = Field(
        default=None,
        max_length=1024,
        description="Proxy (http://) that requests go through. What the environment names does not count.",
    )

    _is_header = field_validator("token_header")(check_header_name)

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, SecretStr]) -> dict[str, SecretStr]:
        check_headers((name, value.get_secret_value()) for name, value in headers.items())
        return headers

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return _checked(url, ("http", "https"), "https://billing.example/api")

    @field_validator("proxy")
    @classmethod
    def _check_proxy(cls, proxy: str | None) -> str | None:
        return None if proxy is None else _checked(proxy, ("http",), "http://proxy.example:3128")

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.connect_timeout_s > self.timeout_s:
            raise KeyMistake("connect_timeout_s", f"timeout_s ({self.timeout_s:g}) at most")
        if self.ca_file is not None and not self.is_encrypted:
            raise KeyMistake("ca_file", "an https:// url with it; http:// shows no certificate")
        if self.token_file is not None and self.token_header.lower() in map(str.lower, self.headers):
            raise KeyMistake("headers", f"no {self.token_header}, which the token of token_file stands in")
        return self

    @property
    def is_encrypted(self) -> bool:
        return self.url.lower().startswith("https:")

    @property
    def host(self) -> str:
        """Whom it is asked at: a name or an address."""
        return urlsplit(self.url).hostname or ""

    @property
    def breaker(self) -> BreakerRules:
        """When its circuit opens."""
        return BreakerRules(
            failures_in_row=self.failures_in_row,
            failure_share=self.failure_share,
            window_s=self.failure_window_s,
            window_min=self.failure_window_min,
            open_s=self.open_s,
        )


def _checked(url: str, schemes: tuple[str, ...], example: str) -> str:
    """Raises ValueError saying what was expected."""
    expected = f"an address such as {example}, without user, password, ? and #"
    try:
        parts = urlsplit(url)
        right = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(expected) from None
    if not right or "@" in parts.netloc or "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise ValueError(expected)
    return url
