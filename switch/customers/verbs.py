"""The number lists' verbs on the control socket."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import cast

from pydantic import Field

from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Answer, Params, TenantParams
from runtime.tenancy import bare, tenant_of
from runtime.vocabulary import Command
from switch.application import Gauge, Verb
from switch.customers import validity
from switch.customers.commands import AddNumbers, RemoveNumbers
from switch.customers.customer_lists import TAG_PREFIX, CustomerLists
from switch.customers.number_list import Entry
from switch.customers.numbers import LONGEST_NUMBER
from switch.roles import BUSINESS

MOST_AT_A_TIME = 200
"""Numbers that one verb adds or removes: calls do not wait for long, and an event stays small."""
LONGEST_REMARK = 200

_LIST = Field(min_length=1, max_length=64, description="a list of the configuration, or tag:<any tag>")
_BY = Field(default="", max_length=100, description="who does it")


class ShowParams(Params):
    """Names one list."""

    list: str = _LIST
    limit: int = Field(default=100, ge=1, le=1000, description="so many entries are told, those changed last")


class EntryParams(Params):
    """One number, and what is known of it."""

    number: str = Field(
        min_length=1, max_length=2 * LONGEST_NUMBER, description="a number, or such as 1390013*"
    )
    remark: str = Field(default="", max_length=LONGEST_REMARK, description="what people shall know")
    valid_from: str = Field(default="", max_length=40, description="a day or moment (ISO 8601); empty: now")
    valid_until: str = Field(
        default="", max_length=40, description="a day, which still counts, or moment; empty: for ever"
    )


class AddParams(Params):
    """Numbers to put on a list."""

    list: str = _LIST
    entries: tuple[EntryParams, ...] = Field(
        min_length=1, max_length=MOST_AT_A_TIME, description="the numbers"
    )
    by: str = _BY


class RemoveParams(Params):
    """Numbers to take off a list."""

    list: str = _LIST
    numbers: tuple[str, ...] = Field(
        min_length=1, max_length=MOST_AT_A_TIME, description="as they are on the list"
    )
    by: str = _BY


class NumberParams(Params):
    """A caller's number."""

    number: str = Field(max_length=255, description="as a trunk or a person writes it")
    tenant: str = Field(default="", max_length=64, description="whose lists; empty: the house's own")


class ListView(Answer):
    """A number list."""

    name: str
    title: str
    kind: str
    """``black``, ``white``, ``vip`` …, or ``tag``."""
    priority: int
    tags: list[str]
    entries: int
    """How many numbers are on it."""


class EntryOfList(Answer):
    """A number on a list; moments are ISO 8601."""

    number: str
    remark: str
    valid_from: str | None
    valid_until: str | None


class ListDetails(ListView):
    """A list with the entries changed last."""

    newest: list[EntryOfList]


class RejectionView(Answer):
    """Why a caller is not let in."""

    list: str
    cause: str
    target: str | None
    """Who takes such calls instead."""


class KnownNumber(Answer):
    """What is known of a number now."""

    number: str
    lists: Sequence[str]
    tags: Sequence[str]
    priority: int
    rejection: RejectionView | None
    """Null for who is let in."""
    entries: dict[str, EntryOfList]
    """By list."""


class ListVerbs:
    """``list.list``, ``list.show``, ``list.add``, ``list.remove``, ``list.lookup``."""

    def __init__(
        self, lists: CustomerLists, clock: Clock, zone: tzinfo, submit: Callable[[Command], None]
    ) -> None:
        """``zone``: whose days people mean."""
        self._lists = lists
        self._clock = clock
        self._zone = zone
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "list.list",
                TenantParams,
                self._list,
                "All number lists, and the tags that numbers have.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "list.show",
                ShowParams,
                self._show,
                "One list with its entries, the latest change first.",
                who=BUSINESS,
                reads=True,
            ),
            Verb(
                "list.add",
                AddParams,
                self._add,
                "Put numbers on a list, or change their entries.",
                who=BUSINESS,
            ),
            Verb("list.remove", RemoveParams, self._remove, "Take numbers off a list.", who=BUSINESS),
            Verb(
                "list.lookup",
                NumberParams,
                self._lookup,
                "What is known of a caller's number now.",
                who=BUSINESS,
                reads=True,
            ),
        )

    def gauges(self) -> tuple[Gauge, ...]:
        return (
            Gauge("number_list_entries", "Numbers on the list.", ("list",), self._sizes),
            Gauge(
                "number_lists_loaded",
                "1 once the entries of the run before are known.",
                (),
                lambda: {(): float(self._lists.loaded)},
            ),
        )

    def _sizes(self) -> dict[tuple[str, ...], float]:
        return {(name,): float(len(self._lists.numbers(name))) for name in self._lists.names}

    def _list(self, params: TenantParams) -> list[ListView]:
        return [self._view(name) for name in self._lists.names if params.means(tenant_of(name))]

    def _show(self, params: ShowParams) -> ListDetails:
        newest = self._lists.numbers(params.list).newest(params.limit)
        return {**self._view(params.list), "newest": [self._entry(entry) for entry in newest]}

    def _add(self, params: AddParams) -> ListView:
        entries = tuple(self._read(given) for given in params.entries)
        self._submit(AddNumbers(list=params.list, entries=entries, by=params.by))
        return self._view(params.list)

    def _remove(self, params: RemoveParams) -> ListView:
        self._submit(RemoveNumbers(list=params.list, numbers=params.numbers, by=params.by))
        return self._view(params.list)

    def _lookup(self, params: NumberParams) -> KnownNumber:
        now = self._clock.wall()
        facts = self._lists.facts(params.number, now, params.tenant)
        entries = self._lists.entries(params.number, now, params.tenant)
        return {
            "number": params.number,
            "lists": facts.lists,
            "tags": facts.tags,
            "priority": facts.priority,
            "rejection": None if facts.rejection is None else cast(RejectionView, asdict(facts.rejection)),
            "entries": dict(self._by_list(entries.items())),
        }

    def _by_list(self, entries: Iterable[tuple[str, Entry]]) -> Iterable[tuple[str, EntryOfList]]:
        return ((name, self._entry(entry)) for name, entry in entries)

    def _view(self, name: str) -> ListView:
        config = self._lists.config(name)
        size = len(self._lists.numbers(name))
        if config is None:
            tag = bare(name).removeprefix(TAG_PREFIX)
            return {"name": name, "title": tag, "kind": "tag", "priority": 0, "tags": [tag], "entries": size}
        return {
            "name": name,
            "title": config.title or bare(name),
            "kind": config.kind.value,
            "priority": config.priority,
            "tags": list(config.tags),
            "entries": size,
        }

    def _read(self, given: EntryParams) -> Entry:
        try:
            begins = validity.beginning(given.valid_from, self._zone)
            ends = validity.end(given.valid_until, self._zone)
        except ValueError as error:
            raise UsageError(f"{given.number} cannot be valid so; expected {error}") from error
        return Entry(given.number, given.remark, begins, ends)

    def _entry(self, entry: Entry) -> EntryOfList:
        begins, ends = self._shown(entry.valid_from), self._shown(entry.valid_until)
        return {"number": entry.number, "remark": entry.remark, "valid_from": begins, "valid_until": ends}

    def _shown(self, wall: float | None) -> str | None:
        return (
            None if wall is None else datetime.fromtimestamp(wall, self._zone).isoformat(timespec="seconds")
        )
