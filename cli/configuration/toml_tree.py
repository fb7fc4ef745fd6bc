"""TOML text as plain data together with the line every key stands on."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import tomli
import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from runtime.problems import KeyPath

_LANGUAGE = Language(tree_sitter_toml.language())


@dataclass(frozen=True)
class TomlTree:
    """What a text holds and where."""

    text: str
    value: dict[str, Any]

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line, counted from 1, of each section, key and list item.

        Looked for when somebody asks, who has a mistake to tell of: it takes longer than all the rest.
        """
        locator = _Locator()
        locator.take_document(Parser(_LANGUAGE).parse(self.text.encode()).root_node)
        return locator.lines

    def line_of(self, path: KeyPath) -> int:
        """The line of this key, or of the nearest one around it; 0 when the text has neither."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def get(self, path: KeyPath) -> Any:
        """What stands at ``path``, or None."""
        node: Any = self.value
        for part in path:
            if isinstance(node, dict) and isinstance(part, str):
                node = node.get(part)
            elif isinstance(node, list) and isinstance(part, int) and part < len(node):
                node = node[part]
            else:
                return None
        return node


def key_parts(text: str) -> KeyPath:
    """The parts of a bare, quoted or dotted key. Raises tomli.TOMLDecodeError."""
    parts: list[str | int] = []
    node: Any = tomli.loads(f"{text} = 0")
    while isinstance(node, dict):
        ((name, node),) = node.items()
        parts.append(name)
    return tuple(parts)


@dataclass(slots=True)
class _Locator:
    """Walks a syntax tree and notes where each path begins; the first place wins."""

    lines: dict[KeyPath, int] = field(default_factory=dict)
    last_items: dict[KeyPath, int] = field(default_factory=dict)
    """Position of the newest ``[[…]]`` of each list of tables; later headers speak of that one."""

    def take_document(self, root: Node) -> None:
        for node in _children(root):
            if node.type == "pair":
                self._take_pair(node, ())
            elif node.type == "table":
                self._take_section(node, self._resolve(_header(node)))
            elif node.type == "table_array_element":
                self._take_section(node, self._next_item(_header(node), _line(node)))

    def _take_section(self, node: Node, path: KeyPath) -> None:
        self._note(path, _line(node))
        for pair in _children(node)[1:]:
            self._take_pair(pair, path)

    def _take_pair(self, node: Node, path: KeyPath) -> None:
        key, value = _children(node)
        for part in key_parts(_text(key)):
            path = (*path, part)
            self._note(path, _line(node))
        self._take_value(value, path)

    def _take_value(self, node: Node, path: KeyPath) -> None:
        if node.type == "inline_table":
            for pair in _children(node):
                self._take_pair(pair, path)
        elif node.type == "array":
            for index, item in enumerate(_children(node)):
                self._note((*path, index), _line(item))
                self._take_value(item, (*path, index))

    def _resolve(self, parts: KeyPath) -> KeyPath:
        path: KeyPath = ()
        for part in parts:
            path = (*path, part)
            if path in self.last_items:
                path = (*path, self.last_items[path])
        return path

    def _next_item(self, parts: KeyPath, line: int) -> KeyPath:
        items = (*self._resolve(parts[:-1]), parts[-1])
        self._note(items, line)
        self.last_items[items] = self.last_items.get(items, -1) + 1
        return (*items, self.last_items[items])

    def _note(self, path: KeyPath, line: int) -> None:
        self.lines.setdefault(path, line)


def _children(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _header(node: Node) -> KeyPath:
    return key_parts(_text(_children(node)[0]))


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _line(node: Node) -> int:
    return node.start_point.row + 1
