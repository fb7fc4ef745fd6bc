"""From the configuration to what templates are told. Pure."""

from collections.abc import Mapping, Sequence

from media.commands import Codec
from media.config import Srtp
from runtime.errors import UsageError
from runtime.problems import listed
from runtime.tenancy import bare, tenant_of
from switch.provisioning.config import PhoneTransport, ProvisioningConfig
from switch.provisioning.facts import Lamp, StationFacts
from switch.sip.config import SipConfig, StationConfig

_TLS_PORT = 5061


class PhoneBook:
    """All stations, and who sits where."""

    def __init__(
        self,
        config: ProvisioningConfig,
        sip: SipConfig,
        stations: Sequence[StationConfig],
        people: Mapping[str, str],
        codecs: Sequence[Codec],
        srtp: Srtp,
    ) -> None:
        """``people``: names by station; ``srtp``: what holds where a station says nothing else."""
        self._config = config
        self._sip = sip
        self._stations = {station.name: station for station in stations}
        self._people = people
        self._codecs = tuple(codecs)
        self._srtp = srtp

    @property
    def names(self) -> list[str]:
        """Of all stations, in the order of the configuration."""
        return list(self._stations)

    @property
    def names_with_password(self) -> list[str]:
        """Those of which files can be written."""
        return [name for name, station in self._stations.items() if station.password is not None]

    def facts(self, name: str) -> StationFacts:
        """Raises UsageError for a station there is not, or of which only hashes are known."""
        station = self._stations.get(name)
        if station is None:
            raise UsageError(f"there is no station {name!r} in [[stations]]; there are {listed(self.names)}")
        if station.password is None:
            raise UsageError(
                f"of station {name} only the hashes of its password are known; a phone needs the password"
            )
        config, encrypted = self._config, self._config.transport is PhoneTransport.TLS
        host = config.host or self._sip.advertised_host or self._sip.host
        return StationFacts(
            station=bare(name),
            display_name=self._shown(name),
            password=station.password.get_secret_value(),
            realm=self._sip.realm,
            host=f"[{host}]" if ":" in host else host,
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

    def _lamps(self, name: str) -> tuple[Lamp, ...]:
        """Of the others of the same call centre."""
        others = (
            other for other in self._config.lamps if other != name and tenant_of(other) == tenant_of(name)
        )
        return tuple(Lamp(bare(other), self._shown(other)) for other in others)

    def _shown(self, name: str) -> str:
        return self._people.get(name) or bare(name)
