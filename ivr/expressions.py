"""The small language of flow documents: ``余额 > 0 and caller_number in 名单``.

Expressions are Python's in looks, read by Python's own parser and evaluated by simpleeval over plain data:
numbers, texts, true and false, none, lists and mappings. There are no assignments, attributes of objects,
comprehensions or calls but to the functions of ``FUNCTIONS``. ``answer.data.amount`` looks a key of a mapping
up. Names may be of any script.
"""

import ast
import keyword
import operator
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from simpleeval import BASIC_ALLOWED_ATTRS, EvalWithCompoundTypes, InvalidExpression

from runtime.errors import PeerError
from runtime.problems import shorten

Value = None | bool | int | float | str | list[Any] | dict[str, Any]
"""What a variable holds: plain data, as JSON has it."""

LONGEST = 1000
"""Characters of an expression."""
LARGEST = 10**18
"""A number's magnitude."""
LONGEST_TEXT = 10_000
LONGEST_LIST = 1000
LARGEST_WHOLE = 100_000
"""Characters and values of a list or mapping with all that is in it."""
_MOST_PLACES = 18


class ExpressionFault(PeerError):
    """An expression that is none, or has no value now. The text says what is wrong, for people."""


class Names(Protocol):
    """What an expression may name."""

    def __getitem__(self, name: str) -> Value: ...


class Expression:
    """One expression, parsed. Two of the same text are equal."""

    __slots__ = ("_tree", "asks", "names", "text")

    def __init__(self, text: str) -> None:
        """Raises ExpressionFault when it is no expression of this language."""
        self.text = text.strip()
        self._tree = _parse(self.text)
        self.names = frozenset(_names_in(self._tree))
        """The variables and facts it takes its values from."""
        self.asks = any(isinstance(node, ast.Name) and node.id in ASKING for node in ast.walk(self._tree))
        """Whether it asks something of the switch."""

    def value(self, names: Names, functions: Mapping[str, Callable[..., Any]]) -> Value:
        """Its value now. Raises ExpressionFault when it has none, as when a name is unknown."""
        return _evaluated(self.text, self._tree, names, functions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def as_text(value: Value) -> str:
    """A value as it stands in a text: whole numbers without a point, nothing for none."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case list():
            return ",".join(as_text(item) for item in value)
    return str(value)


def is_name(text: str) -> bool:
    """Whether a variable can be called so: letters of any script, digits and _, not first a digit."""
    return text.isidentifier() and text not in _WORDS and unicodedata.normalize("NFKC", text) == text


_WORDS = frozenset(("true", "false", "none", *keyword.kwlist))

_CONSTANTS: Mapping[str, Value] = {"true": True, "false": False, "none": None}

_SHAPES: tuple[type[ast.AST], ...] = (
    ast.Expr,
    ast.BoolOp,
    ast.boolop,
    ast.BinOp,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.Compare,
    ast.IfExp,
    ast.Constant,
    ast.Name,
    ast.expr_context,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.List,
    ast.Tuple,
    ast.Call,
)


def _text_starts(text: Value, beginning: Value) -> bool:
    return as_text(text).startswith(as_text(beginning))


def _text_ends(text: Value, ending: Value) -> bool:
    return as_text(text).endswith(as_text(ending))


def _number(value: Value) -> int | float:
    """``"12"`` → 12, ``"12.50"`` → 12.5"""
    text = as_text(value).strip()
    try:
        return int(text)
    except ValueError:
        return float(text)


def _rounded(value: int | float, places: int = 0) -> int | float:
    """To so many places behind the point; Python's own never ends for -10**9."""
    if abs(places) > _MOST_PLACES:
        raise ExpressionFault(f"at most {_MOST_PLACES} places to round to")
    return round(value, places) if places else round(value)


def _day(value: Value) -> date:
    return date.fromisoformat(as_text(value)[:10])


def _days_between(first: Value, last: Value) -> int:
    return (_day(last) - _day(first)).days


def _days_after(day: Value, days: int) -> str:
    return (_day(day) + timedelta(days=days)).isoformat()


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int, int]] = {
    "len": (len, 1, 1),
    "number": (_number, 1, 1),
    "text": (as_text, 1, 1),
    "int": (lambda value: int(_number(value)), 1, 1),
    "round": (_rounded, 1, 2),
    "abs": (abs, 1, 1),
    "min": (min, 1, 10),
    "max": (max, 1, 10),
    "lower": (lambda value: as_text(value).lower(), 1, 1),
    "upper": (lambda value: as_text(value).upper(), 1, 1),
    "strip": (lambda value: as_text(value).strip(), 1, 1),
    "starts_with": (_text_starts, 2, 2),
    "ends_with": (_text_ends, 2, 2),
    "days_between": (_days_between, 2, 2),
    "days_after": (_days_after, 2, 2),
}
"""By name: the function, and how many values it takes at least and at most."""

ASKING: Mapping[str, tuple[int, int]] = {
    "is_open": (1, 1),
    "occasion": (1, 1),
    "waiting": (1, 1),
    "wait_s": (1, 1),
    "repeats": (1, 1),
}
"""Functions that ask of the switch: a calendar or queue by name; their meaning comes from the visit."""


