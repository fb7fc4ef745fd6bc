"""The JSON Schema of flow documents, by which editors complete and check what is written.

    # yaml-language-server: $schema=flow.schema.json

It knows the form alone. That a node, prompt or queue exists is for ``ivr.check``.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ivr.document import Flow

DIALECT = GenerateJsonSchema.schema_dialect


def flow_schema() -> dict[str, Any]:
    """As JSON has it (draft 2020-12)."""
    schema = Flow.model_json_schema(by_alias=False)
    return {"$schema": DIALECT, "title": "Ringmain flow", **_tidied(schema)}


def _tidied(part: Any) -> Any:
    """Without the titles that repeat the keys, and without null, which nobody writes."""
    match part:
        case {"anyOf": [known, {"type": "null"}], **rest}:
            kept = {key: value for key, value in rest.items() if key not in ("default", "title")}
            return _tidied({**known, **kept})
        case dict():
            return {key: _tidied(value) for key, value in part.items() if not _is_noise(key, value)}
        case list():
            return [_tidied(value) for value in part]
    return part


def _is_noise(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)
