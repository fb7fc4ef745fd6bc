"""Writes docs/configuration.md from the models, so that the reference cannot disagree with the switch.

python -m cli.configuration.reference
"""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cli.configuration.expectations import expectation, is_octal, item_type, model_type
from cli.configuration.sections import Configuration

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"

_HEAD = """\
# Configuration

One TOML file, by default `conf/ringmain.toml`; another is named with `--config` or `RINGMAIN_CONFIG`. The
shipped file holds every key with its default and runs as it stands. Relative paths start at the file's
folder. A missing section has its defaults; `[[name]]` begins one entry of a list.

`ringmain check` reads the file with the flows and prompts it names and tells every mistake at once: file and
line, key, value and what was expected. It ends with 1 when there is one. The switch does not start with a
mistake in its configuration.

This page is made from the source by `python -m cli.configuration.reference`.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    sections = (_section(name, info) for name, info in Configuration.model_fields.items())
    return "\n".join([_HEAD, *sections])


def _tables_within(section: str, model: type[BaseModel]) -> Iterator[str]:
    """The tables, and lists of tables, that a section's entries can hold."""
    for key, info in model.model_fields.items():
        if inner := model_type(info.annotation):
            name = f"{section}.{key}"
            header = f"[[{name}]]" if item_type(info.annotation) else f"[{name}]"
            yield _table(header, info.description or "", inner)


def _section(name: str, info: FieldInfo) -> str:
    model = model_type(info.annotation)
    if model is None:
        raise TypeError(f"section {name} is declared by no model")
    header = f"[[{name}]]" if item_type(info.annotation) else f"[{name}]"
    return "\n".join([_table(header, info.description or "", model), *_tables_within(name, model)])


def _table(header: str, description: str, model: type[BaseModel]) -> str:
    lines = [f"## `{header}`", "", description, "", "| key | takes | default | meaning |"]
    return "\n".join([*lines, "|---|---|---|---|", *_rows(model), ""])


def _rows(model: type[BaseModel]) -> Iterator[str]:
    for key, info in model.model_fields.items():
        # A pattern's expectation repeats the description, which has its own column.
        takes = expectation(info).partition(": ")[0]
        cells = (f"`{key}`", takes, _default(info), info.description or "")
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "*required*"
    value = info.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "–"
    if value is None:
        return "–"
    if is_octal(info):
        return f"`{oct(value)}`"
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
