"""``ringmain status``: the switch in numbers."""

from typing import Any

from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import duration, print_fields, print_json


def status(socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Tell the switch's state, version and uptime, and what is open in it."""
    found = ask(socket, config, "switch.status")
    if as_json:
        print_json(found)
    else:
        print_fields(found["name"], _fields(found))


def _fields(found: dict[str, Any]) -> dict[str, Any]:
    """``open_calls`` is shown as ``open calls``."""
    told = {
        name.replace("_", " "): value for name, value in found.items() if name not in ("name", "uptime_s")
    }
    return {
        "state": told.pop("state"),
        "version": told.pop("version"),
        "uptime": duration(found["uptime_s"]),
    } | told
