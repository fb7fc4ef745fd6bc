"""``ringmain calls originate`` and ``dial``: calls that the switch makes, with either side first."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.named_values import named_value
from cli.options import ConfigOption, JsonOption, SocketOption, ask
from cli.output import print_json, print_line
from cli.targets import target_of

app = typer.Typer()
"""Commands of ``ringmain calls``."""

_WHO_FIRST = "Who is called: an agent's number, an outside number, or station:<name>."
_WHAT_THEN = (
    "What gets it then: an agent's number, an outside number, queue:<name>, flow:<name>, station:<name>."
)

Ring = Annotated[float, typer.Option(help="Seconds it may go unanswered.")]
Show = Annotated[str | None, typer.Option(help="The number they see.")]
ShowName = Annotated[str, typer.Option(help="The name beside it.")]
Caller = Annotated[str, typer.Option(help="The customer's number, if it is another.")]
AutoAnswer = Annotated[bool, typer.Option("--auto-answer", help="Ask the phone to answer by itself.")]
AccessCode = Annotated[str, typer.Option(help="The access code on whose behalf it is.")]
Data = Annotated[list[str] | None, typer.Option(help="Call data from the start, as name=value.")]


@app.command("originate")
def originate(
    first: Annotated[str, typer.Option(callback=target_of, help=_WHO_FIRST)],
    then: Annotated[str, typer.Option(callback=target_of, help=_WHAT_THEN)],
    ring: Ring = 60,
    show: Show = None,
    show_name: ShowName = "",
    caller: Caller = "",
    access_code: AccessCode = "",
    auto_answer: AutoAnswer = False,
    data: Data = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Call somebody, and give the call to a target when they answer; `ringmain events` tells how it goes."""
    wanted = {"shown_number": show, "shown_name": show_name, "caller_number": caller}
    noted = {"access_code": access_code, "data": dict(map(named_value, data or []))}
    how = {"ring_s": ring, "auto_answer": auto_answer}
    _place(socket, config, {"whom": first, "target": then, **how, **wanted, **noted}, as_json=as_json)


@app.command("dial")
def dial(
    first: Annotated[str, typer.Argument(callback=target_of, help=_WHO_FIRST)],
    then: Annotated[str, typer.Argument(callback=target_of, help=_WHAT_THEN)],
    ring: Ring = 60,
    show: Show = None,
    auto_answer: AutoAnswer = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Click to call (点击外呼): the same as originate, in fewer words."""
    wanted = {"whom": first, "target": then, "ring_s": ring}
    wanted |= {"shown_number": show, "auto_answer": auto_answer}
    _place(socket, config, wanted, as_json=as_json)


def _place(socket: Path | None, config: Path | None, wanted: dict[str, Any], *, as_json: bool) -> None:
    made = ask(socket, config, "call.originate", **wanted)
    if as_json:
        print_json(made)
    else:
        print_line(f"{made['call_id']} calls {escape(made['whom'])}, for {escape(made['target'])}")
