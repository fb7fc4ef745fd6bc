"""YAML text as plain data together with the line every key stands on.

Scalars stay the text that was written (only an empty value or ``null`` becomes None): the models of
``ivr.document`` give them their types, so that ``1`` is a good digit and ``no`` a good answer.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as _careful
from ruamel.yaml.error import YAMLError
from yaml import CSafeLoader
from yaml import YAMLError as FastYAMLError
from yaml import events as _fast

from runtime.errors import PeerError
from runtime.problems import KeyPath

MAX_DEPTH = 16
"""Far more than any document of ours has; keeps a hostile one from exhausting the stack."""


class UnreadableYamlError(PeerError):
    """The text is not YAML, or uses something of YAML that our documents do without."""

    def __init__(self, line: int, expected: str) -> None:
        super().__init__(f"line {line}: expected {expected}")
        self.line = line
        self.expected = expected


@dataclass(slots=True)
class YamlTree:
    """What a text holds and where."""

    value: Any = None
    """Nested dict, list, str and None."""
    lines: dict[KeyPath, int] = field(default_factory=dict)
    """The line, counted from 1, of each key and list item."""
    quoted: set[KeyPath] = field(default_factory=set)
    """Where scalars stand in quotes, or as blocks of text."""
    repeated: list[KeyPath] = field(default_factory=list)
    """Keys given twice in one mapping; the later one holds."""

    def line_of(self, path: KeyPath) -> int:
        """The line of this key, or of the nearest key around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_tree(text: str) -> YamlTree:
    """Read one YAML document. Raises UnreadableYamlError, and nothing else, for any text."""
    try:
        return _built(_read_fast(text))
    except (FastYAMLError, ValueError):
        return _read_with_care(text)


_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")
_JSON_WORDS = {"true": True, "false": False}


def with_json(tree: YamlTree, paths: Iterable[KeyPath]) -> Any:
    """The value of a tree in which, below ``paths``, numbers and true and false are what JSON has."""

    def copied(value: Any, path: KeyPath, is_json: bool) -> Any:
        is_json = is_json or path in wanted
        match value:
            case dict():
                return {key: copied(inner, (*path, key), is_json) for key, inner in value.items()}
            case list():
                return [copied(inner, (*path, place), is_json) for place, inner in enumerate(value)]
            case str() if is_json and path not in tree.quoted:
                return _json(value)
        return value

    wanted = set(paths)
    return copied(tree.value, (), False)


def _json(word: str) -> bool | int | float | str:
    if not _JSON_NUMBER.fullmatch(word):
        return _JSON_WORDS.get(word, word)
    return float(word) if "." in word else int(word)


def _built(found: Iterable[Any]) -> YamlTree:
    builder = _Builder()
    for event in found:
        builder.take(event)
    return builder.tree


def _read_fast(text: str) -> Iterator[Any]:
    """By libyaml, which takes a tenth of the time."""
    parser = CSafeLoader(text)
    while parser.check_event():
        yield parser.get_event()


def _read_with_care(text: str) -> YamlTree:
    """By the parser that says better what is wrong, and where."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except YAMLError as fault:
        raise _unreadable(fault, text) from None
    except (ValueError, OverflowError):  # the library lets escapes beyond U+10FFFF fall through
        raise UnreadableYamlError(builder.line, "characters of Unicode") from None
    return builder.tree


def _unreadable(fault: YAMLError, text: str) -> UnreadableYamlError:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        position = getattr(fault, "position", 0)
        return UnreadableYamlError(text.count("\n", 0, position) + 1, "printable characters only")
    problem = getattr(fault, "problem", None) or "something else"
    return UnreadableYamlError(mark.line + 1, f"readable YAML ({problem})")


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    holder: dict[str, Any] | list[Any]
    path: KeyPath
    key: str | None = None
    """In a mapping: the key whose value comes next."""


class _Builder:
    """Puts the parser's flat stream of events together again, without recursion."""

    def __init__(self) -> None:
        self.tree = YamlTree()
        self.line = 1
        """Where the latest event stands."""
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        self.line = event.start_mark.line + 1
        match event:
            case _fast.ScalarEvent() | _careful.ScalarEvent():
                self._scalar(event)
            case _fast.MappingStartEvent() | _careful.MappingStartEvent():
                self._begin({})
            case _fast.SequenceStartEvent() | _careful.SequenceStartEvent():
                self._begin([])
            case _fast.CollectionEndEvent() | _careful.CollectionEndEvent():
                self._open.pop()
            case _fast.DocumentStartEvent() | _careful.DocumentStartEvent():
                self._begin_document()
            case _fast.AliasEvent() | _careful.AliasEvent():
                raise self._refusal(f"the value itself instead of the alias *{event.anchor}")

    def _refusal(self, expected: str) -> UnreadableYamlError:
        return UnreadableYamlError(self.line, expected)

    def _begin_document(self) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._refusal("one document in a file")

    def _begin(self, holder: dict[str, Any] | list[Any]) -> None:
        if self._wants_key():
            raise self._refusal("a plain word as key")
        if len(self._open) == MAX_DEPTH:
            raise self._refusal(f"at most {MAX_DEPTH} levels of nesting")
        self._open.append(_Open(holder, self._place(holder)))

    def _scalar(self, event: Any) -> None:
        if any("\ud800" <= character <= "\udfff" for character in event.value):
            raise self._refusal("characters of Unicode")
        if self._wants_key():
            self._take_key(self._open[-1], event.value)
        else:
            path = self._place(_plain(event))
            if event.style:
                self.tree.quoted.add(path)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].holder, dict) and self._open[-1].key is None

    def _take_key(self, top: _Open, key: str) -> None:
        path = (*top.path, key)
        if key in top.holder:
            self.tree.repeated.append(path)
        self.tree.lines[path] = self.line
        top.key = key

    def _place(self, value: Any) -> KeyPath:
        if not self._open:
            self.tree.value = value
            return ()
        top = self._open[-1]
        if isinstance(top.holder, list):
            path: KeyPath = (*top.path, len(top.holder))
            self.tree.lines[path] = self.line
            top.holder.append(value)
            return path
        key, top.key = top.key, None
        assert key is not None, "the parser sends a key before each value"
        top.holder[key] = value
        return (*top.path, key)


def _plain(event: Any) -> str | None:
    unquoted = not event.style
    return None if unquoted and event.value in ("", "~", "null") else str(event.value)
