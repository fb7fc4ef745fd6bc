"""What ``ringmain top`` shows of how the switch stands: filtered, sorted, cut to the terminal. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.top.columns import KEYS, TABLES, Column, Level, Thing
from runtime.tenancy import tenant_of, tenant_of_id

ROWS_SHOWN = 200
"""Nobody reads more, and a screen would be slow with them."""


@dataclass(frozen=True, slots=True)
class Picture:
    """How everything stood at a moment."""

    taken_at: float
    """Monotonic, in seconds."""
    things: Mapping[str, Sequence[Thing]] = field(default_factory=dict)
    """Calls, agents and queues, by the name of their table."""

    def of(self, table: str, tenant: str | None) -> list[Thing]:
        """Those of one tenant, of the house when it is empty, or all for None."""
        key = KEYS[table]
        return [
            thing for thing in self.things.get(table, ()) if tenant in (None, _owner(str(thing[key]), table))
        ]

    def thing(self, table: str, key: str | None) -> Thing | None:
        """The one of that name."""
        return next((each for each in self.things.get(table, ()) if each[KEYS[table]] == key), None)

    def tenants(self) -> list[str]:
        """Those that have something, the house among them."""
        owners = {
            _owner(str(thing[key]), table)
            for table, key in KEYS.items()
            for thing in self.things.get(table, ())
        }
        return sorted(owners)


@dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    key: str
    cells: tuple[tuple[str, Level], ...]


def columns_for(table: str, width: int) -> list[Column]:
    """Those for which a terminal has room."""
    return [column for column in TABLES[table] if column.from_width <= width]


def lines(
    picture: Picture, table: str, *, now: float, width: int, order: tuple[str, bool], tenant: str | None
) -> list[Line]:
    """The first of the table's rows; ``order``: a column's title, and whether the most comes first."""
    age_s = max(0.0, now - picture.taken_at)
    title, most_first = order
    by = next(column for column in TABLES[table] if column.title == title)
    things = sorted(
        picture.of(table, tenant), key=lambda thing: _rank(by.read(thing, age_s)), reverse=most_first
    )
    shown = columns_for(table, width)
    return [_line(thing, KEYS[table], shown, age_s) for thing in things[:ROWS_SHOWN]]


def next_order(table: str, order: tuple[str, bool], width: int) -> tuple[str, bool]:
    """The same column the other way round, and after that the next column."""
    titles = [column.title for column in columns_for(table, width)]
    title, most_first = order
    if not most_first or title not in titles:
        place = titles.index(title) if title in titles else -1
        return titles[(place + 1) % len(titles)], True
    return title, False


def next_tenant(tenants: Sequence[str], tenant: str | None) -> str | None:
    """All, then each by itself, then all again."""
    if tenant is None:
        return tenants[0] if tenants else None
    later = [each for each in tenants if each > tenant]
    return later[0] if later else None


def summary(picture: Picture, tenant: str | None, unseen: Sequence[str] = ()) -> str:
    """One line on all of it; ``unseen``: tables that are not for whoever looks."""
    agents = Counter(str(agent["state"]) for agent in picture.of("agents", tenant))
    waiting = sum(queue["waiting"] for queue in picture.of("queues", tenant))
    states = ", ".join(
        f"{number} {state}" for state, number in sorted(agents.items()) if state != "LOGGED_OUT"
    )
    whose = "all tenants" if tenant is None else tenant or "the house"
    calls = len(picture.of("calls", tenant))
    hidden = f"; not for you: {', '.join(unseen)}" if unseen else ""
    return f"{whose}: {calls} calls, {waiting} waiting, agents {states or 'none signed in'}{hidden}"


def details(thing: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All that is known of one thing, a line each; of lists each entry."""
    told: list[tuple[str, str]] = []
    for key, value in thing.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            told += [(f"{key} {place}", _flat(entry)) for place, entry in enumerate(value, 1)]
        else:
            told.append((key, _flat(value) if isinstance(value, Mapping) else _text(value)))
    return told


def _owner(name: str, table: str) -> str:
    return tenant_of_id(name) if table == "calls" else tenant_of(name)


def _line(thing: Thing, key: str, shown: Iterable[Column], age_s: float) -> Line:
    values = [(column, column.read(thing, age_s)) for column in shown]
    return Line(str(thing[key]), tuple((column.show(value), column.level(value)) for column, value in values))


def _rank(value: Any) -> tuple[int, float, str]:
    """Nothing goes before numbers, and these before texts."""
    if value is None or value == "":
        return 0, 0.0, ""
    if isinstance(value, int | float):
        return 1, float(value), ""
    return 2, 0.0, str(value)


def _flat(value: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items() if inner not in (None, ""))


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
