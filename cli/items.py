"""``ringmain items``: chats, mails and other work that is no call."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line
from cli.table import print_table

app = noun()

Item = Annotated[str, typer.Argument(help="The item's id.")]
Agent = Annotated[str, typer.Argument(help="The agent's number (工号).")]


@app.command("list")
def list_items(
    agent: Annotated[str | None, typer.Option(help="Only those with this agent.")] = None,
    queue: Annotated[str | None, typer.Option(help="Only those waiting in this queue.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the items that wait or are with agents, in the order in which they came."""
    found = ask(socket, config, "item.list", agent=agent, queue=queue)
    if as_json:
        print_json(found)
        return
    columns = ("item", "medium", "state", "queues", "agents", "customer", "priority#", "for#")
    print_table("items", columns, (_row(item) for item in found), ("customer", "queues"))


@app.command("submit")
def submit(
    item: Item,
    medium: Annotated[str, typer.Argument(help="chat, mail, video or any other name.")],
    queues: Annotated[list[str], typer.Argument(help="The queues in which it waits.")],
    customer: Annotated[str, typer.Option(help="The customer's number or name.")] = "",
    priority: Annotated[int | None, typer.Option(help="Level of priority, 0 to 254.")] = None,
    require: Annotated[str, typer.Option(help="What it asks of an agent, such as lang:en.")] = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an item wait for an agent."""
    given = {"customer": customer, "priority": priority, "require": require}
    _show(ask(socket, config, "item.submit", item=item, medium=medium, queues=queues, **given), as_json)


@app.command("accept")
def accept(
    item: Item,
    agent: Agent,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an item that is offered to an agent."""
    _show(ask(socket, config, "item.accept", item=item, agent=agent), as_json)


@app.command("reject")
def reject(
    item: Item,
    agent: Agent,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do not take an item that is offered to an agent; others are asked."""
    _show(ask(socket, config, "item.reject", item=item, agent=agent), as_json)


@app.command("finish")
def finish(
    item: Item,
    agent: Agent,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Be done with an item."""
    _show(ask(socket, config, "item.finish", item=item, agent=agent), as_json)


@app.command("withdraw")
def withdraw(
    item: Item, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Take an item out: its customer is gone."""
    _show(ask(socket, config, "item.withdraw", item=item), as_json)


def _row(item: dict[str, Any]) -> tuple[object, ...]:
    return (
        item["item"],
        item["medium"],
        item["state"],
        [place["queue"] for place in item["places"]],
        item["agents"],
        item["customer"],
        item["priority"],
        duration(item["since_s"]),
    )


def _show(item: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(item)
        return
    state = item["state"] or "in no queue and with no agent"
    print_line(f"item {escape(item['item'])} is now [bold]{state}[/]")
