"""Who is to be at work when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from acd.agent_config import AgentConfig
from acd.simulation.scenario import ShiftConfig, check_hours, seconds_of
from runtime.models import KeyMistake
from runtime.problems import Problem, shorten
from runtime.sheets import Cell, Row, SheetError, read_sheet

COLUMNS = {
    "agent": ("agent", "agent id", "工号", "坐席"),
    "begins": ("begins", "start", "开始时间", "上班时间"),
    "ends": ("ends", "end", "结束时间", "下班时间"),
    "breaks": ("breaks", "break", "休息", "休息时间"),
}
"""Each column of a table of shifts, and the names it goes by."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One agent's shift. Times are seconds since midnight."""

    agent_id: str
    begins_s: float
    ends_s: float
    breaks_s: tuple[tuple[float, float], ...] = ()


def counted_agents(shifts: Sequence[ShiftConfig]) -> list[AgentConfig]:
    """Those who are in no configuration yet."""
    return [
        AgentConfig(id=agent_id, queues=shift.queues, skills=shift.skills)
        for index, shift in enumerate(shifts)
        for agent_id in _counted(index, shift)
    ]


def duties_of(shifts: Sequence[ShiftConfig]) -> list[Duty]:
    """All shifts of a scenario. Raises SheetError for a table with mistakes."""
    return [duty for index, shift in enumerate(shifts) for duty in _duties(index, shift)]


def _duties(index: int, shift: ShiftConfig) -> Iterator[Duty]:
    if shift.table is not None:
        yield from _read_table(shift.table)
        return
    for agent_id in (*shift.agents, *_counted(index, shift)):
        yield _duty(agent_id, shift.begins, shift.ends, shift.breaks)


def _counted(index: int, shift: ShiftConfig) -> list[str]:
    return [f"shift{index + 1}-{number}" for number in range(1, shift.count + 1)]


def _duty(agent_id: str, begins: str, ends: str, breaks: Sequence[str]) -> Duty:
    pauses = [tuple(map(seconds_of, pause.split("-"))) for pause in breaks]
    return Duty(agent_id, seconds_of(begins), seconds_of(ends), tuple((s, e) for s, e in pauses))


def _read_table(path: Path) -> list[Duty]:
    rows = read_sheet(path)
    heading = rows[0] if rows else Row(0, ())
    places = _columns(heading)
    problems = [
        Problem(str(path), heading.line, "", "", f"a column {name}, by one of its names: {', '.join(names)}")
        for name, names in COLUMNS.items()
        if name not in places and name != "breaks"
    ]
    if problems:
        raise SheetError(problems)
    duties = []
    for row in rows[1:]:
        cells = {name: _text(row, place) for name, place in places.items()}
        try:
            duties.append(_duty_of(cells))
        except KeyMistake as mistake:
            value = shorten(cells.get(mistake.key, ""))
            problems.append(Problem(str(path), row.line, mistake.key, value, str(mistake)))
    if problems:
        raise SheetError(problems)
    return duties


def _duty_of(cells: dict[str, str]) -> Duty:
    """Raises KeyMistake naming the column."""
    if not cells["agent"]:
        raise KeyMistake("agent", "an agent's number")
    breaks = cells.get("breaks", "").replace("，", " ").replace(",", " ").split()
    for column in ("begins", "ends"):
        _check_time(column, cells[column])
    for pause in breaks:
        start, _, end = pause.partition("-")
        _check_time("breaks", start)
        _check_time("breaks", end)
    check_hours(cells["begins"], cells["ends"], breaks)
    return _duty(cells["agent"], cells["begins"], cells["ends"], breaks)


def _check_time(column: str, text: str) -> None:
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and int(hours) <= 24 and int(minutes) < 60):
        raise KeyMistake(
            column, "a time such as 08:30" if column != "breaks" else "spans such as 12:00-12:30"
        )


def _columns(heading: Row) -> dict[str, int]:
    titles = [str(cell or "").strip().casefold() for cell in heading.cells]
    return {
        column: place
        for column, names in COLUMNS.items()
        for place, title in enumerate(titles)
        if title in names
    }


def _text(row: Row, place: int) -> str:
    cell: Cell = row.cells[place] if place < len(row.cells) else None
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
