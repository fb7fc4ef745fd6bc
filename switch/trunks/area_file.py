"""The file of landing codes: CSV in UTF-8, a code and its area's name on each line, ``#`` before remarks."""

import csv
from collections.abc import Sequence
from pathlib import Path

from runtime.problems import Problem, shorten
from switch.trunks.areas import Areas
from switch.trunks.config import AreaConfig

_EXPECTED = "a landing code and the name of its area, such as 0772,柳州"


def load_areas(listed: Sequence[AreaConfig], path: Path | None) -> tuple[Areas, list[Problem]]:
    """The areas of the configuration and of the file, and everything that is wrong in the file."""
    codes = {code: area.name for area in listed for code in area.codes}
    problems: list[Problem] = []
    for number, line in enumerate(_lines(path, problems), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = [field.strip() for field in next(csv.reader([line]))]
        if len(fields) != 2 or not all(fields):
            problems.append(Problem(str(path), number, "", shorten(line), _EXPECTED))
        elif codes.setdefault(fields[0], fields[1]) != fields[1]:
            expected = f"each code once; {fields[0]} is {codes[fields[0]]} already"
            problems.append(Problem(str(path), number, "", shorten(line), expected))
    return Areas(codes.items()), problems


def _lines(path: Path | None, problems: list[Problem]) -> list[str]:
    if path is None:
        return []
    try:
        return path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        problems.append(Problem(str(path), 0, "", "", f"a file that can be read ({error.strerror or error})"))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), 0, "", "", "text in UTF-8"))
    return []
