"""What pydantic makes of types, as people would have written it."""

from typing import Any

Schema = dict[str, Any]


def tidied(part: Any) -> Any:
    """Without the titles that repeat the keys; ``{"type": ["string", "null"]}`` for what may be null."""
    match part:
        case {"anyOf": [*choices], **rest} if all(set(choice) == {"type"} for choice in choices):
            return {"type": [choice["type"] for choice in choices], **tidied(rest)}
        case dict():
            return {key: tidied(value) for key, value in part.items() if not _is_noise(key, value)}
        case list():
            return [tidied(value) for value in part]
    return part


def inlined(part: Any, shared: Schema) -> Any:
    """With what several share in place of the references to it."""
    match part:
        case {"$ref": str(reference), **rest}:
            return {**inlined(shared[reference.rpartition("/")[2]], shared), **rest}
        case dict():
            return {key: inlined(value, shared) for key, value in part.items()}
        case list():
            return [inlined(value, shared) for value in part]
    return part


def _is_noise(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)
