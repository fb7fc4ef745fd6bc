"""``ringmain agents message`` and ``messages``: texts for agents 信使."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import duration, print_json, print_line
from cli.table import print_table


def message(
    text: Annotated[str, typer.Argument(help="The text; quote it if it has spaces.")],
    to: Annotated[list[str] | None, typer.Option("--to", help="An agent by number; may be repeated.")] = None,
    queue: Annotated[list[str] | None, typer.Option(help="All agents of a queue; may be repeated.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="All agents of a group, by their tag; may be repeated.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="All agents.")] = False,
    important: Annotated[
        bool, typer.Option("--important", help="Desktops show it until it is confirmed.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who sends it; your user name otherwise.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send agents a text, on desktop and phone; those not signed in get it when they sign in."""
    sent = ask(
        socket,
        config,
        "agent.send_message",
        agents=to or [],
        queues=queue or [],
        tags=tag or [],
        everybody=everybody,
        text=text,
        by=by or own_name(),
        importance="high" if important else "normal",
    )
    if as_json:
        print_json(sent)
        return
    told = f"{_number(sent['told'])}, {len(sent['with_phone'])} of them at a phone"
    kept = f"; kept for {escape(', '.join(sent['kept']))} until they sign in" if sent["kept"] else ""
    print_line(f"{sent['message_id']} went to {told}{kept}")


def messages(
    agent: Annotated[str, typer.Argument(help="The agent's number (工号).")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the latest texts of an agent, and whether they were seen."""
    found = ask(socket, config, "agent.messages", agent=agent)
    if as_json:
        print_json(found)
        return
    columns = ("for#", "from", "text", "seen", "message")
    print_table("messages", columns, (_row(one) for one in found), gives_way=("message", "for#"))


def _row(message: dict[str, Any]) -> tuple[object, ...]:
    seen = ", ".join(message["reached"]) or ("no" if message["told"] else "kept")
    return duration(message["sent_s"]), message["by"], message["text"], seen, message["message_id"]


def _number(agents: list[str]) -> str:
    return "1 agent" if len(agents) == 1 else f"{len(agents)} agents"
