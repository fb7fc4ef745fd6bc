"""The ``[dns]`` section of the configuration."""

from ipaddress import ip_address

from pydantic import Field, field_validator

from runtime.models import Section

_PORT = 53


class DnsConfig(Section):
    """Section ``[dns]``: how names of trunks are looked up, ahead of the calls."""

    servers: list[str] = Field(
        default_factory=list,
        description="Name servers as address or address:port, IPv6 in brackets; empty: those of the machine.",
    )
    timeout_s: float = Field(
        default=5, gt=0, le=60, description="How long an answer is waited for, in seconds."
    )

    @field_validator("servers")
    @classmethod
    def _are_addresses(cls, servers: list[str]) -> list[str]:
        for server in servers:
            try:
                _split(server)
            except ValueError as error:
                raise ValueError(
                    "addresses such as 192.0.2.53, 192.0.2.53:53 or [2001:db8::53]:53"
                ) from error
        return servers

    def server_addresses(self) -> list[tuple[str, int]]:
        """The name servers, host and port."""
        return [_split(server) for server in self.servers]


def _split(text: str) -> tuple[str, int]:
    host, port = text, ""
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        if "]" not in text:
            raise ValueError("no closing bracket")
        port = rest.removeprefix(":")
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    number = int(port) if port else _PORT
    if not 0 < number < 65_536:
        raise ValueError(f"no port: {number}")
    return str(ip_address(host)), number
