"""``ringmain supervise``: what supervisors do with agents."""

from typing import Annotated

import typer

from cli.agents import Agent, show
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask

app = noun("Supervisors: make agents ready or not, end shifts and calls, decide on leave.")

By = Annotated[str, typer.Option(help="Who wants it, as events tell it.")]


@app.command("ready")
def ready(
    agent: Agent,
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an agent ready 强制示闲, whatever supervisors set before."""
    show(ask(socket, config, "agent.force_ready", agent=agent, by=by), as_json)


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


@app.command("sign-out")
def sign_out(
    agent: Agent,
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End an agent's shift 强制签出; after the present call, if there is one."""
    show(ask(socket, config, "agent.force_sign_out", agent=agent, by=by), as_json)


@app.command("release")
def release(
    agent: Agent,
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the call an agent has 强拆."""
    show(ask(socket, config, "agent.release", agent=agent, by=by), as_json)


@app.command("approve-leave")
def approve_leave(
    agent: Agent,
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an agent go who asked for leave."""
    show(ask(socket, config, "agent.approve_leave", agent=agent, by=by), as_json)


@app.command("deny-leave")
def deny_leave(
    agent: Agent,
    by: By,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an agent not go who asked for leave."""
    show(ask(socket, config, "agent.deny_leave", agent=agent, by=by), as_json)
