"""``ringmain flows check``: mistakes in flow documents, and what is seldom meant."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from cli.configuration.loading import without_collecting
from cli.options import ConfigOption, JsonOption, configuration_path
from cli.output import print_cautions, print_json, print_line, print_problems
from ivr.loader import TESTS_SUFFIX, documents, read_document
from runtime.errors import UsageError
from runtime.problems import Problem, closest

if TYPE_CHECKING:
    from cli.configuration.flow_folders import FlowFolder


@dataclass(frozen=True, slots=True)
class _Checked:
    """One document."""

    file: str
    name: str
    """In the names of the switch; empty when it cannot be read."""
    cautions: list[Problem]


def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="The flows; without any all of them.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Cautions end with 1 too.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check flow documents and their tests; tell every mistake at once. Ends with 1 when there is one.

    Mistakes keep the switch from starting. A caution is no mistake, but what stands there is seldom meant.
    """
    from cli.configuration.flow_folders import read_flow_folders  # loads audio libraries

    folders = read_flow_folders(configuration_path(config))
    with without_collecting():
        checked = [one for folder in folders for one in _checked(folder)]
    files = _files(checked, names or ())
    files |= {str(Path(file).with_suffix("")) + TESTS_SUFFIX for file in files}
    problems = [p for folder in folders for p in _problems(folder) if p.file in files or not names]
    cautions = [caution for one in checked if one.file in files for caution in one.cautions]
    if as_json:
        told = {"problems": problems, "cautions": cautions}
        found = {kind: [asdict(one) for one in those] for kind, those in told.items()}
        print_json({"flows": sorted(one.name for one in checked if one.file in files and one.name), **found})
    else:
        _show(len([one for one in checked if one.file in files]), problems, cautions)
    if problems or (strict and cautions):
        raise typer.Exit(1)


def _show(documents: int, problems: list[Problem], cautions: list[Problem]) -> None:
    print_cautions(sorted(cautions))
    if problems:
        print_problems(sorted(problems))
    else:
        print_line(f"[bold green]fine:[/] flows {documents}, cautions {escape(str(len(cautions)))}")


def _problems(folder: "FlowFolder") -> list[Problem]:
    """With those in tests, as far as their flows are without a mistake."""
    from ivr.testing.loader import load_tests

    return [*folder.problems, *load_tests(folder.folder, folder.flows)[1]]


def _checked(folder: "FlowFolder") -> Iterator[_Checked]:
    for path in sorted(documents(folder.folder)) if folder.folder.is_dir() else ():
        text = read_document(path)
        yield _Checked(str(path), "", []) if isinstance(text, Problem) else _read(path, text, folder)


def _read(path: Path, text: str, folder: "FlowFolder") -> _Checked:
    from ivr.lint import cautions
    from ivr.reader import name_of, placed
    from ivr.yaml_tree import UnreadableYamlError, read_tree

    try:
        tree = read_tree(text)
    except UnreadableYamlError:
        return _Checked(str(path), "", [])
    name = name_of(tree)
    flow = folder.flows.get(name or "")
    found = [] if flow is None else cautions(flow, is_caught=bool(folder.rules.on_error))
    return _Checked(str(path), folder.name_of(name) if name else "", placed(tree, str(path), found))


def _files(checked: Collection[_Checked], names: Collection[str]) -> set[str]:
    """The documents that are meant; all when no flow is named. Raises UsageError for a name of none."""
    there = {one.name: one.file for one in checked}
    for name in names:
        if name not in there:
            near = closest(name, filter(None, there))
            raise UsageError(f"there is no flow {name}" + (f"; did you mean {near}?" if near else ""))
    return {there[name] for name in names} or {one.file for one in checked}
