"""What a call asks of its agent: ``billing>=3 and lang:zh and not trainee``.

    requirement = term ("or" term)*
    term        = factor ("and" factor)*
    factor      = "not" factor | "(" requirement ")" | name [(">=" | ">" | "<=" | "<" | "==" | "!=") number]

A name alone asks for the skill or tag, at whatever level above 0. Who does not have one has it at level 0.
Every agent has the tag ``agent:<number>``; ``penalty`` is the agent's in the queue the call waits in.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from runtime.errors import UsageError

Qualities = Mapping[str, int]
"""Skill, tag or ``penalty`` → level."""
Test = Callable[[Qualities], bool]

PENALTY = "penalty"

_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_WORDS = frozenset(("and", "or", "not"))
_TOKEN = re.compile(r"\s*(?:(?P<sign>>=|<=|==|!=|>|<|\(|\))|(?P<word>[\w:.\-]+)|(?P<wrong>\S))")
_SPACED_SIGN = re.compile(r" (>=|<=|==|!=|>|<) ")
_KNOWN_AT_A_TIME = 4096
_MAX_DEPTH = 32
"""Of what somebody gives."""
_JOINED_DEPTH = _MAX_DEPTH + 1
"""Of several joined, each in brackets: whatever was taken can be joined."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A parsed requirement. Two of the same ``text`` ask for the same."""

    text: str
    """In one way of writing; empty when nothing is asked for."""
    is_met_by: Test = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False, repr=False)
    """The skills and tags it speaks of."""


def parse_requirement(text: str) -> Requirement:
    """Raises UsageError saying what is wrong, and where, in a text that is no requirement."""
    return _parse(" ".join(text.split()), _MAX_DEPTH)


def all_of(*texts: str) -> Requirement:
    """What is asked for by all of them together, each of which ``parse_requirement`` has taken."""
    asked = sorted({" ".join(text.split()) for text in texts} - {""})
    return parse_joined(asked[0] if len(asked) == 1 else " and ".join(f"({text})" for text in asked))


def parse_joined(text: str) -> Requirement:
    """The one whose text ``all_of`` made."""
    return _parse(text, _JOINED_DEPTH)


@lru_cache(maxsize=_KNOWN_AT_A_TIME)
def parts_of(text: str) -> tuple[Requirement, ...]:
    """What must all be met for a requirement to be: it is taken apart where it says and."""
    tokens = list(_tokens(text))
    while _is_bracketed(tokens):
        tokens = tokens[1:-1]
    terms = _split(tokens, "and")
    if len(terms) == 1 or len(_split(tokens, "or")) > 1:
        return (parse_joined(_written(tokens)),) if tokens else ()
    return tuple(part for term in terms for part in parts_of(_written(term)))


@lru_cache(maxsize=_KNOWN_AT_A_TIME)
def needed(text: str) -> str:
    """A skill or tag without which nobody meets it, by which to look for those who do; empty when none is."""
    for part in parts_of(text):
        if len(part.names) == 1 and not part.is_met_by({}):
            return next(iter(part.names))
    return ""


def _is_bracketed(tokens: list[str]) -> bool:
    """Whether one pair of brackets is around all of it."""
    depths = list(_depths(tokens))
    return len(tokens) > 1 and depths[-1] == 0 and 0 not in depths[:-1]


def _split(tokens: list[str], word: str) -> list[list[str]]:
    """At every ``word`` that stands in no brackets."""
    terms: list[list[str]] = [[]]
    for token, depth in zip(tokens, _depths(tokens), strict=True):
        if token == word and depth == 0:
            terms.append([])
        else:
            terms[-1].append(token)
    return terms


def _depths(tokens: list[str]) -> Iterator[int]:
    """How many brackets are open behind each token."""
    return accumulate((token == "(") - (token == ")") for token in tokens)


def _written(tokens: list[str]) -> str:
    """``billing>=3 and (en or zh)``, as people write it."""
    text = " ".join(tokens).replace("( ", "(").replace(" )", ")")
    return _SPACED_SIGN.sub(r"\1", text)


@lru_cache(maxsize=_KNOWN_AT_A_TIME)
def _parse(text: str, deepest: int) -> Requirement:
    if not text:
        return Requirement("", _anybody, frozenset())
    parser = _Parser(text, deepest)
    return Requirement(text, parser.whole(), frozenset(parser.names))


def _anybody(qualities: Qualities) -> bool:
    return True


class _Parser:
    """By recursive descent; each method takes what it is named for off the front of the tokens."""

    def __init__(self, text: str, deepest: int) -> None:
        self._text = text
        self._deepest = deepest
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        self.names: set[str] = set()

    def whole(self) -> Test:
        test = self._requirement()
        if self._peek() is not None:
            raise self._mistake("and, or, or the end")
        return test

    def _requirement(self) -> Test:
        tests = [self._term()]
        while self._take("or"):
            tests.append(self._term())
        return tests[0] if len(tests) == 1 else lambda has: any(test(has) for test in tests)

    def _term(self) -> Test:
        tests = [self._factor()]
        while self._take("and"):
            tests.append(self._factor())
        return tests[0] if len(tests) == 1 else lambda has: all(test(has) for test in tests)

    def _factor(self) -> Test:
        self._depth += 1
        if self._depth > self._deepest:
            raise self._mistake(f"at most {self._deepest} levels of not and brackets")
        test = (
            self._denied() if self._take("not") else self._bracketed() if self._take("(") else self._asked()
        )
        self._depth -= 1
        return test

    def _denied(self) -> Test:
        test = self._factor()
        return lambda has: not test(has)

    def _bracketed(self) -> Test:
        test = self._requirement()
        if not self._take(")"):
            raise self._mistake("a closing bracket")
        return test

    def _asked(self) -> Test:
        name = self._peek()
        if name is None or name in _WORDS or name in _COMPARISONS or name in "()":
            raise self._mistake("a skill or tag")
        self._next += 1
        self.names.add(name)
        compare = _COMPARISONS.get(self._peek() or "")
        if compare is None:
            return lambda has: has.get(name, 0) > 0
        self._next += 1
        level = self._level()
        return lambda has: compare(has.get(name, 0), level)

    def _level(self) -> int:
        number = self._peek()
        if number is None or not (number.isascii() and number.isdigit()):
            raise self._mistake("a level, such as 3")
        self._next += 1
        return int(number)

    def _peek(self) -> str | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, token: str) -> bool:
        found = self._peek() == token
        self._next += found
        return found

    def _mistake(self, expected: str) -> UsageError:
        found = self._peek()
        place = "at its end" if found is None else f"at {found!r} (word {self._next + 1})"
        return UsageError(f"the requirement {self._text!r} needs {expected} {place}")


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        if match["wrong"]:
            raise UsageError(
                f"the requirement {text!r} has {match['wrong']!r}; "
                "it takes names, levels, and, or, not, brackets and >= > <= < == !="
            )
        yield match["sign"] or match["word"]
