"""Sections of a configuration as TOML, for tests that write their own."""

import json
from collections.abc import Mapping


def section(header: str, **keys: object) -> str:
    """One section with its keys."""
    return "\n".join([header, *(f"{key} = {toml(value)}" for key, value in keys.items()), ""])


def toml(value: object) -> str:
    """JSON writes text, numbers and truth as TOML does, but not tables."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
