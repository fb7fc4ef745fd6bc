"""``ringmain sip trace``: SIP as a ladder, while it happens or from a pcap file."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.markup import escape

from cli.ladder import Ladder, summary
from cli.options import ConfigOption, JsonOption, SocketOption, configuration, connect, record_reader
from cli.output import print_json_line, print_note
from runtime.errors import PeerError, UsageError
from switch.control.client import SyncControlClient
from switch.records.errors import NoRecords, RecordNotFound
from switch.sip.hop import read_hop
from switch.sip.trace.conversation import Conversation
from switch.sip.trace.events import SipMessageTraced
from switch.sip.trace.pcap import encode_packet, file_header, read_packets
from switch.sip.trace.recorder import trace_files
from switch.sip.trace.traced import TracedMessage

CallOption = Annotated[
    str | None,
    typer.Option("--call", help="Only this call with all its legs: the id of a call, or a SIP Call-ID."),
]
PeerOption = Annotated[str | None, typer.Option("--peer", help="Only what this IP address says or hears.")]
ReadOption = Annotated[
    Path | None, typer.Option("--read", exists=True, dir_okay=False, help="From this pcap file.")
]
RecordedOption = Annotated[
    bool, typer.Option("--recorded", help=escape("From the files that the switch keeps (section [trace])."))
]
WriteOption = Annotated[
    Path | None, typer.Option("--write", dir_okay=False, help="Keep what is shown in this pcap file.")
]
CountOption = Annotated[int | None, typer.Option("--count", min=1, help="End after so many messages.")]
FullOption = Annotated[bool, typer.Option("--full", help="Show each message whole below its arrow.")]


def trace(
    call: CallOption = None,
    peer: PeerOption = None,
    read: ReadOption = None,
    recorded: RecordedOption = False,
    write: WriteOption = None,
    count: CountOption = None,
    full: FullOption = False,
    socket: SocketOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw SIP messages as they pass, or with --read and --recorded as they passed."""
    if read is not None and recorded:
        raise UsageError("--read names a file, --recorded takes the switch's own; give one of them")
    with ExitStack() as resources:
        conversation = Conversation(_sip_call_id(call, socket, config)) if call else None
        if read is not None or recorded:
            files = [read] if read else _recorded(config)
            _recognise(files, conversation)
            messages = _kept(files)
        else:
            messages = _live(resources.enter_context(connect(socket, config)))
        file = resources.enter_context(_pcap(write)) if write else None
        wanted = (m for m in messages if _passes(m, peer, conversation))
        first = next(wanted, None)
        if first is None:
            print_note("no message fits")
            return
        ladder = Ladder(shutil.get_terminal_size().columns)
        _show(islice(chain([first], wanted), count), ladder, file, full, as_json)


def _show(
    messages: Iterable[TracedMessage], ladder: Ladder, file: BinaryIO | None, full: bool, as_json: bool
) -> None:
    for message in messages:
        if file is not None:
            file.write(encode_packet(message))
            file.flush()
        if as_json:
            print_json_line(_plain(message))
            continue
        for line in ladder.draw(message):
            typer.echo(line)
        if full:
            typer.echo(_indented(message.data))


def _passes(message: TracedMessage, peer: str | None, conversation: Conversation | None) -> bool:
    if peer is not None and peer not in (message.source.host, message.target.host):
        return False
    return conversation is None or conversation.has(message.data)


def _recognise(files: list[Path], conversation: Conversation | None) -> None:
    """Which legs are of one call may be told only after their first messages: files are read once before."""
    if conversation is not None:
        for message in _kept(files):
            conversation.has(message.data)


def _live(client: SyncControlClient) -> Iterator[TracedMessage]:
    entries = client.events(SipMessageTraced.topic)
    if sys.stderr.isatty():
        print_note("tracing; Ctrl-C ends")
    for entry in entries:
        if entry.topic != SipMessageTraced.topic:
            print_note(f"{entry.fields['missed']} messages went by unseen: this reader was too slow")
            continue
        told = entry.fields
        source, target = read_hop(told["source"]), read_hop(told["target"])
        yield TracedMessage(entry.time, source, target, told["data"], told["sent"])


def _kept(files: Iterable[Path]) -> Iterator[TracedMessage]:
    for path in files:
        with path.open("rb") as file:
            yield from read_packets(file)


def _recorded(config: Path | None) -> list[Path]:
    settings = configuration(config).trace
    files = trace_files(settings.folder)
    if not files:
        hint = "" if settings.enabled else "; trace.enabled = true keeps what comes from then on"
        raise UsageError(f"no trace in {settings.folder}{hint}")
    return files


def _sip_call_id(call: str, socket: Path | None, config: Path | None) -> str:
    """Of a call that is up, or that has a record; anything else is taken for a Call-ID itself."""
    try:
        with closing(connect(socket, config)) as client:
            up = [one for one in client.call("call.list") if one["call_id"].startswith(call)]
        if len(up) == 1:
            return str(up[0]["sip_call_id"])
    except PeerError:
        pass  # no switch is running: its records may still be there
    try:
        record = record_reader(config).call(call)
        return str(record["sip_call_id"])
    except (NoRecords, RecordNotFound):
        return call


def _pcap(path: Path) -> BinaryIO:
    try:
        file = _private(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    file.write(file_header())
    return file


def _private(path: Path) -> BinaryIO:
    """Messages hold numbers and names of callers: they are for the file's owner and group."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb")


def _plain(message: TracedMessage) -> dict[str, object]:
    return {
        "time": message.time,
        "source": str(message.source),
        "target": str(message.target),
        "summary": summary(message.data),
        "message": message.data.decode("utf-8", "backslashreplace"),
    }


def _indented(data: bytes) -> str:
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n").rstrip("\n")
    shown = "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
    return "\n".join(f"    {line}" for line in shown.split("\n")) + "\n"
