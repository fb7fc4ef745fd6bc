"""Texts with values in them: ``您的余额是{余额}元``. Two braces stand for one that is meant: ``{{``."""

from collections.abc import Callable, Iterator

from ivr.expressions import Expression, ExpressionFault, Value, as_text

LONGEST = 2000
"""Characters of a text in a document."""


class Text:
    """Words and expressions by turns, parsed. Two of the same text are equal."""

    __slots__ = ("_parts", "text")

    def __init__(self, text: str) -> None:
        """Raises ExpressionFault for braces that do not match, or hold no expression."""
        if len(text) > LONGEST:
            raise ExpressionFault(f"at most {LONGEST} characters")
        self.text = text
        self._parts = tuple(_parts(text))

    @property
    def names(self) -> frozenset[str]:
        """The variables and facts it takes values from."""
        return frozenset().union(*(part.names for part in self._parts if isinstance(part, Expression)))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(part for part in self._parts if isinstance(part, Expression))

    @property
    def is_fixed(self) -> bool:
        """Whether it is always the same words."""
        return not self.expressions

    def filled(self, value_of: Callable[[Expression], Value]) -> str:
        """The text with its values. What ``value_of`` raises goes through."""
        return "".join(
            as_text(value_of(part)) if isinstance(part, Expression) else part for part in self._parts
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Text({self.text!r})"

    def __str__(self) -> str:
        return self.text


def _parts(text: str) -> Iterator[str | Expression]:
    rest = text
    while rest:
        words, brace, rest = _up_to_brace(rest)
        if words:
            yield words
        if brace == "{":
            inside, closing, rest = rest.partition("}")
            if not closing:
                raise ExpressionFault("a } for each {; a brace that is meant is written twice")
            yield Expression(inside)


def _up_to_brace(text: str) -> tuple[str, str, str]:
    """The words before the next ``{`` that opens an expression, that brace, and what follows it."""
    words, at = [], 0
    while at < len(text):
        pair = text[at : at + 2]
        if pair in ("{{", "}}"):
            words.append(pair[0])
            at += 2
        elif text[at] == "{":
            return "".join(words), "{", text[at + 1 :]
        elif text[at] == "}":
            raise ExpressionFault("a { for each }; a brace that is meant is written twice")
        else:
            words.append(text[at])
            at += 1
    return "".join(words), "", ""
