"""``ringmain agents password``: the hash of a password for the configuration."""

from typing import Annotated

import typer

from cli.passwords import read_password
from runtime.ids import RandomIds
from switch.access.secrets import SALT_OCTETS, PasswordHash, why_unfit


def password(
    agent: Annotated[str, typer.Argument(help="The agent's number (工号).")],
    chosen: Annotated[
        str | None,
        typer.Option(
            "--password", help="Asked for when it is not given, so that no list of processes shows it."
        ),
    ] = None,
) -> None:
    """Hash a password for the agent's entry in [[agents]], by which the agent's desktop signs in.

    Where there is no terminal, the password is a line of standard input.
    """
    chosen = read_password() if chosen is None else chosen
    lacks = why_unfit(chosen, agent)
    if lacks is not None:
        raise typer.BadParameter(f"this password will not do: {lacks}")
    typer.echo(f"# for agent {agent} in [[agents]]; then: ringmain reload")
    typer.echo(f'password_hash = "{PasswordHash.of(chosen, RandomIds().secret()[:SALT_OCTETS])}"')
