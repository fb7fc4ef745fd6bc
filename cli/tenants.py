"""``ringmain tenants``: the virtual call centres of the switch, made and changed while it runs."""

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.completion import complete_tenant
from cli.configurations import ByOption, CheckOption, WhyOption, key_with_value, tell_change
from cli.noun import noun
from cli.options import ConfigOption, JsonOption, SocketOption, ask, own_name
from cli.output import cell, print_json, print_line
from cli.table import print_table

Tenant = Annotated[str, typer.Argument(help="The tenant.", autocompletion=complete_tenant)]
Keys = Annotated[
    list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="Keys of [tenant], such as calls=30.")
]

app = noun()


@app.command("list")
def list_tenants(
    socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List the tenants, and how busy each is."""
    found = ask(socket, config, "tenant.list")
    if as_json:
        print_json(found)
        return
    columns = ("tenant", "title", "domain", "state", "calls#", "agents#", "waiting#")
    print_table("tenants", columns, map(_row, found), gives_way=("title", "domain"))


@app.command("show")
def show(
    tenant: Tenant, socket: SocketOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show a tenant, its limits, and how much of them it uses."""
    found = ask(socket, config, "tenant.show", tenant=tenant)
    if as_json:
        print_json(found)
        return
    _, title, domain, state, *_ = _row(found)
    print_line(f"tenant [bold]{escape(tenant)}[/] ({escape(cell(title))}) at {escape(cell(domain))}: {state}")
    print_line(f"dialled as {escape(cell(found['access_codes']))}; {found['waiting']} waiting")
    states = (f"{number} {state}" for state, number in found["agents"].items())
    print_line(f"agents: {', '.join(states) or 'none'}")
    rows = [(what, used, found["limits"][what] or "no limit") for what, used in found["use"].items()]
    print_table("limits", ("of", "used#", "may have#"), rows)


@app.command("create")
def create(
    tenant: Tenant,
    keys: Keys = None,
    domain: Annotated[str, typer.Option("--domain", help="Where its stations register.")] = "",
    title: Annotated[str, typer.Option("--title", help="Its name for people.")] = "",
    template: Annotated[
        str, typer.Option("--template", help="A file of the folder tenants.templates, by its name.")
    ] = "",
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a tenant; ringmain configuration set --tenant then gives it queues, agents and numbers."""
    told = ask(
        socket,
        config,
        "tenant.create",
        tenant=tenant,
        domain=domain,
        title=title,
        template=template,
        keys=dict(map(key_with_value, keys or ())),
        check=check,
        why=why,
        by=by or own_name(),
    )
    tell_change(told, as_json)


@app.command("change")
def change(
    tenant: Tenant,
    keys: Keys = None,
    defaults: Annotated[
        list[str] | None, typer.Option("--default", help="A key to take out, so that its default holds.")
    ] = None,
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a tenant another title, other limits …."""
    given = dict(map(key_with_value, keys or ())) | dict.fromkeys(defaults or ())
    told = ask(
        socket,
        config,
        "tenant.change",
        tenant=tenant,
        keys=given,
        check=check,
        why=why,
        by=by or own_name(),
    )
    tell_change(told, as_json)


def _simple(word: str, text: str) -> None:
    @app.command(word, help=text)
    def carry_out(
        tenant: Tenant,
        check: CheckOption = False,
        why: WhyOption = "",
        by: ByOption = "",
        socket: SocketOption = None,
        config: ConfigOption = None,
        as_json: JsonOption = False,
    ) -> None:
        told = ask(socket, config, f"tenant.{word}", tenant=tenant, check=check, why=why, by=by or own_name())
        tell_change(told, as_json)


_simple("suspend", "Let a tenant have no new calls; those that are up go on.")
_simple("resume", "Let a suspended tenant have calls again.")


@app.command("remove")
def remove(
    tenant: Tenant,
    drain: Annotated[
        bool,
        typer.Option(
            "--drain", help="Let it have no new calls, and remove it when those that are up are over."
        ),
    ] = False,
    check: CheckOption = False,
    why: WhyOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a tenant out of the switch. Recordings and records are kept."""
    given = {"tenant": tenant, "drain": drain, "check": check, "why": why, "by": by or own_name()}
    tell_change(ask(socket, config, "tenant.remove", **given), as_json)


def _row(tenant: dict[str, Any]) -> tuple[object, ...]:
    state = "draining" if tenant["draining"] else "suspended" if tenant["suspended"] else "open"
    figures = (tenant["calls"], tenant["agents_signed_in"], tenant["waiting"])
    return tenant["tenant"], tenant["title"], tenant["domain"], state, *figures
