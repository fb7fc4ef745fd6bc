"""Where in a TOML text each object stands, as whole lines, with the tables that belong to it."""

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from cli.configuration.toml_tree import key_parts
from runtime.errors import UsageError
from runtime.problems import KeyPath

_LANGUAGE = Language(tree_sitter_toml.language())


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a text, from ``first`` to before ``end``, counted from 0."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Block:
    header: KeyPath
    is_entry: bool
    """Whether the header is in double brackets."""
    lines: Stretch


def stretches(text: str, section: str) -> list[Stretch]:
    """Of a section's table, or of each entry of its list, in their order.

    Raises UsageError when the section is written in a way that cannot be changed piece by piece.
    """
    found: list[Stretch] = []
    is_open = False
    for block in _blocks(text, section):
        if block.header[:1] != (section,):
            is_open = False
        elif block.is_entry and len(block.header) == 1:
            found.append(block.lines)
            is_open = True
        elif is_open:
            found[-1] = Stretch(found[-1].first, block.lines.end)
        elif not found:
            found.append(block.lines)
            is_open = True
        else:
            raise _by_hand(section, block.lines.first)
    return found


def _blocks(text: str, section: str) -> Iterator[_Block]:
    for node in Parser(_LANGUAGE).parse(text.encode()).root_node.named_children:
        if node.type == "pair" and key_parts(_text(node.named_children[0]))[0] == section:
            raise _by_hand(section, node.start_point.row)
        if node.type in ("table", "table_array_element"):
            parts = [child for child in node.named_children if child.type != "comment"]
            last = max(part.end_point.row for part in parts)
            header = key_parts(_text(parts[0]))
            lines = Stretch(node.start_point.row, last + 1)
            yield _Block(header, node.type == "table_array_element", lines)


def with_own_comments(lines: list[str], stretch: Stretch) -> Stretch:
    """The same with the comments that stand right above it, below a blank line, or right below it."""
    first, end = stretch.first, stretch.end
    while first and _is_comment(lines[first - 1]):
        first -= 1
    if first and lines[first - 1].strip():
        first = stretch.first  # they stand right below something else
    while end < len(lines) and _is_comment(lines[end]):
        end += 1
    if end < len(lines) and lines[end].strip():
        end = stretch.end  # they stand right above something else
    return Stretch(first, end)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _by_hand(section: str, line: int) -> UsageError:
    return UsageError(
        f"{section} is written in another form on line {line + 1}, which has to be changed by hand: "
        f"a verb changes what stands below [{section}] or [[{section}]] in one piece"
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode()
