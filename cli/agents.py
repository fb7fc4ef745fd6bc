"""``ringmain agents``: who is signed in, and in which state."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line, print_table

app = noun("Agents 坐席: list them, sign them in and out, make them ready or not ready.")

Agent = Annotated[str, typer.Argument(help="The agent's number (工号).")]


@app.command("list")
def list_agents(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all agents with their states."""
    found = ask(socket, config, "agent.list")
    if as_json:
        print_json(found)
        return
    columns = ("agent", "name", "state", "reason", "for#", "station", "reachable", "queues", "call")
    print_table("agents", columns, (_row(agent) for agent in found))


@app.command("sign-in")
def sign_in(
    agent: Agent,
    station: Annotated[str, typer.Argument(help="The station (phone) the agent sits at.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign an agent in at a station 签入."""
    _show(ask(socket, config, "agent.sign_in", agent=agent, station=station), as_json)


@app.command("sign-out")
def sign_out(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Sign an agent out 签出."""
    _show(ask(socket, config, "agent.sign_out", agent=agent), as_json)


@app.command("ready")
def ready(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Let an agent get calls 示闲; ends wrap-up."""
    _show(ask(socket, config, "agent.ready", agent=agent), as_json)


@app.command("not-ready")
def not_ready(
    agent: Agent,
    reason: Annotated[str, typer.Argument(help="Why, such as 午休 or training.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep calls from an agent 示忙; after the present call, if there is one."""
    _show(ask(socket, config, "agent.not_ready", agent=agent, reason=reason), as_json)


def _row(agent: dict[str, Any]) -> tuple[object, ...]:
    return (
        agent["id"],
        agent["name"],
        agent["state"],
        agent["reason"],
        duration(agent["since_s"]),
        agent["station"],
        agent["reachable"],
        agent["queues"],
        agent["call_id"],
    )


def _show(agent: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(agent)
    else:
        where = f" at {escape(agent['station'])}" if agent["station"] else ""
        print_line(f"agent {escape(agent['id'])} is now [bold]{agent['state']}[/]{where}")
