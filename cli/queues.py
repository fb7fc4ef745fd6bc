"""``ringmain queues``: who waits, and who serves them."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.completion import complete_call, complete_queue
from cli.explanation import AtOption, show_caller
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line
from cli.queue_entries import list_entries, show_totals
from cli.shares import percent
from cli.table import print_table
from switch.control.client import NotConnected, VerbRefused

app = noun()

Call = Annotated[str, typer.Argument(help="The call that waits.", autocompletion=complete_call)]
Queue = Annotated[str, typer.Argument(help="The queue's name.", autocompletion=complete_queue)]


@app.command("list")
def list_queues(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all queues with their callers and agents."""
    found = ask(socket, config, "queue.list")
    if as_json:
        print_json(found)
        return
    columns = (
        *("queue", "title", "waiting#", "longest#", "eligible#", "service level"),
        *("agents", "calls since the start"),
    )
    gives_way = ("calls since the start", "title", "service level")
    print_table("queues", columns, (_row(queue) for queue in found), gives_way)


app.command("entries")(list_entries)
app.command("totals")(show_totals)


@app.command("waiting")
def list_waiting(
    queue: Queue,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who waits in a queue, in the order of their turn."""
    found = ask(socket, config, "queue.waiting", queue=queue)
    if as_json:
        print_json(found)
        return
    columns = (
        "position#",
        "caller",
        "state",
        "wait#",
        "priority#",
        "requirement",
        "also in",
        "offers#",
        "call",
    )
    gives_way = ("also in", "requirement")
    print_table("callers", columns, (_waiting_row(caller) for caller in found), gives_way)


@app.command("callbacks")
def list_callbacks(
    queue: Annotated[
        str | None, typer.Argument(help="Only those of this queue.", autocompletion=complete_queue)
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who is to be called back."""
    found = ask(socket, config, "queue.callbacks", queue=queue)
    if as_json:
        print_json(found)
        return
    columns = ("callback", "numbers", "stage", "queues", "wait#", "attempts#", "expires in#", "call")
    print_table("callbacks", columns, (_callback_row(callback) for callback in found), ("queues",))


@app.command("callback")
def callback(
    numbers: Annotated[
        list[str] | None, typer.Argument(help="Where to call, the best first; none: the caller's own.")
    ] = None,
    call: Annotated[str | None, typer.Option(help="The call that waits; it is ended.")] = None,
    queue: Annotated[
        list[str] | None, typer.Option(help="Without a call: a queue to wait in; may be repeated.")
    ] = None,
    priority: Annotated[int | None, typer.Option(min=0, max=254, help="The customer's level.")] = None,
    require: Annotated[str, typer.Option(help="What is asked of an agent.")] = "",
    access_code: Annotated[str, typer.Option(help="On whose behalf the customer is called.")] = "",
    station: Annotated[
        str | None, typer.Option(help="Who gives the numbers: those this station may not dial are refused.")
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have a customer called back who waits (--call), or who has not called (numbers and --queue)."""
    whom = {"numbers": numbers or [], "queues": queue or [], "priority": priority, "require": require}
    found = ask(
        socket, config, "queue.callback", call_id=call, access_code=access_code, station=station, **whom
    )
    _show_callback(found, "waits to be called back", as_json)


@app.command("cancel-callback")
def cancel_callback(
    callback_id: Annotated[str, typer.Argument(help="The callback.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call a customer back no more."""
    found = ask(socket, config, "queue.cancel_callback", callback_id=callback_id)
    _show_callback(found, "is called back no more", as_json)


@app.command("change")
def change(
    call: Call,
    priority: Annotated[int | None, typer.Option(min=0, max=254, help="The caller's level.")] = None,
    require: Annotated[
        str | None, typer.Option(help="What is asked of an agent, such as 'billing>=3'; '' for nothing.")
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", help="A tag of the customer, in place of all there were; '' for none."),
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a waiting caller another priority, requirement or other tags."""
    given = None if tags is None else [tag for tag in tags if tag]
    found = ask(
        socket,
        config,
        "queue.change_caller",
        call_id=call,
        priority=priority,
        require=require,
        tags=given,
    )
    _show(found, as_json)


@app.command("add")
def add(
    call: Call,
    queue: Queue,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a caller wait in one more queue."""
    _show(ask(socket, config, "queue.add", call_id=call, queue=queue), as_json)


@app.command("remove")
def remove(
    call: Call,
    queue: Queue,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a caller wait in one queue less."""
    _show(ask(socket, config, "queue.remove", call_id=call, queue=queue), as_json)


@app.command("move")
def move(
    call: Call,
    queue: Queue,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a caller wait in another queue instead, without losing the turn."""
    _show(ask(socket, config, "queue.move_caller", call_id=call, queue=queue), as_json)


@app.command("explain")
def explain(
    call: Annotated[str, typer.Argument(help="The call, whether it waits or is long over.")],
    at: AtOption = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="At most so many agents of a queue.")] = 50,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a caller waits or was offered to whom: live, or as it was when it is over."""
    if at is None:
        try:
            told = ask(socket, config, "queue.explain", call_id=call, limit=limit)
        except (VerbRefused, NotConnected):  # the call is over, or the switch is
            pass
        else:
            print_json(told) if as_json else show_caller(told)
            return
    from cli.past_decisions import tell_caller  # loads the ACD

    tell_caller(config, call, at, limit, as_json=as_json)


def _show(caller: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(caller)
        return
    call = escape(caller["call_id"])
    places = ", ".join(f"{escape(p['queue'])} (position {p['position']})" for p in caller["places"])
    if not places:
        print_line(f"call {call} waits no longer")
        return
    print_line(f"call {call} is [bold]{caller['state']}[/] in {places} with priority {caller['priority']}")


def _show_callback(callback: dict[str, Any], what: str, as_json: bool) -> None:
    if as_json:
        print_json(callback)
        return
    queues = ", ".join(escape(queue) for queue in callback["queues"])
    print_line(f"{escape(callback['numbers'][0])} {what}: {escape(callback['callback_id'])} in {queues}")


def _callback_row(callback: dict[str, Any]) -> tuple[object, ...]:
    return (
        callback["callback_id"],
        callback["numbers"],
        callback["stage"],
        callback["queues"],
        duration(callback["waited_s"]),
        callback["attempts"],
        duration(callback["expires_in_s"]),
        callback["call_id"],
    )


def _waiting_row(caller: dict[str, Any]) -> tuple[object, ...]:
    return (
        caller["position"],
        caller["caller_number"],
        "virtual" if caller["virtual"] else caller["self_service"] or caller["state"],
        duration(caller["wait_s"]),
        caller["priority"],
        caller["requirement"],
        caller["also_in"],
        caller["offers"],
        caller["call_id"],
    )


def _row(queue: dict[str, Any]) -> tuple[object, ...]:
    return (
        queue["name"] if queue["open"] else f"{queue['name']} (closed)",
        queue["title"],
        queue["waiting"],
        duration(queue["longest_wait_s"]) if queue["waiting"] else None,
        queue["eligible"],
        [f"{percent(level['share'])} in {level['within_s']:g} s" for level in queue["service_level"]],
        _counts(queue["agents"]),
        _counts(queue["calls"]),
    )


def _counts(numbers: dict[str, int]) -> list[str]:
    """Only what there is: ``2 AVAILABLE``, ``1 ON_CALL``."""
    return [f"{number} {name}" for name, number in numbers.items() if number]
