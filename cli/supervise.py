"""``ringmain supervise``: what supervisors do with agents, and at their calls."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.agents import Agent, show
from cli.completion import complete_agent
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import print_json, print_line
from cli.table import print_table

app = noun()

By = Annotated[str, typer.Option(help="Who wants it, as events tell it.")]
Whom = Annotated[
    str,
    typer.Argument(help="The agent's number, or the call's whole id.", autocompletion=complete_agent),
]
Station = Annotated[
    str,
    typer.Option(
        help="Your phone; by default the one you listen with, or where the agent --by is signed in."
    ),
]


@app.command("list")
def list_supervisors(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List who supervises whom."""
    found = ask(socket, config, "call.supervisors")
    if as_json:
        print_json(found)
        return
    columns = ("supervisor", "by", "mode", "agent at", "follows", "call", "listens")
    rows = (
        (
            one["supervisor"],
            one["by"],
            one["mode"],
            one["station"],
            one["follows"],
            one["call_id"],
            one["listens"],
        )
        for one in found
    )
    print_table("supervisors", columns, rows)


def _to_agent(verb: str) -> Callable[..., None]:
    """A command that asks one thing of an agent."""

    def command(
        agent: Agent,
        by: By,
        socket: SocketOption = None,
        config: ConfigOption = None,
        as_json: JsonOption = False,
    ) -> None:
        show(ask(socket, config, verb, agent=agent, by=by), as_json)

    return command


def _at_call(verb: str) -> Callable[..., None]:
    """A command that brings a supervisor into a call."""

    def command(
        whom: Whom,
        by: By,
        station: Station = "",
        socket: SocketOption = None,
        config: ConfigOption = None,
        as_json: JsonOption = False,
    ) -> None:
        target = {"call_id": whom} if whom.startswith("call-") else {"agent": whom}
        _show_listening(ask(socket, config, verb, by=by, station=station, **target), as_json)

    return command


for name, verb, text in (
    ("ready", "agent.force_ready", "Make an agent ready 强制示闲, whatever supervisors set before."),
    (
        "sign-out",
        "agent.force_sign_out",
        "End an agent's shift 强制签出; after the present call, if there is one.",
    ),
    ("release", "agent.release", "End the call an agent has 强拆."),
    ("approve-leave", "agent.approve_leave", "Let an agent go who asked for leave."),
    ("deny-leave", "agent.deny_leave", "Let an agent not go who asked for leave."),
):
    app.command(name, help=text)(_to_agent(verb))

for name, verb, text in (
    (
        "monitor",
        "call.monitor",
        "Hear both who talk, unheard 监听: your phone is rung. Given again, it ends whisper or barge.",
    ),
    ("whisper", "call.whisper", "Be heard by the agent alone 耳语."),
    ("barge", "call.barge", "Be heard by both who talk 插入."),
    (
        "intercept",
        "call.intercept",
        "Take a call over 拦截: the agent is let go of, and you talk to the customer.",
    ),
):
    app.command(name, help=text)(_at_call(verb))


@app.command("not-ready")
def not_ready(
    agent: Agent,
    reason: Annotated[str, typer.Argument(help="Why; one such as training is lifted by supervisors alone.")],
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an agent not ready 强制示忙; after the present call, if there is one."""
    show(ask(socket, config, "agent.force_not_ready", agent=agent, reason=reason, by=by), as_json)


@app.command("follow")
def follow(
    agent: Agent,
    by: By,
    station: Station = "",
    mode: Annotated[str, typer.Option(help="monitor, whisper or barge.")] = "monitor",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stay with an agent from call to call, until `stop` or until you hang up."""
    answer = ask(socket, config, "agent.follow", agent=agent, by=by, station=station, mode=mode)
    _show_listening(answer, as_json)


@app.command("stop")
def stop(
    by: By,
    station: Station = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Leave the call you supervise; the two talk on."""
    answer = ask(socket, config, "call.stop_supervising", by=by, station=station)
    if as_json:
        print_json(answer)
    else:
        print_line(f"station {escape(answer['supervisor'])} supervises nobody any more")


def _show_listening(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    at = f"call {answer['call_id']}" if answer["call_id"] else f"agent {answer['follows']}"
    words = "is at" if answer["listens"] else "is rung for"
    print_line(f"station {escape(answer['supervisor'])} {words} {escape(at)}, to {answer['mode']}")
