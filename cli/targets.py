"""Whom people name where a call is to go: in few words, as they say it."""

import re

_OUTSIDE = re.compile(r"\+?\d{7,}|0\d+")


def target_of(text: str) -> str:
    """Who is meant: ``1002`` is an agent, ``13800138000`` a number, ``queue:sales`` is as it stands."""
    return _named(text, "agent")


def party_of(text: str) -> str:
    """Who is meant where a phone joins others, whoever sits there: ``1002`` is a station."""
    return _named(text, "station")


def _named(text: str, inside: str) -> str:
    if ":" in text:
        return text
    return f"number:{text}" if _OUTSIDE.fullmatch(text) else f"{inside}:{text}"
