"""One object of a file set or removed: the lines of all others, and all comments, stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import tomli
import tomlkit
from pydantic import BaseModel
from tomlkit.items import AoT, Item, Table

from cli.configuration.changing.objects import is_table, name_of, naming_key
from cli.configuration.changing.stretches import Stretch, stretches, with_own_comments
from cli.log import HIDDEN
from runtime.errors import UsageError
from runtime.problems import closest

_LONG = 100
"""Characters of a list beyond which each of its items gets a line."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An object of one file, and what becomes of it."""

    section: str
    name: str = ""
    """Empty for a table, such as ``[acd]``."""
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Those that get another value; None: the key is taken out, so that its default holds."""
    removed: bool = False

    def __str__(self) -> str:
        return f"{self.section} {self.name}".strip()


def edited(text: str, edit: Edit, file: type[BaseModel]) -> str:
    """A file's text with one object set or removed; ``file`` says which sections there are.

    Raises UsageError for what is not there, cannot be there, or is written so that it cannot be changed.
    """
    value = _read(text)
    index = _index_of(value, edit, file)
    new = _removed(text, edit, index) if edit.removed else _set(text, edit, index, file)
    if _read(new) != _expected(value, edit, index, file):  # better nothing than something else
        raise UsageError(f"{edit} cannot be changed by a verb as it is written; change it by hand")
    return new


def _read(text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as fault:
        raise UsageError(f"the file cannot be read as TOML: {fault}") from fault


def _index_of(value: Mapping[str, Any], edit: Edit, file: type[BaseModel]) -> int | None:
    """Where among its section's stretches the object stands; None when it is not there."""
    if hidden := [key for key, given in edit.keys.items() if HIDDEN in str(given)]:
        raise UsageError(f"{edit}: {hidden[0]} is hidden when it is shown; give its value, or leave it out")
    key = naming_key(file, edit.section)
    content = value.get(edit.section)
    if key is None:
        _check_table(edit, file)
        return None if content is None else 0
    if not edit.name:
        raise UsageError(f"{edit.section} has many entries: name the one, by its {key}")
    names = [name_of(entry, key) for entry in content or [] if isinstance(entry, dict)]
    if key in edit.keys and name_of(edit.keys, key) != edit.name:
        raise UsageError(f"{edit} keeps its {key}; remove it, and set another")
    return names.index(edit.name) if edit.name in names else None


def _check_table(edit: Edit, file: type[BaseModel]) -> None:
    if not is_table(file, edit.section):
        known = [s for s in file.model_fields if naming_key(file, s) or is_table(file, s)]
        near = closest(edit.section, known)
        hint = f"; did you mean {near}?" if near else f", but {', '.join(known)}"
        raise UsageError(f"there is no section {edit.section!r} to change here{hint}")
    if edit.name:
        raise UsageError(f"[{edit.section}] is there once and has no names such as {edit.name!r}")


def _expected(value: dict[str, Any], edit: Edit, index: int | None, file: type[BaseModel]) -> dict[str, Any]:
    """What the file must then hold."""
    key = naming_key(file, edit.section)
    if key is None:
        rest = {section: content for section, content in value.items() if section != edit.section}
        return rest if edit.removed else rest | {edit.section: _merged(value.get(edit.section, {}), edit)}
    entries = list(value.get(edit.section, []))
    if edit.removed and index is not None:
        del entries[index]
    elif index is not None:
        entries[index] = _merged(entries[index], edit)
    else:
        entries.append(_merged(_named(edit, key), edit))
    rest = {section: content for section, content in value.items() if section != edit.section}
    return rest | {edit.section: entries} if entries else rest


def _named(edit: Edit, key: str) -> dict[str, Any]:
    return {key: edit.name.split() if key == "numbers" else edit.name}


def _merged(before: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    return {key: value for key, value in {**before, **edit.keys}.items() if value is not None}


def _removed(text: str, edit: Edit, index: int | None) -> str:
    found = stretches(text, edit.section)
    if index is None or index >= len(found):
        raise UsageError(f"there is no {edit} in the file")
    lines = _lines(text)
    stretch = with_own_comments(lines, found[index])
    first = stretch.first
    if (
        first
        and not lines[first - 1].strip()
        and (stretch.end == len(lines) or not lines[stretch.end].strip())
    ):
        first -= 1  # one blank line is enough
    return "".join([*lines[:first], *lines[stretch.end :]])


def _set(text: str, edit: Edit, index: int | None, file: type[BaseModel]) -> str:
    found = stretches(text, edit.section)
    lines = _lines(text)
    if index is None:
        return _appended(lines, found, edit, file)
    if index >= len(found):
        raise UsageError(f"{edit} cannot be changed by a verb as it is written; change it by hand")
    first, end = found[index].first, found[index].end
    changed = _with_keys("".join(lines[first:end]), edit)
    return "".join([*lines[:first], changed, *lines[end:]])


def _appended(lines: list[str], found: list[Stretch], edit: Edit, file: type[BaseModel]) -> str:
    """Behind the last of its kind, or at the end of the file."""
    key = naming_key(file, edit.section)
    header = f"[{edit.section}]" if key is None else f"[[{edit.section}]]"
    keys = _merged({} if key is None else _named(edit, key), edit)
    block = "".join(f"{line}\n" for line in (header, *(_line(name, value) for name, value in keys.items())))
    place = with_own_comments(lines, found[-1]).end if found else len(lines)
    above, below = "".join(lines[:place]), "".join(lines[place:])
    if above and not above.endswith("\n"):
        above += "\n"
    gap = "\n" if above.strip() and not above.endswith("\n\n") else ""
    return f"{above}{gap}{block}{below}"


def _with_keys(block: str, edit: Edit) -> str:
    """The lines of one object with other values."""
    document = tomlkit.parse(block if block.endswith("\n") else f"{block}\n")
    entry: Any = document[edit.section]
    table = entry[0] if isinstance(entry, AoT) else entry
    for key, value in edit.keys.items():
        if value is None:
            table.pop(key, None)
        elif key not in table:
            table.append(key, _item(value))
        elif repr(_plain(table[key])) != repr(value):  # false is not 0
            _replace(table, key, value)
    return tomlkit.dumps(document)


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _replace(table: Any, key: str, value: Any) -> None:
    if isinstance(table[key], Table | AoT):  # a value must stand before all tables
        del table[key]
        table.append(key, _item(value))
    else:
        table[key] = _item(value)


def _lines(text: str) -> list[str]:
    """With their ends; as TOML has it, nothing but a line feed ends one."""
    return StringIO(text, newline="\n").readlines()


def _line(key: str, value: Any) -> str:
    return f"{tomlkit.key(key).as_string()} = {_item(value).as_string()}"


def _item(value: Any) -> Item:
    """As people write it: tables inline, long lists with a line for each item."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table.append(key, _item(inner))
        return table
    if isinstance(value, list):
        array = tomlkit.array()
        for inner in value:
            array.append(_item(inner))
        return array.multiline(len(array.as_string()) > _LONG)
    plain: Item = tomlkit.item(value)
    return plain
