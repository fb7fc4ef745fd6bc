"""From the configuration to what templates are told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from media.commands import Codec
from media.config import Srtp
from runtime.errors import UsageError
from runtime.problems import listed
from runtime.tenancy import bare, qualify, tenant_of
from switch.provisioning.config import PhoneTransport, ProvisioningConfig
from switch.provisioning.facts import Lamp, StationFacts
from switch.sip.config import SipConfig, StationConfig

_TLS_PORT = 5061
_COMMON_MAKE = "yealink"


@dataclass(frozen=True, slots=True)
class Centre:
    """The stations of the house, or of one tenant, in its own names."""

    tenant: str
    realm: str
    domain: str
    """Where they register; empty: at the switch's own address."""
    stations: Sequence[StationConfig]
    people: Mapping[str, str]
    """Names by station."""


class PhoneBook:
    """All stations in the names of the switch, and who sits where."""

    def __init__(
        self,
        config: ProvisioningConfig,
        sip: SipConfig,
        centres: Iterable[Centre],
        codecs: Sequence[Codec],
        srtp: Srtp,
    ) -> None:
        """``srtp``: what holds where a station says nothing else."""
        self._config = config
        self._sip = sip
        self._stations = {
            qualify(centre.tenant, station.name): (centre, station)
            for centre in centres
            for station in centre.stations
        }
        self._codecs = tuple(codecs)
        self._srtp = srtp

    @property
    def names(self) -> list[str]:
        """Of all stations, in the order of the configuration."""
        return list(self._stations)

    @property
    def names_with_password(self) -> list[str]:
        """Those of which files can be written."""
        return [name for name, (_, station) in self._stations.items() if station.password is not None]

    def make(self, name: str) -> str:
        """What phone a station has."""
        return self._find(name)[1].phone or _COMMON_MAKE

    def mac(self, name: str) -> str:
        """Twelve hexadecimal digits in small letters; empty when it is not known."""
        return self._find(name)[1].mac_digits

    def facts(self, name: str) -> StationFacts:
        """Raises UsageError for a station there is not, or of which only hashes are known."""
        centre, station = self._find(name)
        if station.password is None:
            raise UsageError(
                f"of station {name} only the hashes of its password are known; a phone needs the password"
            )
        config, encrypted = self._config, self._config.transport is PhoneTransport.TLS
        switch = _in_uri(config.host or self._sip.advertised_host or self._sip.host)
        return StationFacts(
            station=station.name,
            display_name=self._shown(name),
            password=station.password.get_secret_value(),
            realm=centre.realm,
            host=_in_uri(centre.domain) or switch,
            outbound_proxy=switch if centre.domain and centre.domain != switch else "",
            port=config.port or (_TLS_PORT if encrypted else self._sip.port),
            transport=config.transport,
            srtp=station.srtp or self._srtp,
            codecs=self._codecs,
            expires_s=config.expires_s,
            ntp=config.ntp,
            utc_offset_h=config.utc_offset_h,
            language=config.language,
            voicemail=config.voicemail,
            lamps=self._lamps(name),
        )

    def _find(self, name: str) -> tuple[Centre, StationConfig]:
        found = self._stations.get(name)
        if found is None:
            raise UsageError(f"there is no station {name!r} in [[stations]]; there are {listed(self.names)}")
        return found

    def _lamps(self, name: str) -> tuple[Lamp, ...]:
        """Of the others of the same call centre."""
        others = (
            other for other in self._config.lamps if other != name and tenant_of(other) == tenant_of(name)
        )
        return tuple(Lamp(bare(other), self._shown(other)) for other in others)

    def _shown(self, name: str) -> str:
        centre, _ = self._stations.get(name, (None, None))
        return (centre.people.get(bare(name)) if centre is not None else None) or bare(name)


def _in_uri(host: str) -> str:
    return f"[{host}]" if ":" in host else host
