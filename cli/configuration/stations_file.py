"""Stations from a CSV file: thousands of phones, a line each, with every mistake told by its line."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from cli.configuration.expectations import expectation
from runtime.problems import Problem, shorten
from switch.sip.authentication.digest import Algorithm
from switch.sip.config import SipConfig, StationConfig

_HASHES = frozenset(Algorithm)
_COLUMNS = ("name", "password", *Algorithm, "outside_level")


@dataclass(slots=True)
class StationsFile:
    """What a file holds: its good lines and its mistakes."""

    stations: list[StationConfig] = field(default_factory=list)
    """With hashes only, whatever the file has."""
    problems: list[Problem] = field(default_factory=list)


def read_stations(path: Path, sip: SipConfig, taken: Iterable[str]) -> StationsFile:
    """Read a file; ``taken`` are names that stations have already."""
    return _Reader(path, sip, taken).read()


class _Reader:
    def __init__(self, path: Path, sip: SipConfig, taken: Iterable[str]) -> None:
        self._path = path
        self._sip = sip
        self._lines = dict.fromkeys(taken, 0)
        """Where each name stands; 0 in the configuration itself."""
        self._found = StationsFile()

    def read(self) -> StationsFile:
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                self._read_lines(file)
        except OSError as error:
            self._report(0, "", "", f"a file that can be read ({error.strerror or error})")
        except UnicodeDecodeError:
            self._report(0, "", "", "text in UTF-8")
        return self._found

    def _read_lines(self, file: TextIO) -> None:
        rows = csv.reader(file, strict=True)
        heading: Sequence[str] | None = None
        try:
            for cells in rows:
                if heading is None:
                    heading = [cell.strip() for cell in cells]
                    if not self._is_heading(heading):
                        return
                elif any(cells):
                    self._read_station(rows.line_num, heading, cells)
        except csv.Error as error:
            self._report(rows.line_num, "", "", f"a line of comma-separated values ({error})")

    def _is_heading(self, heading: Sequence[str]) -> bool:
        unknown = [name for name in heading if name not in _COLUMNS]
        if "name" in heading and not unknown and len(set(heading)) == len(heading):
            return True
        wrong = shorten(unknown[0]) if unknown else ""
        self._report(1, "", wrong, f"a heading of name and some of {', '.join(_COLUMNS[1:])}, each once")
        return False

    def _read_station(self, line: int, heading: Sequence[str], cells: Sequence[str]) -> None:
        if len(cells) > len(heading):
            self._report(line, "", "", f"{len(heading)} values at most, as in the heading")
            return
        values = {name: cell.strip() for name, cell in zip(heading, cells, strict=False) if cell.strip()}
        hashes = {name: values.pop(name) for name in tuple(values) if name in _HASHES}
        try:
            station = StationConfig.model_validate({**values, **({"ha1": hashes} if hashes else {})})
        except ValidationError as error:
            self._found.problems += self._mistakes(line, error)
            return
        if not self._is_repeated(line, station) and not self._lacks_hash(line, station):
            self._found.stations.append(station.without_password(self._sip.realm))

    def _mistakes(self, line: int, error: ValidationError) -> Iterator[Problem]:
        """Values are not shown: any may be a password in the wrong column."""
        for mistake in error.errors(include_url=False, include_input=False):
            key = str(mistake["loc"][0]) if mistake["loc"] else ""
            if mistake["type"] == "value_error":
                expected = str(mistake["ctx"]["error"])
            else:
                expected = expectation(StationConfig.model_fields[key])
            yield Problem(str(self._path), line, key, "", expected)

    def _is_repeated(self, line: int, station: StationConfig) -> bool:
        earlier = self._lines.setdefault(station.name, line)
        if earlier == line:
            return False
        where = f"line {earlier}" if earlier else "the configuration"
        self._report(line, "name", station.name, f"a name of its own; {where} has this one")
        return True

    def _lacks_hash(self, line: int, station: StationConfig) -> bool:
        if station.password is not None:
            return False
        held = station.ha1 or {}
        missing = [algorithm for algorithm in self._sip.algorithms if algorithm not in held]
        for algorithm in missing:
            self._report(line, algorithm, "", "a hash too, since sip.algorithms offers it")
        return bool(missing)

    def _report(self, line: int, key: str, value: str, expected: str) -> None:
        self._found.problems.append(Problem(str(self._path), line, key, value, expected))
