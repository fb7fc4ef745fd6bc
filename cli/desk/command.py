"""``ringmain desk``."""

import os
from typing import Annotated

import typer

from cli.completion import complete_agent
from cli.desk.words import Language, Words, language_of
from cli.options import ConfigOption, SocketOption, socket_path
from runtime.clock import monotonic_now

_LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")


def desk(
    agent: Annotated[
        str,
        typer.Option("--agent", "-a", help="The agent's number (工号).", autocompletion=complete_agent),
    ],
    language: Annotated[
        Language | None, typer.Option(help="By default the terminal's: Chinese for zh_CN and the like.")
    ] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
) -> None:
    """Work as an agent without any business system 应急工具条: states, calls, pop-ups, texts (q ends)."""
    from cli.desk.screen import Desk  # loads a library that few other commands need

    words = Words(language or language_of(_locale()))
    Desk(socket_path(socket, config), monotonic_now, agent, words).run()


def _locale() -> str:
    """The terminal's language, as the first of its variables that is set tells it."""
    return next((value for name in _LOCALES if (value := os.environ.get(name))), "")
