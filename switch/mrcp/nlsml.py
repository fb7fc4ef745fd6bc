"""What a recogniser understood: NLSML (RFC 6787 §6.3, §9.6). Any XML in: an understanding or an error."""

import json
from math import isnan
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from switch.mrcp.message import MrcpSyntaxError

TYPES = frozenset({"application/nlsml+xml", "application/x-nlsml"})
"""The second is what servers of before the standard say."""
_DEEPEST = 16
_PERCENT = 100.0


class Understanding(NamedTuple):
    """One interpretation of what was said."""

    text: str
    """What was heard, word by word."""
    interpretation: str
    """What it means to the grammar: the text of the instance, or JSON of its elements; empty when the
    grammar says nothing."""
    confidence: float
    """From 0 to 1."""


def read_nlsml(body: bytes) -> list[Understanding]:
    """The interpretations, the likeliest first; none when nothing matched. Raises MrcpSyntaxError."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as fault:
        raise MrcpSyntaxError(f"no NLSML: {fault}") from None
    if _name(root) != "result":
        raise MrcpSyntaxError(f"no NLSML: element {_name(root)[:40]!r}; expected result")
    found = [_read(child) for child in root if _name(child) == "interpretation"]
    return sorted(found, key=lambda understanding: -understanding.confidence)


def _read(interpretation: Element) -> Understanding:
    heard, instance = _child(interpretation, "input"), _child(interpretation, "instance")
    own = interpretation.get("confidence")
    confidence = own if own is not None or heard is None else heard.get("confidence")
    text = "" if heard is None else " ".join("".join(heard.itertext()).split())
    return Understanding(text, "" if instance is None else _meaning(instance), _confidence(confidence))


def _meaning(instance: Element) -> str:
    value = _value(instance, 0)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(element: Element, depth: int) -> Any:
    """Text, or values by the names of the elements; those that come again are a list."""
    if len(element) == 0:
        return (element.text or "").strip()
    if depth == _DEEPEST:
        raise MrcpSyntaxError(f"no NLSML: an instance more than {_DEEPEST} elements deep")
    values: dict[str, list[Any]] = {}
    for child in element:
        values.setdefault(_name(child), []).append(_value(child, depth + 1))
    return {name: each[0] if len(each) == 1 else each for name, each in values.items()}


def _confidence(text: str | None) -> float:
    """1 when it is not told. Servers of before the standard count in percent."""
    try:
        told = 1.0 if text is None else float(text)
    except ValueError:
        return 0.0
    if told > 1:
        told /= _PERCENT
    return min(max(told, 0.0), 1.0) if not isnan(told) else 0.0


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _name(element: Element) -> str:
    """Without its namespace, which servers get wrong; comments have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
