"""The small language in which numbers are described and rewritten.

    0772.             begins with 0772, then at least one more character
    1XXXXXXXXXX       a mobile number: 1 and ten digits
    [2-8]XXXXXX       seven digits, the first from 2 to 8
    +86. => 0.        a rule: what follows +86, with a 0 before it

Digits, letters in lower case, ``+``, ``*``, ``#``, ``-`` and ``_`` stand for themselves, ``X`` for any digit,
``Z`` for 1 to 9, ``N`` for 2 to 9, ``[2-8]`` for one character of those, and a dot at the end for whatever
follows, at least one character. In the new form of a rule each ``X`` and the dot stand for what they matched.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import contains
from typing import NamedTuple

_DIGITS = "0123456789"
_CLASSES = {"X": _DIGITS, "Z": _DIGITS[1:], "N": _DIGITS[2:]}
_LITERALS = frozenset(_DIGITS + "+*#-_abcdefghijklmnopqrstuvwxyz")
_ELEMENT = re.compile(r"\[([0-9](?:-[0-9])?(?:[0-9](?:-[0-9])?)*)\]|(.)")
_RANGE = re.compile(r"([0-9])(?:-([0-9]))?")
_ARROW = "=>"
_REST = "."


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a number must look like."""

    prefix: str
    """The characters that stand for themselves, from the beginning to the first that does not."""
    elements: tuple[str, ...]
    """For each further character those that are right there; one alone stands for itself."""
    open_end: bool
    """Whether more must follow."""

    def fits(self, number: str) -> bool:
        """Whether a number looks so."""
        start = len(self.prefix)
        end = start + len(self.elements)
        if len(number) <= end if self.open_end else len(number) != end:
            return False
        return number.startswith(self.prefix) and all(map(contains, self.elements, number[start:end]))

    def match(self, number: str) -> "Match | None":
        """What the placeholders stand for in this number, or None when it does not fit."""
        if not self.fits(number):
            return None
        start = len(self.prefix)
        end = start + len(self.elements)
        middle = number[start:end]
        digits = [c for c, right in zip(middle, self.elements, strict=True) if len(right) > 1]
        return Match(digits, number[end:])

    @property
    def digits(self) -> int:
        """How many placeholders for one digit it has."""
        return sum(len(right) > 1 for right in self.elements)

    @property
    def precision(self) -> tuple[int, int, bool]:
        """Of several patterns that fit a number the one that says most about it is the largest."""
        return len(self.prefix), len(self.elements), not self.open_end


class Match(NamedTuple):
    """What a pattern's placeholders stand for."""

    digits: Sequence[str]
    rest: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, and the form that numbers like it are given."""

    pattern: Pattern
    form: str

    def rewrite(self, number: str) -> str | None:
        """The new form, or None when the rule does not fit."""
        match = self.pattern.match(number)
        if match is None:
            return None
        digits = iter(match.digits)
        return "".join(next(digits) if c in _CLASSES else match.rest if c == _REST else c for c in self.form)


def parse_pattern(text: str) -> Pattern:
    """Read a pattern. Raises ValueError with a sentence about what is wrong."""
    body, open_end = (text[:-1], True) if text.endswith(_REST) else (text, False)
    elements = [_element(found) for found in _ELEMENT.finditer(body)]
    if not elements and not open_end:
        raise ValueError('a pattern such as "0772." or "1XXXXXXXXXX"')
    literals = next((i for i, right in enumerate(elements) if len(right) > 1), len(elements))
    return Pattern("".join(elements[:literals]), tuple(elements[literals:]), open_end)


def parse_rule(text: str) -> Rule:
    """Read a rule. Raises ValueError with a sentence about what is wrong."""
    left, arrow, right = (part.strip() for part in text.partition(_ARROW))
    if not arrow:
        raise ValueError('a rule such as "+86. => 0."')
    pattern = parse_pattern(left)
    _check_form(right, pattern)
    return Rule(pattern, right)


def rewrite(number: str, rules: Iterable[Rule]) -> str:
    """The number in the form of the first rule that fits; unchanged when none does."""
    for rule in rules:
        written = rule.rewrite(number)
        if written is not None:
            return written
    return number


def _element(found: re.Match[str]) -> str:
    choice, character = found.groups()
    if choice:
        return "".join(map(_choice, _RANGE.finditer(choice)))
    if character in _CLASSES:
        return _CLASSES[character]
    if character not in _LITERALS:
        raise ValueError(
            f"digits, lower-case letters, + * # - _ X Z N [ ] and a dot at the end; not {character!r}"
        )
    return character


def _choice(found: re.Match[str]) -> str:
    first, last = found[1], found[2] or found[1]
    if first > last:
        raise ValueError(f"a range that rises, not {first}-{last}")
    return _DIGITS[int(first) : int(last) + 1]


def _check_form(form: str, pattern: Pattern) -> None:
    placeholders = sum(character in _CLASSES for character in form)
    if placeholders not in (0, pattern.digits):
        raise ValueError(f"a form with {pattern.digits} placeholders as before the {_ARROW}, or none")
    if form.count(_REST) > pattern.open_end:
        raise ValueError(f"a form without a dot, as there is none before the {_ARROW}, or with one")
    wrong = next((c for c in form if c not in _LITERALS and c not in _CLASSES and c != _REST), None)
    if wrong is not None:
        raise ValueError(f"a form of digits, lower-case letters, + * # - _, X and a dot; not {wrong!r}")
