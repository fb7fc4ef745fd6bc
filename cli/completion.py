"""Names for the shell to complete, asked of the running switch: quick, and silent when none answers."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomli
import typer

from cli.credentials import use_token_of
from cli.options import DEFAULT_CONFIGURATION, connect
from runtime.errors import PeerError, UsageError

_PATIENCE_S = 0.5
"""Whoever pressed a key waits for it."""
Names = Callable[[typer.Context, str], list[tuple[str, str]]]
"""Takes what is typed so far; names that begin so, each with a word for people."""


def names_of(verb: str, key: str, told: str = "") -> Names:
    """The names in what a verb lists; ``told``: what says to people what each is."""

    def complete(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        named = {str(each[key]): str(each.get(told) or "") for each in _ask(context, verb)}
        return sorted((name, text) for name, text in named.items() if name.startswith(incomplete))

    return complete


def _ask(context: typer.Context, verb: str) -> list[dict[str, Any]]:
    try:
        if file := context.find_root().params.get("token_file"):
            use_token_of(Path(file))
        with connect(_socket(context), None, answer_timeout_s=_PATIENCE_S) as client:
            return list(client.call(verb))
    except (OSError, ValueError, TypeError, AttributeError, PeerError, UsageError):
        return []  # nobody asked for a message in the middle of a line


def _socket(context: typer.Context) -> Path:
    """What the configuration says, without a look at anything else in it."""
    given = context.params.get("socket")
    if given is not None:
        return Path(given)
    named = context.params.get("config") or os.environ.get("RINGMAIN_CONFIG") or DEFAULT_CONFIGURATION
    text = Path(named).read_text("utf-8-sig")
    from switch.control.config import ControlConfig  # loads pydantic, which most commands do without

    own = tomli.loads(text).get("control", {}).get("socket")
    return Path(named).parent / Path(own or ControlConfig().socket)


complete_agent = names_of("agent.list", "id", "name")
complete_queue = names_of("queue.list", "name", "title")
complete_call = names_of("call.list", "call_id", "caller_number")
complete_flow = names_of("flow.list", "name", "title")
complete_tenant = names_of("tenant.list", "tenant", "title")
complete_trunk = names_of("trunk.list", "name", "state")
