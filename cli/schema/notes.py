"""What a module says of the fields of its classes: the text below each."""

import ast
import inspect
import types
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

Notes = dict[tuple[str, str], str]
"""By class and field, or class and value."""


@cache
def notes_of(module: types.ModuleType) -> Notes:
    """The text below each field and each value of a module's classes."""
    return {
        (kind.name, name): inspect.cleandoc(note)
        for kind in ast.parse(inspect.getsource(module)).body
        if isinstance(kind, ast.ClassDef)
        for name, note in _noted(kind.body)
    }


def _noted(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in pairwise(body):
        match statement, following:
            case (
                (ast.AnnAssign(target=ast.Name(name)) | ast.Assign(targets=[ast.Name(name)])),
                ast.Expr(value=ast.Constant(value=str(note))),
            ):
                yield name, note
