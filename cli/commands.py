"""All that ``ringmain`` can do. Each noun has its own file."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cli import check, reload, status
from cli.ask_verb import ask_verb
from cli.configuration.error import ConfigurationError
from cli.credentials import TOKEN, TOKEN_FILE, token, use_token_of
from cli.desk.command import desk
from cli.noun import CARRIED_OUT
from cli.nouns import WithNouns
from cli.options import ConfigOption, configuration_path
from cli.output import errors_for_programs, print_error, print_line, print_note, print_problems
from cli.refusals import told
from cli.schema.command import schema
from cli.top.command import top
from runtime.errors import PeerError, UsageError
from runtime.sheets import SheetError
from switch.control.inbox import VerbRefused
from switch.control.messages import ErrorCode

REFUSED = 1
"""Exit code when something is wrong or was refused; 0 is success, 2 a command that cannot be understood."""


class _PlainErrors(WithNouns):
    """Tells expected errors as sentences. Anything else is a fault of ours and shows its trace."""

    def invoke(self, context: typer.Context) -> object:  # type: ignore[override]
        as_json = "--json" in context.args  # also where nobody comes to read it, as an option is wrong
        with errors_for_programs(as_json):
            return self._carry_out(context, as_json=as_json)

    def _carry_out(self, context: typer.Context, *, as_json: bool) -> object:
        try:
            return super().invoke(context)
        except ConfigurationError as error:
            print_problems(error.problems, complete=error.complete, stderr=True)
        except SheetError as error:
            print_problems(error.problems, stderr=True)
        except VerbRefused as error:
            text = f"{told(error, context.meta.get(CARRIED_OUT))}{_how_to_show_it(error)}"
            print_error(text, code=error.code, data=error.data)
        except (UsageError, PeerError) as error:
            print_error(str(error))
        except typer.TyperException as error:  # a command that cannot be understood
            if not as_json:
                raise
            print_error(error.format_message())
            raise typer.Exit(error.exit_code) from error
        raise typer.Exit(REFUSED)


def _how_to_show_it(refusal: VerbRefused) -> str:
    """Where the command line takes the token from that the switch asks for."""
    if refusal.code != ErrorCode.NOT_AUTHENTICATED or token():
        return ""
    return f"; the token's file is named by `ringmain --token-file` or {TOKEN_FILE}"


app = typer.Typer(
    name="ringmain",
    cls=_PlainErrors,
    invoke_without_command=True,
    pretty_exceptions_show_locals=False,  # they may hold passwords
)


def _print_version(asked: bool) -> None:
    if asked:
        print_line(f"ringmain {version('ringmain')}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Tell the version and end.")
]


TokenFileOption = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        envvar=TOKEN_FILE,
        help=f"File with the secret of a token to show to the switch; {TOKEN} holds the secret itself.",
    ),
]


@app.callback()
def ringmain(
    context: typer.Context, show_version: VersionOption = False, token_file: TokenFileOption = None
) -> None:
    """A telephone exchange and contact-centre engine."""
    if token_file is not None:
        use_token_of(token_file)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), nl=False)


@app.command()
def serve(config: ConfigOption = None) -> None:
    """Run the switch until SIGTERM, which lets running calls finish; a second one ends at once."""
    from cli.configuration.installation import (
        load_installation,  # loads audio libraries, which few commands need
    )

    path = configuration_path(config)
    _finish_change(path)
    installation = load_installation(path)
    from cli.serve import serve as run  # loads the media core, which no other command needs

    run(installation)


def _finish_change(path: Path) -> None:
    """What a verb began to change in the configuration when the switch was cut off. Raises UsageError."""
    from cli.configuration.changing.transaction import Recovery, journal_of, recover

    try:
        found = recover(path.absolute())
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UsageError(f"{journal_of(path)} tells of a change that cannot be finished: {fault}") from fault
    if found is Recovery.LEFT:
        print_note(
            "a change of the configuration was cut off, and its files were changed since: they stay so"
        )


app.command("check")(check.check)
app.command("status")(status.status)
app.command("reload")(reload.reload)
app.command("top")(top)
app.command("desk")(desk)
app.command("schema")(schema)
app.command("ask")(ask_verb)
