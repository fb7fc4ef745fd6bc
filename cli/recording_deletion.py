"""``ringmain recordings delete``: by hand, and what the rules would remove."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ConfigOption, JsonOption, SocketOption, configuration, own_name
from cli.output import minute, print_json, print_line
from cli.paths import shown_path
from cli.recording_orders import order_each, show_orders
from cli.table import print_table
from runtime.clock import local_now
from switch.archive.retention.deletion import due
from switch.archive.retention.rules import words_of
from switch.records.queries import RecordReader


def delete(
    recording_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of recordings that are over, or their beginnings.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; the journal keeps it.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the rules would remove now.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who does it; by default you.")] = None,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete recordings with all that lies beside them; or show what the rules would remove now."""
    if dry_run and not recording_ids:
        _show_due(config, as_json=as_json)
        return
    if not recording_ids or dry_run:
        raise typer.BadParameter("name recordings, or use --dry-run alone")
    if reason is None:
        raise typer.BadParameter("say why with --reason", param_hint="--reason")
    by = own_name() if by is None else by
    carried = order_each(socket, config, "recording.delete", recording_ids, reason=reason, by=by)
    if not as_json:
        for recording in carried.answers:
            print_line(f"{recording['recording_id']}: deleted")
    show_orders(carried, "deleted", as_json=as_json)


def _show_due(config: Path | None, *, as_json: bool) -> None:
    settings = configuration(config)
    rules = settings.recordings.retention
    found = list(due(RecordReader(settings.records), rules, local_now()))
    if as_json:
        print_json([{**recording, "rule": words_of(rule)} for recording, rule in found])
        return
    rows = [
        (
            recording["recording_id"],
            minute(recording["started_at"]),
            words_of(rule),
            shown_path(recording["path"]),
        )
        for recording, rule in found
    ]
    print_table("to be deleted", ("recording", "began", "rule", "path"), rows, ("path",))
