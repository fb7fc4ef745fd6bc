"""Which verbs the tests over the wire have a running switch carry out: read from their text.

Counted is a verb whose name a call is given (``events.call("call.hold", …)``), which is called as a method of
the typed client (``client.call.hold(…)``), is the ``verb`` of a message (``{"id": 1, "verb": "call.hold"}``),
or stands in what a loop or ``parametrize`` goes through. Not counted is what stands in ``pytest.raises``: a
verb that is refused has done nothing.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("tests.helpers", "tests.interop", "sipp_scenarios")


def driven(verbs: Collection[str]) -> Mapping[str, list[str]]:
    """The files that drive each verb; verbs that none drives are absent."""
    found: dict[str, list[str]] = {}
    for path, tree in sorted(_wire_tests().items()):
        for verb in sorted(driven_in(tree) & set(verbs)):
            found.setdefault(verb, []).append(str(path.relative_to(_ROOT)))
    return found


def driven_in(tree: ast.AST) -> set[str]:
    """Whatever in this code could be the name of a verb that is carried out."""
    return {name for node in _carried_out(tree) for name in _names(node)}


def _wire_tests() -> Mapping[Path, ast.Module]:
    """The tests of this kind and what they are made with, directly or not."""
    waiting = sorted((_ROOT / "tests" / "interop").glob("*.py"))
    read: dict[Path, ast.Module] = {}
    while waiting:
        path = waiting.pop()
        if path not in read:
            read[path] = ast.parse(path.read_text("utf-8"))
            waiting += _imported(read[path])
    return read


def _imported(tree: ast.Module) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGES):
            path = _ROOT / f"{str(node.module).replace('.', '/')}.py"
            if path.exists():
                yield path


def _carried_out(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, but for what is expected to be refused."""
    if isinstance(node, ast.With) and any(_expects_refusal(item.context_expr) for item in node.items):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _carried_out(child)


def _expects_refusal(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Call) and _ends_in(expression.func, "raises")


def _names(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Call(func=function) if _ends_in(function, "parametrize"):
            return _texts(node)
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=family), attr=method)):
            return [f"{family}.{method}", *_given(node)]
        case ast.Call():
            return _given(node)
        case ast.Dict(keys=[ast.Constant(value="id"), ast.Constant(value="verb"), *_], values=[_, verb, *_]):
            return _texts(verb)
        case ast.For(iter=gone_through) | ast.comprehension(iter=gone_through):
            return _texts(gone_through)
    return ()


def _given(call: ast.Call) -> list[str]:
    return [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def _ends_in(function: ast.expr, name: str) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == name


def _texts(node: ast.AST) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
