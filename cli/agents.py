"""``ringmain agents``: who is signed in, and in which state."""

from typing import Annotated, Any, Literal

import typer
from rich.markup import escape

from cli.agent_messages import message, messages
from cli.agent_password import password
from cli.completion import complete_agent, complete_queue
from cli.explanation import AtOption, show_agent
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_json, print_line
from cli.table import print_table

app = noun()

Agent = Annotated[str, typer.Argument(help="The agent's number (工号).", autocompletion=complete_agent)]


@app.command("list")
def list_agents(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all agents with their states."""
    found = ask(socket, config, "agent.list")
    if as_json:
        print_json(found)
        return
    columns = ("agent", "name", "state", "reason", "for#", "station", "reachable", "queues", "items#", "call")
    gives_way = ("call", "name", "for#", "queues", "reason")
    print_table("agents", columns, (_row(agent) for agent in found), gives_way)


@app.command("sign-in")
def sign_in(
    agent: Agent,
    station: Annotated[str, typer.Argument(help="The station (phone) the agent sits at.")],
    force: Annotated[
        bool, typer.Option("--force", help="Take the seat over, or come from another station.")
    ] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign an agent in at a station 签入."""
    show(ask(socket, config, "agent.sign_in", agent=agent, station=station, force=force), as_json)


@app.command("sign-out")
def sign_out(
    agent: Agent,
    force: Annotated[
        bool, typer.Option("--force", help="In spite of a call, as soon as it is over; items go back.")
    ] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign an agent out 签出."""
    show(ask(socket, config, "agent.sign_out", agent=agent, force=force), as_json)


@app.command("ready")
def ready(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Let an agent get calls 示闲; ends wrap-up."""
    show(ask(socket, config, "agent.ready", agent=agent), as_json)


@app.command("not-ready")
def not_ready(
    agent: Agent,
    reason: Annotated[str, typer.Argument(help="Why, such as 午休 or paperwork.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep calls from an agent 示忙; after the present call, if there is one."""
    show(ask(socket, config, "agent.not_ready", agent=agent, reason=reason), as_json)


@app.command("ask-leave")
def ask_leave(
    agent: Agent,
    reason: Annotated[str, typer.Argument(help="Why, such as 如厕.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask to go away for a while 离席; a supervisor decides."""
    show(ask(socket, config, "agent.ask_leave", agent=agent, reason=reason), as_json)


@app.command("take-back-leave")
def take_back_leave(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Ask for leave no longer."""
    show(ask(socket, config, "agent.take_back_leave", agent=agent), as_json)


@app.command("extend-wrap-up")
def extend_wrap_up(
    agent: Agent,
    extend_s: Annotated[float, typer.Argument(metavar="seconds", help="How much longer.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the present wrap-up take longer."""
    show(ask(socket, config, "agent.extend_wrap_up", agent=agent, extend_s=extend_s), as_json)


@app.command("end-wrap-up")
def end_wrap_up(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Be done with the present wrap-up."""
    show(ask(socket, config, "agent.end_wrap_up", agent=agent), as_json)


@app.command("auto-answer")
def auto_answer(
    agent: Agent,
    state: Annotated[Literal["on", "off"], typer.Argument(help="Whether the phone answers by itself.")],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have an agent's phone answer calls from queues by itself 自动应答, or no longer."""
    show(ask(socket, config, "agent.set_auto_answer", agent=agent, on=state == "on"), as_json)


@app.command("figures")
def figures(
    agent: Agent, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Tell what an agent has done in this shift."""
    told = ask(socket, config, "agent.figures", agent=agent)
    if as_json:
        print_json(told)
        return
    reasons = ", ".join(
        f"{escape(reason)} {duration(spent)}" for reason, spent in told["not_ready_s"].items()
    )
    print_line(f"signed in {duration(told['signed_in_s'])}, ready {duration(told['ready_s'])}")
    print_line(f"not ready: {reasons or 'never'} (rest {duration(told['rest_s'])})")
    average = duration(told["average_talk_s"])
    print_line(f"{told['calls']} calls, {duration(told['talk_s'])} of talk, {average} on average")
    print_line(f"{told['no_answer']} of {told['offers']} offers not answered, {told['rejected']} rejected")


@app.command("skills")
def skills(
    agent: Agent,
    given: Annotated[
        list[str], typer.Argument(help="All skills with their levels (billing=5) and all tags (senior).")
    ],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an agent other skills and tags, at once."""
    levels = dict(_skill(text) for text in given if "=" in text)
    tags = [text for text in given if "=" not in text]
    changed = ask(socket, config, "agent.set_skills", agent=agent, skills=levels, tags=tags)
    _show_abilities(changed, as_json)


@app.command("queues")
def queues(
    agent: Agent,
    given: Annotated[
        list[str], typer.Argument(help="All queues the agent is to serve.", autocompletion=complete_queue)
    ],
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an agent serve other queues, at once."""
    _show_abilities(ask(socket, config, "agent.set_queues", agent=agent, queues=given), as_json)


@app.command("move")
def move(
    agents: Annotated[list[str], typer.Argument(help="The agents' numbers.")],
    join: Annotated[list[str] | None, typer.Option("--join", help="A queue to serve besides.")] = None,
    leave: Annotated[list[str] | None, typer.Option("--leave", help="A queue to serve no more.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let several agents join queues and leave others, at once."""
    given = {"agents": agents, "join": join or [], "leave": leave or []}
    found = ask(socket, config, "agent.move", **given)
    if as_json:
        print_json(found)
        return
    for agent in found:
        _show_abilities(agent, as_json=False)


@app.command("explain")
def explain(
    agent: Agent,
    at: AtOption = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why an agent gets no calls, or whose turn is next; with --at how it was then."""
    if at is not None:
        from cli.past_decisions import tell_agent  # loads the ACD

        tell_agent(config, agent, at, as_json=as_json)
        return
    told = ask(socket, config, "agent.explain", agent=agent)
    if as_json:
        print_json(told)
    else:
        show_agent(told)


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.rpartition("=")
    if not name or not (level.isascii() and level.isdigit()):
        raise typer.BadParameter(f"{text!r} is no skill with a level, such as billing=5")
    return name, int(level)


def _show_abilities(agent: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(agent)
        return
    able = [*(f"{skill}={level}" for skill, level in agent["skills"].items()), *agent["tags"]]
    serves = escape(", ".join(agent["queues"]) or "no queue")
    print_line(f"agent {escape(agent['id'])} serves {serves}, with {escape(', '.join(able) or 'no skills')}")


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
        agent["items"],
        agent["call_id"],
    )


def show(agent: dict[str, Any], as_json: bool) -> None:
    """Say how an agent is now."""
    if as_json:
        print_json(agent)
    else:
        print_line(f"agent {escape(agent['id'])} is {_state(agent)}{_unreachable(agent)}")


def _state(agent: dict[str, Any]) -> str:
    if agent["state"] == "OFFERED":  # a caller was waiting, and was offered before the answer came
        return "[bold]AVAILABLE[/], and rung for a call at once"
    now = f"now [bold]{agent['state']}[/]{_in_brackets(agent['reason'])}"
    if agent["station"]:
        now += f" at {escape(agent['station'])}"
    if agent["not_ready_after"]:
        now += f", and [bold]NOT_READY[/]{_in_brackets(agent['not_ready_after'])} after the present call"
    return now


def _in_brackets(reason: str | None) -> str:
    return f" ({escape(reason)})" if reason else ""


def _unreachable(agent: dict[str, Any]) -> str:
    if agent["station"] is None or agent["reachable"]:
        return ""
    return f", but no phone is registered at {escape(agent['station'])}"


app.command("message")(message)
app.command("password")(password)
app.command("messages")(messages)
