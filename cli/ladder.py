"""SIP messages as a ladder: a column for each neighbour, an arrow for each message. Pure."""

from collections import OrderedDict
from hashlib import blake2s
from math import ceil

from rich.cells import cell_len, set_cell_size

from cli.output import time_of_day
from switch.sip.errors import SipSyntaxError
from switch.sip.hop import Hop
from switch.sip.messages.header_values import parse_cseq
from switch.sip.messages.message import Message, Request
from switch.sip.messages.parser import parse_message
from switch.sip.messages.text import printable
from switch.sip.trace.traced import TracedMessage

_MARGIN = len("12:34:56.789  ")
_NARROWEST, _WIDEST = 22, 44
"""Cells of a column; the second on a terminal."""
_WIDEST_IN_FILE = 50
"""Enough for any address; a longer label makes its own arrow longer."""
_SHAFT = len("─ " + " ─")
_TIP = len("▶│")
_MOST_COLUMNS = 24
_REMEMBERED = 10_000
OWN_TITLE = "ringmain"


class Ladder:
    """Draws message by message; a header comes with every neighbour that is new, and with wider columns."""

    def __init__(self, width: int | None) -> None:
        """``width`` in cells of the terminal; None: columns get as wide as labels need."""
        self._width = width
        self._needed = _NARROWEST
        self._own: set[str] = set()
        self._columns: list[str] = []
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def draw(self, message: TracedMessage) -> list[str]:
        """The lines of one message, its header before it where it needs one."""
        source, target = _address(message.source), _address(message.target)
        if message.sent is not None:
            self._own.add(source if message.sent else target)
        missing = [address for address in dict.fromkeys((source, target)) if address not in self._columns]
        if len(self._columns) + len(missing) > _MOST_COLUMNS:
            self._columns.clear()
            missing = list(dict.fromkeys((source, target)))
        self._columns += missing
        label = summary(message.data) + (" (again)" if self._is_repeated(message) else "")
        wider = self._width is None and self._widen(source, target, label)
        header = self._header() if missing or wider else []
        return [*header, self._arrow(message.time, source, target, label)]

    def _is_repeated(self, message: TracedMessage) -> bool:
        key = blake2s(repr(message[1:3]).encode() + message.data, digest_size=16).digest()
        repeated = key in self._seen
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return repeated

    def _widen(self, source: str, target: str, label: str) -> bool:
        """Make room for a message and its neighbours; whether columns are wider now."""
        before, span = self._needed, abs(self._columns.index(source) - self._columns.index(target))
        arrow = ceil((cell_len(label) + _SHAFT + _TIP) / span) if span else 0
        needed = max(arrow, len(source) + 1, len(target) + 1)
        self._needed = max(before, min(needed, _WIDEST_IN_FILE))
        return self._needed > before

    @property
    def _column_width(self) -> int:
        if self._width is None:
            return self._needed
        room = (self._width - _MARGIN) // max(1, len(self._columns))
        return max(_NARROWEST, min(room, _WIDEST))

    def _header(self) -> list[str]:
        titles = [OWN_TITLE if address in self._own else "" for address in self._columns]
        rows = [titles] if any(titles) else []
        return ["", *(self._row(cells) for cells in (*rows, self._columns)), self._row(["│"] * len(titles))]

    def _row(self, cells: list[str]) -> str:
        width = self._column_width
        return (" " * _MARGIN + "".join(_centred(cell, width, " ") for cell in cells)).rstrip()

    def _arrow(self, time: float, source: str, target: str, label: str) -> str:
        width = self._column_width
        start, end = self._columns.index(source), self._columns.index(target)
        left, right = min(start, end), max(start, end)
        between = width * (right - left) - 1
        before = "".join(_centred("│", width, " ") for _ in range(left)) + " " * ((width - 1) // 2) + "│"
        if left == right:
            return f"{time_of_day(time)}  {before} {label} ↺"
        room = between - 1 if self._width is not None else max(between - 1, cell_len(label) + _SHAFT)
        body = _centred(f" {label} ", room, "─")
        arrow = f"{body}▶" if start < end else f"◀{body}"
        after = "│" + (" " * (width - 1) + "│") * (len(self._columns) - right - 1)
        return f"{time_of_day(time)}  {before}{arrow}{after}"


def summary(data: bytes) -> str:
    """What a message is, in a few words."""
    try:
        message = parse_message(data)
    except SipSyntaxError:
        first = data.lstrip(b"\r\n").split(b"\n", 1)[0]
        return printable(first.decode("utf-8", "surrogateescape").strip())[:40] or "keep-alive"
    described = " SDP" if "sdp" in (message.headers.get("content-type") or "") and message.body else ""
    return printable(_told(message)) + described


def _told(message: Message) -> str:
    if isinstance(message, Request):
        user = message.uri.partition(":")[2].partition("@")
        return f"{message.method} {user[0]}" if user[1] else message.method
    method = parse_cseq(message.headers.get("cseq") or "").method
    return f"{message.status} {message.reason} ({method})"


def _address(hop: Hop) -> str:
    return str(hop).partition(":")[2]


def _centred(text: str, width: int, fill: str) -> str:
    """Text in the middle of so many cells, cut when it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)).rstrip() + "…"
        return text + fill * (width - cell_len(text))
    free = width - cell_len(text)
    return fill * (free // 2) + text + fill * (free - free // 2)