def _of_numbers(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Of numbers only: a text times a number, or a text as a format, could be of any length."""

    def calculated(left: Any, right: Any) -> Any:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise ExpressionFault("only numbers can be multiplied or divided")
        return calculate(left, right)

    return calculated


_CONSTANT_TYPES = (type(None), bool, int, float, str)

_OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _of_numbers(operator.mul),
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _of_numbers(operator.mod),
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.In: lambda part, whole: part in whole,
    ast.NotIn: lambda part, whole: part not in whole,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class _Evaluator(EvalWithCompoundTypes):  # type: ignore[misc]  # simpleeval is not typed
    """simpleeval, without anything that reaches into objects."""

    def __init__(self) -> None:
        super().__init__(operators=dict(_OPERATORS), functions={}, allowed_attrs=BASIC_ALLOWED_ATTRS)
        self.nodes[ast.Attribute] = self._look_up

    def _look_up(self, node: ast.Attribute) -> Any:
        whole = self._eval(node.value)
        if not isinstance(whole, Mapping) or node.attr not in whole:
            raise ExpressionFault(f"there is no {node.attr} in {ast.unparse(node.value)}")
        return whole[node.attr]


_EVALUATOR = _Evaluator()


def _evaluated(text: str, tree: ast.AST, names: Names, functions: Mapping[str, Callable[..., Any]]) -> Value:
    evaluator = _EVALUATOR
    evaluator.names, evaluator.functions = _WithConstants(names), functions
    try:
        return bounded(evaluator.eval(text, previously_parsed=tree))
    except ExpressionFault as fault:
        raise ExpressionFault(f"{shorten(text)}: {fault}") from fault
    except (InvalidExpression, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as fault:
        raise ExpressionFault(f"{shorten(text)}: {_reason(fault)}") from fault


class _WithConstants:
    """The names of a visit and, as flows write them, ``true``, ``false`` and ``none``."""

    __slots__ = ("_names",)

    def __init__(self, names: Names) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Value:
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        try:
            return self._names[name]
        except KeyError:
            raise ExpressionFault(f"{name} has no value") from None


def _reason(fault: Exception) -> str:
    match fault:
        case ZeroDivisionError():
            return "division by zero"
        case RecursionError():
            return "too deep"
        case KeyError() | IndexError():
            return "there is no such part"
        case ValueError():  # its own words quote the value, which may be one that nobody may know
            return "a value is no number or day, or cannot be used so"
    return str(fault)


def bounded(value: Any) -> Value:
    """The value, if it is plain data and not too large with all it holds. Else raises ExpressionFault."""
    if isinstance(value, list | tuple | dict) and _weight(value) > LARGEST_WHOLE:
        raise ExpressionFault("the value is too large")
    return _bounded(value)


def _weight(value: Any) -> int:
    """Characters and values in it, counted as far as it matters."""
    weight, pending = 0, [value]
    while pending and weight <= LARGEST_WHOLE:
        inner = pending.pop()
        weight += len(inner) if isinstance(inner, str) else 1
        if isinstance(inner, dict):
            pending += [*inner.keys(), *inner.values()]
        elif isinstance(inner, list | tuple):
            pending += inner
    return weight


def _bounded(value: Any) -> Value:
    """The value, if it is plain data of a bounded size. Raises ExpressionFault otherwise."""
    match value:
        case None | bool():
            return value
        case int() | float() if abs(value) < LARGEST:
            return value
        case str() if len(value) <= LONGEST_TEXT:
            return value
        case list() | tuple() if len(value) <= LONGEST_LIST:
            return [_bounded(item) for item in value]
        case dict():
            return value
        case int() | float():
            raise ExpressionFault("the number is too large")
        case str() | list() | tuple():
            raise ExpressionFault("the text or list is too long")
    raise ExpressionFault("this is no value that can be kept")


def _parse(text: str) -> ast.AST:
    if not text:
        raise ExpressionFault("an expression such as 余额 > 0")
    if len(text) > LONGEST:
        raise ExpressionFault(f"an expression of at most {LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise ExpressionFault(f"an expression; {_syntax(fault)}") from fault
    for node in ast.walk(tree):
        _check_shape(node)
    return ast.Expr(value=tree)


def _syntax(fault: Exception) -> str:
    if isinstance(fault, SyntaxError) and fault.offset:
        return f"it cannot be read at character {fault.offset}"
    return "it cannot be read"


def _check_shape(node: ast.AST) -> None:
    if isinstance(node, ast.operator | ast.cmpop | ast.unaryop) and type(node) in _OPERATORS:
        return
    if not isinstance(node, _SHAPES):
        raise ExpressionFault(f"an expression without {_spelt(node)}")
    if isinstance(node, ast.Constant) and not isinstance(node.value, _CONSTANT_TYPES):
        raise ExpressionFault("numbers and texts in an expression")
    if isinstance(node, ast.Call):
        _check_call(node)


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    known = FUNCTIONS[name][1:] if name in FUNCTIONS else ASKING.get(name)
    if known is None:
        raise ExpressionFault(f"one of the functions {', '.join(sorted((*FUNCTIONS, *ASKING)))}")
    if node.keywords or not known[0] <= len(node.args) <= known[1]:
        raise ExpressionFault(f"{known[0]}{f' to {known[1]}' * (known[1] > known[0])} values for {name}")


def _spelt(node: ast.AST) -> str:
    return {
        ast.Pow: "powers (**)",
        ast.Lambda: "lambda",
        ast.Dict: "mappings",
        ast.JoinedStr: "f-strings",
    }.get(type(node), type(node).__name__)


def _names_in(tree: ast.AST) -> Iterator[str]:
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in _CONSTANTS:
            yield node.id
