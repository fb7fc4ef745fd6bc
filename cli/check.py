"""``ringmain check``: everything that is wrong with a configuration, its flows and its prompts."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from cli.configuration.error import ConfigurationError
from cli.options import ConfigOption, JsonOption, configuration_path
from cli.output import print_cautions, print_json, print_line, print_problems
from cli.paths import shown_path

if TYPE_CHECKING:
    from cli.configuration.installation import Installation


def check(
    file: Annotated[Path | None, typer.Argument(help="Configuration file; instead of --config.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check configuration, flows and prompts; tell every mistake at once. Ends with 1 when there is one.

    A caution is no mistake: the switch starts, but what stands there is seldom what was meant.
    """
    from cli.configuration.installation import (
        load_installation,  # loads audio libraries, which few commands need
    )

    path = configuration_path(file if file is not None else config)
    try:
        installation = load_installation(path)
    except ConfigurationError as error:
        if as_json:
            found = [asdict(problem) for problem in error.problems]
            print_json({"file": str(path), "problems": found, "complete": error.complete})
        else:
            print_problems(error.problems, complete=error.complete)
        raise typer.Exit(1) from None
    counts = _counts(installation)
    if as_json:
        cautions = [asdict(caution) for caution in installation.cautions]
        print_json({"file": str(path), "problems": [], "complete": True, "cautions": cautions, **counts})
    else:
        print_cautions(installation.cautions)
        parts = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in counts.items())
        print_line(f"[bold green]fine:[/] {escape(shown_path(path))} ({parts})")


def _counts(installation: "Installation") -> dict[str, int]:
    configuration = installation.configuration
    return {
        "access_codes": len(configuration.access_codes),
        "flows": len(installation.flows),
        "queues": len(configuration.queues),
        "agents": len(configuration.agents),
        "stations": len(configuration.stations),
        "prompts": len(installation.prompts.names),
    }
