"""Which call a command is about."""

from typing import Annotated, Any

import typer

from cli.completion import complete_call
from runtime.errors import UsageError

CallId = Annotated[str, typer.Argument(help="The call's id, or its beginning.", autocompletion=complete_call)]


def whole_id_of(beginning: str, up: list[dict[str, Any]]) -> str:
    """The id of the one call that is up and begins so. Raises UsageError when there is none, or several."""
    ids = [call["call_id"] for call in up if call["call_id"].startswith(beginning)]
    if not ids:
        raise UsageError(
            f"no call that is up begins with {beginning!r}; `ringmain calls` lists those that are"
        )
    if len(ids) > 1 and beginning not in ids:
        raise UsageError(
            f"several begin with {beginning!r}; write more of the one you mean: {', '.join(ids)}"
        )
    return beginning if beginning in ids else ids[0]
