"""``ringmain reload``: the running switch reads its configuration anew."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import print_caution, print_json, print_line
from cli.table import print_table


def reload(
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what would change; nothing is done.")
    ] = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the configuration anew and go by it, while calls go on. One with a mistake changes nothing."""
    found = ask(socket, config, "configuration.reload", check=check, by=own_name())
    if as_json:
        print_json(found)
        return
    print_changes(found["changes"], checked_only=found["checked_only"])
    if unnamed := sum(found["counts"].values()) - len(found["changes"]):
        counts = ", ".join(f"{name} {number}" for name, number in found["counts"].items())
        print_line(f"and {unnamed} more: {escape(counts)}")
    for key in found["restart_needed"]:
        print_line(f"[bold yellow]needs a restart:[/] {escape(key)}")
    for caution in found["cautions"]:
        print_caution(caution)
    if found["checked_only"]:
        print_line("Nothing was done; the switch reads the file at its own start and when it is told to.")


def print_changes(changes: list[dict[str, Any]], *, checked_only: bool) -> None:
    """What has changed of the configuration, or would change."""
    title = "what would change" if checked_only else "what has changed"
    rows = [
        (change["section"], change["name"], change["kind"], ", ".join(change["keys"])) for change in changes
    ]
    print_table(title, ("section", "name", "what", "keys"), rows, gives_way=("keys",))
