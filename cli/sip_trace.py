"""``ringmain sip trace``: SIP as a ladder, while it happens or from a pcap file."""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from ipaddress import ip_address
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer
from rich.markup import escape

from cli.call_ids import whole_id_of
from cli.ladder import Ladder, summary
from cli.options import ConfigOption, JsonOption, SocketOption, configuration, connect, record_reader
from cli.output import print_json_line, print_note, terminal_width
from runtime.errors import PeerError, UsageError
from switch.control.client import SyncControlClient
from switch.records.errors import NoRecords, RecordNotFound
from switch.sip.hop import ACCEPTED_ONLY, OPENED, Hop, read_hop
from switch.sip.trace.conversation import Conversation
from switch.sip.trace.events import SipMessageTraced
from switch.sip.trace.pcap import encode_packet, file_header, read_packets
from switch.sip.trace.recorder import trace_files
from switch.sip.trace.traced import TracedMessage

CallOption = Annotated[
    str | None,
    typer.Option("--call", help="Only this call with all its legs: the id of a call, or a SIP Call-ID."),
]
PeerOption = Annotated[
    str | None, typer.Option("--peer", help="Only what this IP address, or this port of it, says or hears.")
]
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

Neighbour = tuple[str, int | None]
"""An IP address, and one of its ports or any."""
_TRANSPORTS = {"udp", *OPENED, *ACCEPTED_ONLY}
_OUR_IDS = re.compile("call-[0-9a-f]*")
"""Ids of calls, and what they begin with."""


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
    if read is not None and write is not None and write.exists() and read.samefile(write):
        raise UsageError(f"--write would empty {read} before --read has it; name another file")
    is_live = read is None and not recorded
    neighbour = None if peer is None else _neighbour(peer)
    with ExitStack() as resources:
        conversation = None
        if call is not None:
            conversation = Conversation(_sip_call_id(call, socket, config, is_live=is_live))
        if read is not None or recorded:
            files = [read] if read else _recorded(config)
            _recognise(files, conversation)
            messages = _kept(files)
        else:
            messages = _live(resources.enter_context(connect(socket, config)))
        file = resources.enter_context(_pcap(write)) if write else None
        wanted = (m for m in messages if _passes(m, neighbour, conversation))
        first = next(wanted, None)
        if first is None:
            print_note("no message fits")
            return
        ladder = Ladder(terminal_width())
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


def _passes(message: TracedMessage, neighbour: Neighbour | None, conversation: Conversation | None) -> bool:
    if neighbour is not None and not any(_is(neighbour, hop) for hop in (message.source, message.target)):
        return False
    return conversation is None or conversation.has(message.data)


def _is(neighbour: Neighbour, hop: Hop) -> bool:
    host, port = neighbour
    return host == hop.host and port in (None, hop.port)


def _neighbour(text: str) -> Neighbour:
    """An address as ``sip registrations`` and ``trunks`` show it. Raises UsageError."""
    bare = text.partition(":")[2] if text.partition(":")[0] in _TRANSPORTS else text
    host, colon, port = bare.rpartition(":")
    candidates: list[Neighbour] = [(bare.strip("[]"), None)]
    if colon and port.isascii() and port.isdigit():
        candidates.append((host.strip("[]"), int(port)))
    for address, at in candidates:
        with suppress(ValueError):
            return str(ip_address(address)), at
    raise UsageError(f"{text} is no IP address; --peer takes one such as 192.0.2.7, or 192.0.2.7:5060")


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


def _sip_call_id(call: str, socket: Path | None, config: Path | None, *, is_live: bool) -> str:
    """Of a call that is up, or that has a record; what is no id of ours is taken for a Call-ID itself.

    Raises UsageError for a call that is not known, is several, or from which no more can come.
    """
    if _OUR_IDS.fullmatch(call) is None:
        return call or _unknown(call)
    up: list[dict[str, Any]] = []
    # When no switch is running its records may still be there.
    with suppress(PeerError), closing(connect(socket, config)) as client:
        up = client.call("call.list")
    if any(one["call_id"].startswith(call) for one in up):
        whole = whole_id_of(call, up)
        found = next(one["sip_call_id"] for one in up if one["call_id"] == whole)
        if not found:
            raise UsageError(f"{whole} is not answered yet; --peer traces whom the switch calls")
        return str(found)
    try:
        record = record_reader(config).call(call)
    except (NoRecords, RecordNotFound):
        return _unknown(call)
    if is_live:
        raise UsageError(f"{record['call_id']} is over; --recorded draws it from the files of [trace]")
    return str(record["sip_call_id"])


def _unknown(call: str) -> NoReturn:
    raise UsageError(f"no call that is up or has a record begins with {call!r}; `ringmain calls` lists calls")


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
