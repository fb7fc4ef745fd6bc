"""The verbs that show and clear registrations."""

from collections.abc import Callable

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Answer, Params, TenantParams
from runtime.vocabulary import Command
from switch.application import Verb
from switch.roles import OPERATORS
from switch.sip.commands import RemoveRegistrations
from switch.sip.registration.registrar import Registrar
from switch.verbs import ContactView, contact_view


class ListParams(TenantParams):
    """Which registrations to show."""

    station: str | None = Field(default=None, description="only this station's")
    after: str = Field(default="", description="stations whose name comes after this one")
    limit: int = Field(default=1000, ge=1, le=10_000, description="at most so many stations")


class RemoveParams(Params):
    """Names one contact, or all of a station."""

    station: str = Field(description="the name the phone registers with")
    contact: str | None = Field(default=None, description="only this one, as registration.list names it")


class RegistrationPage(Answer):
    """Some of the contacts of all stations."""

    registrations: list[ContactView]
    total: int
    """How many contacts all stations have."""
    next: str | None
    """The ``after`` of the following page; null on the last."""


class RegistrationVerbs:
    """``registration.list``, ``registration.remove``."""

    def __init__(self, registrar: Registrar, clock: Clock, submit: Callable[[Command], None]) -> None:
        self._registrar = registrar
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "registration.list",
                ListParams,
                self._list,
                "Registered contacts, page by page.",
                who=OPERATORS,
                reads=True,
            ),
            Verb(
                "registration.remove", RemoveParams, self._remove, "Forget where a station is.", who=OPERATORS
            ),
        )

    def _list(self, params: ListParams) -> RegistrationPage:
        """``next`` is where the following page begins; None on the last."""
        if params.station is not None:
            return self._page([params.station], None, params)
        names = self._registrar.stations_after(params.after, params.limit + 1, params.means)
        more = len(names) > params.limit
        return self._page(names[: params.limit], names[params.limit - 1] if more else None, params)

    def _remove(self, params: RemoveParams) -> list[ContactView]:
        """The contacts that were forgotten."""
        contacts = self._contacts(params.station)
        gone = [contact for contact in contacts if params.contact in (None, contact["contact"])]
        if not gone:
            what = "" if params.contact is None else f" as {params.contact}"
            raise UsageError(f"{params.station} is not registered{what}; registration.list names who is")
        self._submit(RemoveRegistrations(station=params.station, contact=params.contact))
        return gone

    def _page(self, stations: list[str], following: str | None, params: ListParams) -> RegistrationPage:
        registrations = [contact for station in stations for contact in self._contacts(station)]
        total = self._registrar.count_contacts(params.means)
        return {"registrations": registrations, "total": total, "next": following}

    def _contacts(self, station: str) -> list[ContactView]:
        return [contact_view(found) for found in self._registrar.registrations_of(station, self._clock.now())]
