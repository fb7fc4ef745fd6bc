"""``ringmain``: the one command. Each noun has its own file."""

import typer
from typer.core import TyperGroup

from cli import agents, calls, check, events, queues, recordings, records
from cli.configuration.loading import ConfigurationError
from cli.options import ConfigOption, configuration_path
from cli.output import print_error, print_problems
from runtime.errors import PeerError, UsageError

REFUSED = 1
"""Exit code when something is wrong or was refused; 0 is success, 2 a command that cannot be understood."""


class _PlainErrors(TyperGroup):
    """Tells expected errors as sentences. Anything else is a fault of ours and shows its trace."""

    def invoke(self, context: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(context)
        except ConfigurationError as error:
            print_problems(error.problems, stderr=True)
        except (UsageError, PeerError) as error:
            print_error(str(error))
        raise typer.Exit(REFUSED)


app = typer.Typer(
    name="ringmain",
    cls=_PlainErrors,
    help="A telephone exchange and contact-centre engine.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # they may hold passwords
)


@app.command()
def serve(config: ConfigOption = None) -> None:
    """Run the switch until SIGTERM, which lets running calls finish; a second one ends at once."""
    from cli.configuration.installation import (
        load_installation,  # loads audio libraries, which few commands need
    )

    installation = load_installation(configuration_path(config))
    from cli.serve import serve as run  # loads the media core, which no other command needs

    run(installation)


app.command("check")(check.check)
app.add_typer(calls.app, name="calls")
app.add_typer(agents.app, name="agents")
app.add_typer(queues.app, name="queues")
app.add_typer(events.app, name="events")
app.add_typer(recordings.app, name="recordings")
app.add_typer(records.app, name="records")

if __name__ == "__main__":
    app()
