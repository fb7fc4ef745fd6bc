"""All syntax mistakes of a TOML text at once.

A TOML reader stops at the first mistake. Here what cannot be read is put aside, a line or a section at a
time, and the rest is read again, so that one missing quote does not hide the mistakes behind it.
"""

import re
from dataclasses import dataclass
from typing import Any

import tomli

_HEADER = re.compile(r"""\s*\[{1,2}\s*[\w"'][^,]*$""")
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_TEXT_OR_COMMENT = re.compile(r"""(?P<text>"[^"]*"|'[^']*')|#.*""")
_EXPECTED = (
    ("Invalid statement", 'a line such as "key = value" or "[section]"'),
    ("Invalid initial character for a key part", 'a key, "=" and a value'),
    ("Expected '=' after a key", '"=" after the key'),
    ("Invalid value", "text in quotes, a number, true, false or a list in [ ]"),
    ("Unterminated string", "a quote at the end of the text"),
    ("Illegal character '\\n'", "a quote at the end of the text, on the same line"),
    ("Unclosed array", '"]" at the end of the list'),
    ("Unclosed inline table", '"}" at the end of the table'),
    ("Expected newline or end of document", "nothing more on this line"),
    ("Expected ']]'", '"]]" at the end of the section header'),
    ("Expected ']'", '"]" at the end of the section header'),
    ("Cannot declare", "each section only once"),
    ("Cannot overwrite a value", "each key only once"),
    ("Duplicate inline table key", "each key only once"),
    ("TOML inline arrays/tables are nested", "lists in lists no deeper than a person can read"),
    ("Unescaped '\\'", "\\\\ for each \\ in a text, or single quotes around it"),
)
_Fault = tomli.TOMLDecodeError | RecursionError


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A line that is not TOML."""

    number: int
    """Counted from 1."""
    text: str
    """What stands there, without a comment."""
    expected: str


@dataclass(frozen=True, slots=True)
class Sifted:
    """A text with what cannot be read left blank; line numbers stay."""

    text: str
    value: dict[str, Any]
    unreadable: list[UnreadableLine]


def sift(text: str) -> Sifted:
    """All that can be read of a text, and every line that is to blame for the rest.

    A text without mistakes is read once: one that lists 50,000 agents takes seconds.
    """
    try:
        return Sifted(text, tomli.loads(text), [])
    except (tomli.TOMLDecodeError, RecursionError):
        readable, unreadable = _sift(text)
        return Sifted(readable, tomli.loads(readable), unreadable)


def _sift(text: str) -> tuple[str, list[UnreadableLine]]:
    sections = _sections(text.split("\n"))
    unreadable = [line for section in sections for line in section.sift()]
    while (fault := _fault_of(_join(sections))) is not None:
        number = _line_of(fault) or text.count("\n") + 1
        section = next(s for s in reversed(sections) if s.first_line <= number)
        unreadable.append(section.unreadable(number, fault))
        if not any(section.lines):
            return "", unreadable
        section.put_aside()
    return _join(sections), unreadable


@dataclass(slots=True)
class _Section:
    first_line: int
    lines: list[str]

    def sift(self) -> list[UnreadableLine]:
        """Blank the lines that cannot be read; all, when it is unclear where the trouble ends."""
        found: list[UnreadableLine] = []
        while (fault := _fault_of(_join([self]))) is not None:
            index = self._culprit(fault)
            if found and (not self.lines[index] or _fault_of(self.lines[index]) is None):
                # Good by itself: only the victim of a mistake that was reported already.
                self.put_aside()
                break
            found.append(self.unreadable(self.first_line + index, fault))
            if index == 0 and _HEADER.match(self.lines[0]):
                self.put_aside()
            self.lines[index] = ""
        return found

    def unreadable(self, number: int, fault: _Fault) -> UnreadableLine:
        text = _without_comment(self.lines[number - self.first_line])
        return UnreadableLine(number, text, _expected(fault))

    def put_aside(self) -> None:
        self.lines = [""] * len(self.lines)

    def _culprit(self, fault: _Fault) -> int:
        """Index of the line to blame. An open list is noticed only after it, on a line that is good."""
        index = (_line_of(fault) or self._last_line()) - 1
        if str(fault).startswith("Unclosed"):
            while index and (not self.lines[index].strip() or _fault_of(self.lines[index]) is None):
                index -= 1
        return index

    def _last_line(self) -> int:
        return max((number for number, line in enumerate(self.lines, 1) if line.strip()), default=1)


def _sections(lines: list[str]) -> list[_Section]:
    sections = [_Section(1, [])]
    for number, line in enumerate(lines, 1):
        if _HEADER.match(line) and sections[-1].lines:
            sections.append(_Section(number, []))
        sections[-1].lines.append(line)
    return sections


def _join(sections: list[_Section]) -> str:
    return "".join(f"{line}\n" for section in sections for line in section.lines)


def _fault_of(text: str) -> _Fault | None:
    try:
        tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as fault:
        return fault
    return None


def _without_comment(line: str) -> str:
    """A text whose quotes are closed may hold a ``#``; one that is left open is cut there."""
    return _TEXT_OR_COMMENT.sub(lambda found: found["text"] or "", line).strip()


def _line_of(fault: _Fault) -> int | None:
    """The line the reader names; None for the end of the text."""
    place = _PLACE.search(str(fault))
    return int(place["line"]) if place and place["line"] else None


def _expected(fault: _Fault) -> str:
    message = _PLACE.sub("", str(fault))
    plain = next((expected for start, expected in _EXPECTED if message.startswith(start)), None)
    return plain or f"TOML without this: {message[:1].lower()}{message[1:]}"
