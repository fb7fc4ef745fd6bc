"""``ringmain tokens``: who may steer the switch, and how far."""

from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from cli.noun import noun
from cli.options import ConfigOption, JsonOption, configuration
from cli.output import print_json
from cli.table import print_table
from runtime.ids import RandomIds
from switch.access.config import TokenConfig
from switch.access.secrets import token_hash, token_secret
from switch.roles import Role

app = noun()

Name = Annotated[str, typer.Argument(help="Whose it will be: what it does is told under this name.")]


@app.command("list")
def list_tokens(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the tokens of the configuration's main file. Nobody knows their secrets."""
    known = configuration(config).tokens
    if as_json:
        print_json([token.model_dump(mode="json", exclude={"sha256"}) for token in known])
        return
    columns = ("token", "role", "tenant", "agent", "expires", "networks")
    print_table("tokens", columns, (_row(token) for token in known), gives_way=("networks", "tenant"))


@app.command("make")
def make(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What it may do; docs/verbs.md says which verbs.")],
    agent: Annotated[str, typer.Option("--agent", help="With role agent: the agent's number (工号).")] = "",
    tenant: Annotated[str, typer.Option("--tenant", help="Whose it is, in the main file.")] = "",
    expires: Annotated[
        datetime | None,
        typer.Option("--expires", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Good until then, in UTC."),
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option("--network", help="Where it may come from; may be given again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a secret, shown this once, and the lines for the configuration, which `ringmain reload` takes."""
    secret = token_secret(RandomIds().secret())
    given = {"name": name, "role": role, "agent": agent, "tenant": tenant}
    more = {"expires": expires, "networks": network or []}
    try:
        token = TokenConfig.model_validate({**given, **more, "sha256": token_hash(secret)})
    except ValidationError as mistakes:
        raise typer.BadParameter(_first(mistakes)) from mistakes
    lines = section_of(token)
    if as_json:
        print_json({"secret": secret, "lines": lines})
        return
    typer.echo(f"# the secret, for whoever holds the token; it is shown this once\n{secret}\n")
    typer.echo("# for the configuration, the house's or a tenant's; then: ringmain reload")
    typer.echo("\n".join(lines))


def section_of(token: TokenConfig) -> list[str]:
    """A token as it stands in the configuration."""
    lines = ["[[tokens]]", f'name = "{token.name}"', f'role = "{token.role}"']
    lines += [f'{key} = "{value}"' for key in ("agent", "tenant") if (value := getattr(token, key))]
    lines.append(f'sha256 = "{token.sha256}"')
    if token.expires is not None:
        lines.append(f"expires = {token.expires.isoformat()}")
    if token.networks:
        lines.append(f"networks = [{', '.join(f'{chr(34)}{each}{chr(34)}' for each in token.networks)}]")
    return lines


def _row(token: TokenConfig) -> tuple[Any, ...]:
    networks = " ".join(token.networks)
    return (token.name, token.role, token.tenant, token.agent, token.expires, networks)


def _first(mistakes: ValidationError) -> str:
    first = mistakes.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or str(first.get("ctx", {}).get("error", ""))
    return f"{key}: {first['msg']}"
