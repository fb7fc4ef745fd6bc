"""Whom the house can reach, and who may call whom."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from cli.configuration.sections import Configuration
from cli.house.signalling import Signalling
from runtime.target import HANG_UP
from runtime.tenancy import HOUSE, SEPARATOR, qualify
from switch.config import AccessCodeConfig, owners_of
from switch.dial_plan import NUMBER_SCHEME, STATION_SCHEME, TargetCheck
from switch.reach import Reach
from switch.sip.hop import Hop

T = TypeVar("T")


class Directory:
    """Stations, access codes and the way outside."""

    def __init__(self, configuration: Configuration, signalling: Signalling) -> None:
        self._access_codes: dict[str, AccessCodeConfig] = {}
        self._owners: dict[str, str] = {}
        self._outside_levels: dict[str, int] = {}
        self._ways_out: dict[str, str] = {}
        self._trunks = signalling.trunks
        self.contacts = signalling.stack.registrar.contacts
        self.has_route = signalling.trunks.has_route
        self.configure(configuration)

    def configure(self, configuration: Configuration) -> None:
        """Know these, and no others; who was given a view of them sees the new ones."""
        codes = configuration.access_codes
        ways_out = {code.number: code.on_failure for code in codes if code.on_failure != HANG_UP}
        levels = {station.name: station.outside_level for station in configuration.stations}
        _replace(self._access_codes, {code.number: code for code in codes})
        _replace(self._owners, owners_of(codes))
        _replace(self._ways_out, ways_out)
        _replace(self._outside_levels, levels)

    @property
    def stations(self) -> Mapping[str, int]:
        """The level up to which each may dial routes."""
        return self._outside_levels

    def hops_to(self, station: str) -> list[Hop]:
        return [contact.hop for contact in self.contacts(station)]

    def whom(self, number: str, level: int | None, tenant: str) -> str | None:
        """How a customer is called back: at a phone of the same call centre, or by routes up to a level.

        Level None: by any.
        """
        if SEPARATOR not in number and (station := qualify(tenant, number)) in self._outside_levels:
            return f"{STATION_SCHEME}:{station}"
        leads = self.has_route(number) if level is None else self._trunks.may_dial(level, number)
        return f"{NUMBER_SCHEME}:{number}" if leads else None

    def owner_of(self, number: str) -> str:
        """The tenant whose access code a number is; the house for every other."""
        return self._owners.get(number, HOUSE)

    def target_of(self, number: str) -> str | None:
        """Where an access code leads; None for every other number."""
        code = self._access_codes.get(number)
        return None if code is None else code.target

    def may_dial(self, station: str, number: str) -> bool:
        return self._trunks.may_dial(self._outside_levels.get(station, 0), number)

    def bars(self, station: str, number: str) -> bool:
        """Whether routes lead to a number, and none of them for this station."""
        return self.has_route(number) and not self.may_dial(station, number)

    def ways_out(self) -> Mapping[str, str]:
        """Where callers of an access code go when a phone cannot be had."""
        return self._ways_out

    def reach(
        self,
        knows_target: TargetCheck,
        obstacle: Callable[[str], str | None],
        station_to_call: Callable[[str], str],
    ) -> Reach:
        return Reach(
            contacts=self.contacts,
            has_route=self.has_route,
            may_dial=self.may_dial,
            knows_target=knows_target,
            access_codes=self._access_codes.keys(),
            obstacle=obstacle,
            station_to_call=station_to_call,
            outage=self._trunks.outage,
        )


def _replace(mapping: dict[str, T], by: Mapping[str, T]) -> None:
    """In place, for those who hold it."""
    mapping.clear()
    mapping.update(by)
