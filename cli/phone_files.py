"""What ``ringmain stations provision`` reads of the configuration, and what it writes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acd.agent_config import AgentConfig
from cli.configuration.error import ConfigurationError
from cli.configuration.loading import read_configuration
from cli.configuration.sections import Configuration
from cli.configuration.tenants import TenantReading, find_clashes, read_tenants
from runtime.errors import UsageError
from runtime.tenancy import HOUSE
from switch.provisioning.publishing import NewFiles
from switch.provisioning.rendering import encoded, render
from switch.provisioning.stations import Centre, PhoneBook


@dataclass(frozen=True, slots=True)
class StationFiles:
    """What one station's phone shall have."""

    station: str
    make: str
    mac: str
    texts: dict[str, str]
    """By path."""

    def encoded(self) -> dict[str, bytes]:
        return {path: encoded(path, text) for path, text in self.texts.items()}


@dataclass(frozen=True, slots=True)
class Phones:
    """A configuration, and whose phones there are in it."""

    configuration: Configuration
    book: PhoneBook

    def files(self, stations: Sequence[str], make: str) -> Iterator[StationFiles]:
        """``make`` empty: what each station has. Raises UsageError for what cannot be written."""
        folder = self.configuration.provisioning.templates
        for name in stations or self.book.names_with_password:
            own = make or self.book.make(name)
            yield StationFiles(name, own, self.book.mac(name), render(folder, own, self.book.facts(name)))


def read_phones(path: Path) -> Phones:
    """Of the house and of its tenants. An agent's name stands for the station of the same number.

    Raises ConfigurationError with the mistakes in any of the files.
    """
    reading = read_configuration(path)
    tenants, wrong = read_tenants(reading)
    problems = [*reading.problems, *wrong, *(x for tenant in tenants for x in tenant.reading.problems)]
    problems += find_clashes(reading.configuration, tenants)
    if problems:
        raise ConfigurationError(problems, complete=reading.complete)
    house = reading.configuration
    own = Centre(HOUSE, house.sip.realm, "", house.stations, _people(house.agents))
    centres = [own, *(_centre(tenant) for tenant in tenants)]
    book = PhoneBook(house.provisioning, house.sip, centres, house.media.codecs, house.media.srtp)
    return Phones(house, book)


def published_folder(configuration: Configuration) -> Path:
    """Raises UsageError where phones fetch nothing."""
    folder = configuration.provisioning.folder
    if folder is None:
        raise UsageError("there is no folder for files that phones fetch: set provisioning.folder")
    if not configuration.http.enabled:
        raise UsageError("phones fetch files from the HTTP port: set http.enabled")
    return folder


def to_publish(files: Iterable[StationFiles]) -> dict[str, NewFiles]:
    """By station."""
    return {each.station: NewFiles(each.make, each.mac, each.encoded()) for each in files}


def _centre(tenant: TenantReading) -> Centre:
    has, config = tenant.reading.configuration, tenant.config
    return Centre(tenant.name, config.asks_in, config.domain or "", has.stations, _people(has.agents))


def _people(agents: Iterable[AgentConfig]) -> dict[str, str]:
    return {agent.id: agent.name for agent in agents if agent.name}
