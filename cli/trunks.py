"""``ringmain trunks``: the trunks, how they are, and what they carry."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.completion import complete_trunk
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import cell, duration, print_fields, print_json, print_line
from cli.table import print_table

app = noun()

TrunkArgument = Annotated[
    str, typer.Argument(help="The trunk, by its name in the configuration.", autocompletion=complete_trunk)
]


@app.command("list")
def list_trunks(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List all trunks: state, registration, calls in and out."""
    found = ask(socket, config, "trunk.list")
    if as_json:
        print_json(found)
        return
    columns = ("trunk", "state", "registration", "in#", "out#", "channels#", "round trip#", "addresses")
    gives_way = ("addresses", "round trip#", "channels#")
    print_table("trunks", columns, (_row(trunk) for trunk in found), gives_way)


@app.command("show")
def show_trunk(
    trunk: TrunkArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one trunk with its addresses, limits and registration."""
    found = ask(socket, config, "trunk.show", trunk=trunk)
    if as_json:
        print_json(found)
        return
    print_fields(f"trunk {found['name']}", _state_fields(found) | _traffic_fields(found))
    columns = ("address", "state", "for#", "round trip#", "last answer#", "priority#", "weight#")
    print_table(
        "addresses", columns, map(_address_row, found["addresses"]), ("weight#", "priority#", "last answer#")
    )


@app.command("enable")
def enable_trunk(
    trunk: TrunkArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a trunk carry calls, and register there."""
    view = ask(socket, config, "trunk.enable", trunk=trunk)
    _answer(view, "carries calls", as_json)


@app.command("disable")
def disable_trunk(
    trunk: TrunkArgument,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a trunk carry no new calls; those that are up go on."""
    view = ask(socket, config, "trunk.disable", trunk=trunk)
    _answer(view, f"carries no new calls; {view['calls_in'] + view['calls_out']} still up", as_json)


def _answer(view: dict[str, Any], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(view)
    else:
        print_line(f"{escape(view['name'])} {sentence}")


def _row(trunk: dict[str, Any]) -> tuple[object, ...]:
    return (
        trunk["name"],
        _state(trunk),
        _registration(trunk),
        trunk["calls_in"],
        trunk["calls_out"],
        trunk["channels"] or None,
        _milliseconds(trunk["round_trip_ms"]),
        [f"{address['address']} {address['state']}" for address in trunk["addresses"]],
    )


def _state_fields(trunk: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": _state(trunk),
        "registration": _registration_told(trunk),
        "registers as": trunk["registration_user"],
        "registrar's answer": trunk["registration_status"],
        "domain": trunk["domain"],
        "networks": trunk["networks"],
        "numbers": trunk["numbers"],
        "codecs": trunk["codecs"],
        "round trip": _milliseconds(trunk["round_trip_ms"]),
    }


def _traffic_fields(trunk: dict[str, Any]) -> dict[str, str]:
    """What it carries, and how much it may carry."""
    calls_in, calls_out = trunk["calls_in"], trunk["calls_out"]
    shares = (f"{share['tenant']} {_of(share['calls'], share['channels'])}" for share in trunk["shares"])
    return {
        "calls": _of(calls_in + calls_out, trunk["channels"]),
        "calls in": _of(calls_in, trunk["channels_in"]),
        "calls out": _of(calls_out, trunk["channels_out"]),
        "shares": "; ".join(shares),
        "a second in": _limit(trunk["calls_per_s_in"]),
        "a second out": _limit(trunk["calls_per_s_out"]),
        "turned away in": str(trunk["turned_away_in"]),
        "turned away out": str(trunk["turned_away_out"]),
    }


def _of(calls: int, limit: int) -> str:
    return f"{calls} of {limit}" if limit else f"{calls}, no limit"


def _limit(calls: float) -> str:
    return f"{calls:g} calls at most" if calls else "no limit"


def _state(trunk: dict[str, Any]) -> str:
    return str(trunk["state"]) if trunk["enabled"] else "disabled"


def _registration(trunk: dict[str, Any]) -> str | None:
    return None if trunk["registration"] == "off" else str(trunk["registration"])


def _registration_told(trunk: dict[str, Any]) -> str | None:
    """``registered for 1:02:05, expires in 5:12``; None for a trunk that does not register."""
    state, expires_s = _registration(trunk), trunk["registration_expires_s"]
    if state is None:
        return None
    rest = "" if expires_s is None else f", expires in {duration(expires_s)}"
    return f"{state} for {duration(trunk['registration_since_s'])}{rest}"


def _address_row(address: dict[str, Any]) -> tuple[object, ...]:
    return (
        address["address"],
        _address_state(address),
        duration(address["since_s"]),
        _milliseconds(address["round_trip_ms"]),
        address["last_status"],
        address["priority"],
        address["weight"],
    )


def _address_state(address: dict[str, Any]) -> str:
    paused_s = address["paused_s"]
    return f"{address['state']}, paused for {paused_s} s" if paused_s else str(address["state"])


def _milliseconds(value: float | None) -> str:
    return cell(None) if value is None else f"{value:.1f} ms"
