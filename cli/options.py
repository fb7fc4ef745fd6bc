"""Options that many commands share, and what follows from them."""

import getpass
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tomli
import typer

from cli.configuration.error import ConfigurationError
from cli.credentials import address_of, authorities, token
from switch.control.client import SyncControlClient, connect_sync

if TYPE_CHECKING:
    from cli.configuration.sections import Configuration
    from switch.records.queries import RecordReader

ANSWER_TIMEOUT_S = 10.0
DEFAULT_CONFIGURATION = Path("conf/ringmain.toml")

SocketOption = Annotated[
    Path | None,
    typer.Option(
        "--socket",
        help="Control socket of the switch: a path, host:port or tls://host:port; by default the one the "
        "configuration names.",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="RINGMAIN_CONFIG",
        help=f"Configuration file; by default {DEFAULT_CONFIGURATION}, if it exists.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="Show at most so many, newest first.")]


def configuration_path(given: Path | None) -> Path:
    """The file to read. Ends the command (2) when none is named and the default one is not there."""
    if given is not None:
        return given
    if DEFAULT_CONFIGURATION.exists():
        return DEFAULT_CONFIGURATION
    raise typer.BadParameter(
        f"there is no {DEFAULT_CONFIGURATION} here; name a file with --config or RINGMAIN_CONFIG"
    )


def configuration(given: Path | None) -> "Configuration":
    """The configuration that a command works with. Raises ConfigurationError."""
    from cli.configuration.loading import load_configuration  # loads every part of the switch

    return load_configuration(configuration_path(given))


def connect(
    socket: Path | None, config: Path | None, *, answer_timeout_s: float = ANSWER_TIMEOUT_S
) -> SyncControlClient:
    """A connection to the running switch. Raises NotConnected, ConfigurationError.

    VerbRefused is raised for a wrong token, UsageError for one that cannot be read.
    """
    address = address_of(socket_path(socket, config))
    return connect_sync(address, token=token(), tls=authorities(), answer_timeout_s=answer_timeout_s)


def socket_path(socket: Path | None, config: Path | None) -> Path:
    """Where the switch listens. What else is wrong in the file is no business of those who talk to it.

    Raises ConfigurationError.
    """
    if socket is not None:
        return socket
    path = configuration_path(config)
    return _socket_of(path) or _checked_socket_of(path)


def _socket_of(path: Path) -> Path | None:
    """What a file names whose [control] is right; None for any other, which is told of by those who read all.

    Nothing else is read: the whole configuration takes longer than most answers of the switch.
    """
    from switch.control.config import ControlConfig  # loads pydantic, which help does without

    try:
        section = tomli.loads(path.read_text(encoding="utf-8-sig")).get("control", {})
        control = ControlConfig.model_validate_json(json.dumps(section, default=str), strict=True)
    except (OSError, ValueError):
        return None
    return Path(os.path.abspath(path.parent / control.socket))


def _checked_socket_of(path: Path) -> Path:
    """The same of a file with mistakes. Raises ConfigurationError where they hide it."""
    from cli.configuration.loading import read_configuration  # loads every part of the switch

    reading = read_configuration(path)
    wrong = [problem for problem in reading.problems if problem.key.startswith("control")]
    if wrong or not reading.tree.get(("control", "socket")):
        raise ConfigurationError(wrong or reading.problems, complete=False)
    return reading.configuration.control.socket


def ask(socket: Path | None, config: Path | None, verb: str, /, **params: Any) -> Any:
    """Carry out one verb and return its answer. Raises VerbRefused, NotConnected, ConfigurationError."""
    with connect(socket, config) as client:
        return client.call(verb, **params)


def record_reader(config: Path | None) -> "RecordReader":
    """The records of the switch, whether it runs or not. Raises ConfigurationError."""
    from switch.records.queries import RecordReader  # loads the database's library

    return RecordReader(configuration(config).records)


def own_name() -> str:
    """Who gives the command; empty for a user without a name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
