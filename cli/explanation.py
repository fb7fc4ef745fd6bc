"""Decisions of the ACD as supervisors read them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from cli.output import duration, print_line, time_of_day
from cli.table import print_table
from runtime.clock import local_now
from runtime.errors import UsageError

if TYPE_CHECKING:
    from acd.story import Line

AtOption = Annotated[
    str | None,
    typer.Option("--at", help="As it was at this moment: 14:30 of today, or 2026-11-21T14:30:05."),
]

_DAYS_BACK = 1
"""How many days before the asked one the journal is read."""

_REASONS = {
    "signed_out": "signed out",
    "not_ready": "not ready",
    "rung": "rung for a call",
    "on_call": "on a call",
    "wrap_up": "wrap-up",
    "unreachable": "phone unreachable",
    "refusal_delay": "delay after a refusal",
    "signing_out": "is being signed out",
    "capacity": "no room",
    "not_free": "not free",
    "requirement": "requirement not met",
    "penalty": "penalty",
    "others_preferred": "the caller waits for others",
}
_DELAYS = {
    "quiet_hours": "the calendar for callbacks is closed",
    "pause": "an attempt was in vain",
    "engaged": "the number is called for another callback",
    "ahead": "that is done as soon as an agent is expected",
}
_DECIDED_BY = {
    "preferred": "preferred by the caller",
    "penalty": "the lowest penalty",
    "strategy": "the strategy",
    "number": "the lower number, since all else is equal",
    "alone": "nobody else is left",
    "all": "all who are left are rung",
    "turn": "the agent's becoming free, and it is this caller's turn",
    "sooner": "having been free sooner than others, who become free with the same event",
}


def moment(text: str | None) -> datetime:
    """What ``--at`` names; now without it."""
    now = local_now()
    if text is None:
        return now
    try:
        return datetime.fromisoformat(text if "-" in text else f"{now:%Y-%m-%d}T{text}").astimezone()
    except ValueError as mistake:
        raise typer.BadParameter(f"{text!r} is no moment such as 14:30 or 2026-11-21T14:30:05") from mistake


def story_of(journal: Path, name: str, value: str, end: datetime) -> "list[Line]":
    """What the journal has of a call or an agent, up to a moment. Raises UsageError when it has nothing."""
    begin = end - timedelta(days=_DAYS_BACK)
    from acd.story import story  # with the journal's reader: few explanations are of the past
    from switch.records.call_events import events_naming

    entries = events_naming(journal, name, value, begin, end)
    told = [line for line in story(entries) if begin.timestamp() <= line.time <= end.timestamp()]
    if not told:
        raise UsageError(f"the journal of the day before {end:%Y-%m-%d %H:%M} has no {name} {value} in it")
    return told


def show_story(title: str, told: "Iterable[Line]") -> None:
    """What happened, a line for each."""
    rows = ((time_of_day(line.time), line.text) for line in told)
    print_table(title, ("time", "what happened"), rows)


def show_caller(told: Mapping[str, Any]) -> None:
    """A caller in the hands of the ACD now."""
    print_line(_caller_line(told))
    for queue in told["queues"]:
        title = (
            f"{queue['queue']}: position {queue['position']} for {duration(queue['wait_s'])}, "
            f"{queue['strategy']}, asks for {queue['requirement'] or 'anybody'}"
        )
        columns = ("agent", "name", "penalty#", "by", "removed by")
        print_table(title, columns, (_candidate_row(one) for one in queue["candidates"]), ("name",))
        if queue["agents"] > len(queue["candidates"]):
            counts = ", ".join(f"{number} {_REASONS[kind]}" for kind, number in queue["removed"].items())
            print_line(f"of {queue['agents']} agents: {counts}")
    if told["callback"] is not None:
        print_line(_callback_line(told["callback"]))
    print_line(_choice_line(told))


def show_agent(told: Mapping[str, Any]) -> None:
    """An agent, and whose turn it is with the agent."""
    who = escape(" ".join(filter(None, (told["agent"], told["name"]))))
    kept = "; ".join(_reason(obstacle) for obstacle in told["obstacles"])
    how = f"gets no calls: {escape(kept)}" if kept else "is free"
    print_line(f"agent {who} {how}; idle for {duration(told['idle_s'])}, {told['calls']} calls this shift")
    columns = ("queue", "priority#", "weight#", "penalty#", "waiting#", "fitting#", "first", "the others ask")
    print_table("queues", columns, (_membership_row(queue) for queue in told["queues"]), ("weight#",))
    if told["waiting_personally"]:
        print_line(f"{told['waiting_personally']} callers wait for this agent and come before all others")
    following = told["next"]
    if following is None:
        print_line("nobody waits whom the agent could serve")
    else:
        put_off = "" if following["delay"] is None else f", put off ({following['delay']})"
        print_line(f"next: call {escape(following['call_id'])} in {escape(following['queue'])}{put_off}")


def _caller_line(told: Mapping[str, Any]) -> str:
    line = f"call {told['call_id']} from {told['caller_number']} is {told['state']}"
    line += f", waited {duration(told['waited_s'])}, priority {told['priority']}, {told['offers']} offers"
    if told["offered_to"]:
        line += f"; with agent {', '.join(told['offered_to'])}"
    if told["alone_for_s"] is not None:
        line += f"; waits {duration(told['alone_for_s'])} more for {', '.join(told['preferred'])} alone"
    elif told["preferred"]:
        line += f"; prefers {', '.join(told['preferred'])}"
    if told["self_service"]:
        line += f"; in {told['self_service']} meanwhile"
        line += ", and passed over until back" if told["passed_over"] else ""
    return escape(line)


def _callback_line(callback: Mapping[str, Any]) -> str:
    line = f"callback to {callback['number']} is {callback['stage']}, {callback['attempts']} attempts"
    if callback["delay"] is not None:
        line += f"; the customer is not called now: {_DELAYS[callback['delay']]}"
    if callback["again_in_s"] is not None:
        line += f", next in {duration(callback['again_in_s'])}"
    return escape(line)


def _choice_line(told: Mapping[str, Any]) -> str:
    choice = told["choice"]
    if choice is None:
        return "nobody is to be rung now" if told["state"] == "waiting" else "no decision is due now"
    agents = ", ".join(choice["agents"])
    return escape(f"rung now: {agents} in {choice['queue']}, by {_DECIDED_BY[choice['decided_by']]}")


def _candidate_row(candidate: Mapping[str, Any]) -> tuple[object, ...]:
    by = [f"{name} {value:g}" for name, value in candidate["score"].items()]
    return (
        candidate["agent"],
        candidate["name"],
        candidate["penalty"],
        ["preferred", *by] if candidate["preferred"] else by,
        "; ".join(_reason(obstacle) for obstacle in candidate["obstacles"]),
    )


def _membership_row(queue: Mapping[str, Any]) -> tuple[object, ...]:
    first = queue["first"]
    asked = [f"{unmet['callers']} × {_details(unmet)}" for unmet in queue["unmet"]]
    return (
        queue["queue"],
        queue["priority"],
        queue["weight"],
        queue["penalty"],
        queue["waiting"],
        queue["fitting"],
        None if first is None else f"{first['caller_number']} ({duration(first['waited_s'])})",
        "; ".join(asked),
    )


def _details(unmet: Mapping[str, Any]) -> str:
    return ", ".join(obstacle["detail"] for obstacle in unmet["obstacles"])


def _reason(obstacle: dict[str, str]) -> str:
    detail = f": {obstacle['detail']}" if obstacle["detail"] else ""
    return _REASONS[obstacle["kind"]] + detail
