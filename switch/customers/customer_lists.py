"""The number lists and tags of a switch, in memory: asked about every caller, changed while the switch runs.

Every change is an event, which the journal keeps. The database has the entries from there, and gives them
back at the next start; until it did nobody is on a list but who was put there since.
"""

import re
from collections.abc import Iterable, Mapping

from runtime.driver import Handler, ignoring_time
from runtime.errors import UsageError
from runtime.problems import listed
from runtime.tenancy import HOUSE, bare, tenant_of
from runtime.vocabulary import Output
from switch.customers.commands import AddNumbers, RemoveNumbers
from switch.customers.config import NAME_PATTERN, ListKind, NumberListConfig
from switch.customers.events import NumbersAdded, NumbersRemoved
from switch.customers.facts import NOTHING_KNOWN, Facts, Rejection
from switch.customers.number_list import Entry, NumberList
from switch.customers.numbers import entry_number, house_number
from switch.trunks.numbering import NumberingPlan

TAG_PREFIX = "tag:"
"""A tag that is given to numbers is a list ``tag:<tag>``, which needs no configuration."""
Change = NumbersAdded | NumbersRemoved
MOST_TAGS = 256
"""Every caller is looked for under each tag."""


class CustomerLists:
    """Answers what is known of a number, and takes changes."""

    def __init__(self, configs: Iterable[NumberListConfig], plan: NumberingPlan) -> None:
        self._configs = {config.name: config for config in configs}
        self._plan = plan
        self._lists = {name: NumberList() for name in self._configs}
        self._unused: dict[str, NumberList] = {}
        """Lists that are configured no more, in case they come back."""
        self._of_tenant: dict[str, list[str]] = {}
        """Names of lists by whose they are, for those that were asked about."""
        self.loaded = False
        """Whether the entries of the run before are here."""
        self._early: list[Change] = []
        """What was changed before they were: it is later than they are."""

    def configure(self, configs: Iterable[NumberListConfig]) -> None:
        """Have these lists from now on, with the numbers they had; tags stay."""
        before, self._configs = self._configs, {config.name: config for config in configs}
        for name in before.keys() - self._configs.keys():
            self._unused[name] = self._lists.pop(name)
        tags = {name: numbers for name, numbers in self._lists.items() if name not in before}
        kept = {**self._unused, **self._lists}
        self._lists = {name: kept.get(name) or NumberList() for name in self._configs} | tags
        for name in self._configs:
            self._unused.pop(name, None)
        self._of_tenant.clear()

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {AddNumbers: ignoring_time(self._add), RemoveNumbers: ignoring_time(self._remove)}

    @property
    def names(self) -> tuple[str, ...]:
        """All lists, in the order of the configuration, and then all tags that numbers have."""
        return tuple(self._lists)

    def config(self, name: str) -> NumberListConfig | None:
        """What the configuration says of a list; nothing of a tag."""
        return self._configs.get(name)

    def numbers(self, name: str) -> NumberList:
        """The numbers of one list. Raises UsageError when there is none of this name."""
        if name not in self._lists:
            known = listed(self._names_of(tenant_of(name)))
            raise UsageError(f"there is no list {name!r}; there are {known}, and tag:<any tag>")
        return self._lists[name]

    def facts(self, number: str, at: float, tenant: str = HOUSE) -> Facts:
        """What a tenant, or the house, knows of a number at a moment of the wall clock."""
        entries = self.entries(number, at, tenant) if self._lists else None
        return self._weigh(entries) if entries else NOTHING_KNOWN

    def entries(self, number: str, at: float, tenant: str = HOUSE) -> dict[str, Entry]:
        """The entries by which a number is on a tenant's lists, or the house's; by list."""
        names = self._names_of(tenant)
        if not names:
            return {}
        key = house_number(number, self._plan)
        found = ((name, self._lists[name].find(key, at)) for name in names)
        return {name: entry for name, entry in found if entry is not None}

    def restore(self, lists: Mapping[str, NumberList]) -> None:
        """Take the entries of the run before; those of lists that are configured no longer stay unknown."""
        for name, numbers in lists.items():
            if name in self._configs or _is_tag(name):
                self._lists[name] = numbers
        self._of_tenant.clear()
        self.loaded = True
        for event in self._early:
            self._apply(event)
        self._early.clear()

    def _weigh(self, names: Iterable[str]) -> Facts:
        on = [self._configs[name] for name in names if name in self._configs]
        tags = [tag for config in on for tag in config.tags]
        tags += [bare(name).removeprefix(TAG_PREFIX) for name in names if _is_tag(name)]
        return Facts(
            lists=tuple(config.name for config in on),
            tags=tuple(dict.fromkeys(tags)),
            priority=sum(config.priority for config in on),
            rejection=_rejection(on),
        )

    def _add(self, command: AddNumbers) -> list[Output]:
        self._expect_place_for(command.list)
        entries = [self._in_house_form(entry) for entry in command.entries]
        plain = tuple((e.number, e.remark, e.valid_from, e.valid_until) for e in entries)
        return self._change(NumbersAdded(list=command.list, entries=plain, by=command.by))

    def _remove(self, command: RemoveNumbers) -> list[Output]:
        """What the run before put on a list can be taken off before it is known."""
        keys = tuple(self._key(number) for number in command.numbers)
        if self.loaded:
            numbers = self.numbers(command.list)
            for key in keys:
                if numbers.get(key) is None:
                    raise UsageError(f"{key} is not on the list {command.list}")
        else:
            self._expect_place_for(command.list)
        return self._change(NumbersRemoved(list=command.list, numbers=keys, by=command.by))

    def _change(self, event: Change) -> list[Output]:
        self._apply(event)
        if not self.loaded:
            self._early.append(event)
        return [event]

    def _apply(self, event: Change) -> None:
        """The list of a tag is there as long as it has a number."""
        if event.list not in self._lists:
            self._of_tenant.clear()
        numbers = self._lists.setdefault(event.list, NumberList())
        if isinstance(event, NumbersAdded):
            for told in event.entries:
                numbers.put(Entry(*told))
        else:
            for number in event.numbers:
                numbers.remove(number)
        if not numbers and event.list not in self._configs:
            del self._lists[event.list]
            self._of_tenant.clear()

    def _expect_place_for(self, name: str) -> None:
        if name in self._lists:
            return
        if not _is_tag(name):
            self.numbers(name)
        tag = bare(name).removeprefix(TAG_PREFIX)
        if not re.fullmatch(NAME_PATTERN, tag):
            raise UsageError(f"{tag!r} cannot be a tag; expected a word without spaces, commas and colons")
        if sum(map(_is_tag, self._names_of(tenant_of(name)))) >= MOST_TAGS:
            raise UsageError(f"there are {MOST_TAGS} tags already; use one of them")

    def _names_of(self, tenant: str) -> list[str]:
        """Kept, since every caller is looked for under them."""
        names = self._of_tenant.get(tenant)
        if names is None:
            names = self._of_tenant[tenant] = [name for name in self._lists if tenant_of(name) == tenant]
        return names

    def _in_house_form(self, entry: Entry) -> Entry:
        begins, ends = entry.valid_from, entry.valid_until
        if begins is not None and ends is not None and ends <= begins:
            raise UsageError(f"{entry.number} would be on the list until before it is; name a later end")
        return entry._replace(number=self._key(entry.number))

    def _key(self, number: str) -> str:
        try:
            return entry_number(number, self._plan)
        except ValueError as error:
            raise UsageError(f"{number!r} cannot be on a list; expected {error}") from error


def _is_tag(name: str) -> bool:
    return bare(name).startswith(TAG_PREFIX)


def _rejection(on: Iterable[NumberListConfig]) -> Rejection | None:
    """Who is on a white list is let in, whatever black list says otherwise."""
    kinds = {config.kind: config for config in reversed(list(on))}
    black = kinds.get(ListKind.BLACK)
    if black is None or ListKind.WHITE in kinds:
        return None
    return Rejection(black.name, black.told, black.target)
