"""Loads the configuration from its file, or tells everything that is wrong with it."""

import gc
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from cli.configuration.cross_references import find_problems, find_repeated
from cli.configuration.error import ConfigurationError
from cli.configuration.sections import Configuration
from cli.configuration.stations_file import read_stations
from cli.configuration.texts import Texts
from cli.configuration.toml_syntax import UnreadableLine, sift
from cli.configuration.toml_tree import TomlTree
from cli.configuration.validation import Draft, check_sections, public_names, show, show_text
from cli.log import HIDDEN
from runtime.problems import Finding, KeyPath, Problem, key_text

_REFERRED_TO = frozenset({"queues", "media", "ivr"})
"""Sections that hold what others name: queues, and the folders of prompts and flows."""
_KEY = re.compile(r"[\w.\-]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A configuration file as far as it is right, and what is wrong with it."""

    path: Path
    configuration: Configuration
    """What is wrong has its default here, or is left out. Paths are absolute."""
    problems: list[Problem]
    whole: bool
    """False when lines, or sections that others refer to, could not be read: what they declare only seems
    to be missing."""
    complete: bool
    """False when more mistakes may show once these are mended."""
    tree: TomlTree
    positions: dict[str, list[int]]
    """Where in the file's list each entry of a section stands."""
    texts: Texts
    """Where files are read from."""

    def place(self, findings: Sequence[Finding], *, counted_in_file: bool = False) -> Iterator[Problem]:
        """Findings as problems with file and line, unless something is known to be wrong there already.

        Their paths count the entries of ``configuration``, or those of the file.
        """
        known = {problem.key for problem in self.problems}
        for finding in findings:
            path = finding.path if counted_in_file else self._path_in_file(finding.path)
            if key_text(path) not in known:
                value = show(self.tree.get(path)) or finding.value
                yield Problem(
                    str(self.path), self.tree.line_of(path), key_text(path), value, finding.expected
                )

    def _path_in_file(self, path: KeyPath) -> KeyPath:
        section, *rest = path
        if rest and isinstance(rest[0], int) and isinstance(section, str):
            return (section, self.positions[section][rest[0]], *rest[1:])
        return path


def load_configuration(path: Path) -> Configuration:
    """Read and check a configuration file, without those of tenants. Relative paths start at its folder.

    Raises ConfigurationError with every mistake at once: syntax, unknown keys, wrong values, and names
    that refer to nothing.
    """
    reading = read_configuration(path)
    if reading.problems:
        raise ConfigurationError(reading.problems, complete=reading.complete)
    return reading.configuration


def read_configuration(path: Path, texts: Texts | None = None) -> Reading:
    """The same for those who look for more mistakes. Raises ConfigurationError for an unreadable file.

    ``texts``: what is known of the files already.
    """
    with without_collecting():
        return _read_all(path, Texts() if texts is None else texts)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Of 50,000 agents nothing is garbage, and looking for it takes a quarter of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _read_all(path: Path, texts: Texts) -> Reading:
    document = read_document(path, Configuration, texts)
    configuration, wrong_lines = _with_stations_of_file(_compose(document.draft, path.parent))
    document.problems.extend(wrong_lines)
    reading = document.reading(configuration, whole=document.whole and not wrong_lines)
    if reading.whole:
        reading.problems.extend(reading.place(find_problems(reading.configuration)))
        reading.problems.extend(reading.place(find_repeated(reading.tree), counted_in_file=True))
    return reading


@dataclass(frozen=True, slots=True)
class Document:
    """A file by itself, before its sections are read together."""

    path: Path
    tree: TomlTree
    draft: Draft
    problems: list[Problem]
    whole: bool
    """As in ``Reading``."""
    texts: Texts

    def reading(self, configuration: Configuration, *, whole: bool) -> Reading:
        """The same with what is made of it."""
        positions, complete = self.draft.positions, whole and self.draft.is_complete
        return Reading(
            self.path, configuration, self.problems, whole, complete, self.tree, positions, self.texts
        )


def read_document(path: Path, model: type[BaseModel], texts: Texts) -> Document:
    """A file of the sections that ``model`` has. Raises ConfigurationError when it cannot be read at all."""
    sifted = sift(_read(path, texts))
    tree, unreadable = TomlTree(sifted.text, sifted.value), sifted.unreadable
    draft = check_sections(model, tree, str(path))
    problems = [*draft.problems, *(_syntax_problem(path, line) for line in unreadable)]
    if not unreadable:
        problems += draft.missing
    whole = not unreadable and not draft.doubtful & _REFERRED_TO
    return Document(path, tree, draft, problems, whole, texts)


def _with_stations_of_file(configuration: Configuration) -> tuple[Configuration, list[Problem]]:
    """The same with the stations that stand in a file of their own, and what is wrong in there."""
    path = configuration.sip.stations_file
    if path is None:
        return configuration, []
    own = configuration.stations
    listed = read_stations(path, configuration.sip, [station.name for station in own])
    return configuration.model_copy(update={"stations": [*own, *listed.stations]}), listed.problems


def _compose(draft: Draft, folder: Path) -> Configuration:
    configuration: Configuration = resolve(Configuration(**draft.sections), folder)
    records = configuration.records.in_folder(Path(os.path.abspath(folder)))
    return configuration.model_copy(update={"records": records})


def resolve(value: Any, folder: Path) -> Any:
    """A copy of a model in which every relative path starts at ``folder``."""
    if isinstance(value, Path):
        return Path(os.path.abspath(folder / value))
    if isinstance(value, list):
        return [resolve(item, folder) for item in value]
    if isinstance(value, BaseModel):
        update = {name: resolve(getattr(value, name), folder) for name in _keys_with_paths(type(value))}
        return value.model_copy(update=update) if update else value
    return value


@cache
def _keys_with_paths(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys whose values are or hold paths; of thousands of agents none does."""
    return tuple(name for name, info in model.model_fields.items() if _holds_paths(info.annotation))


def _holds_paths(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_keys_with_paths(annotation))
    return annotation is Path or any(map(_holds_paths, get_args(annotation)))


def _read(path: Path, texts: Texts) -> str:
    try:
        content = texts.read(path)
    except OSError as error:
        expected = f"a file that can be read ({error.strerror or error})"
        raise ConfigurationError([Problem(str(path), 0, "", "", expected)], complete=False) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            [Problem(str(path), line, "", "", "text in UTF-8")], complete=False
        ) from error


def _syntax_problem(path: Path, line: UnreadableLine) -> Problem:
    """Shows what stands on the line only when it can hold no secret."""
    if line.text.startswith("["):
        return Problem(str(path), line.number, "", line.text, line.expected)
    key, _, value = (part.strip() for part in line.text.partition("="))
    shown = show_text(value) if key.rpartition(".")[2] in public_names(Configuration) else HIDDEN
    return Problem(str(path), line.number, key if _KEY.fullmatch(key) else "", shown, line.expected)
