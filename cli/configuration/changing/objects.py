"""What stands in a configuration's file: tables, and objects that have a name, such as agent 1001."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cache
from typing import Any

from pydantic import BaseModel

from cli.configuration.expectations import is_secret, item_type, model_type
from cli.configuration.sections import Configuration, TenantFile
from cli.log import HIDDEN

_NAMING_KEYS = ("id", "number", "name", "numbers")
"""The first of these that a section's entries must have tells them apart."""


@cache
def naming_key(file: type[BaseModel], section: str) -> str | None:
    """The key that tells the entries of a list of sections apart; None for a table, and for no section."""
    info = file.model_fields.get(section)
    kind = model_type(info.annotation) if info else None
    if info is None or kind is None or item_type(info.annotation) is None:
        return None
    fields = kind.model_fields
    return next((key for key in _NAMING_KEYS if key in fields and fields[key].is_required()), None)


@cache
def is_table(file: type[BaseModel], section: str) -> bool:
    """Whether a section stands in a file once, such as ``[acd]``."""
    info = file.model_fields.get(section)
    return info is not None and item_type(info.annotation) is None and model_type(info.annotation) is not None


def name_of(entry: Mapping[str, Any], key: str) -> str:
    """What an entry is called; several numbers are one name."""
    value = entry.get(key, "")
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def objects_of(file: type[BaseModel], value: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Section, name and keys of all that stands in a file; the name of a table is empty."""
    for section, content in value.items():
        key = naming_key(file, section)
        if key is not None and isinstance(content, list):
            yield from ((section, name_of(entry, key), entry) for entry in content if isinstance(entry, dict))
        elif isinstance(content, dict):
            yield section, "", content


def model_of(file: type[BaseModel], section: str) -> type[BaseModel] | None:
    """What the keys of a section must fit."""
    info = file.model_fields.get(section)
    return model_type(info.annotation) if info else None


def masked(kind: type[BaseModel] | None, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Keys as they may be shown: what is secret, or known to nobody, is hidden."""
    return {key: masked_key(kind, key, value) for key, value in keys.items()}


def masked_key(kind: type[BaseModel] | None, key: str, value: Any) -> Any:
    """The value of one key as it may be shown."""
    info = kind.model_fields.get(key) if kind else None
    if info is None or is_secret(info):
        return HIDDEN
    inner = model_type(info.annotation)
    if inner is not None and isinstance(value, dict):
        return masked(inner, value)
    if inner is not None and isinstance(value, list):
        return [masked(inner, item) if isinstance(item, dict) else item for item in value]
    return value.isoformat() if isinstance(value, date | time) else value  # no program's format has moments


def file_model(tenant: str) -> type[BaseModel]:
    """What the file of a tenant, or of the house, may hold."""
    return TenantFile if tenant else Configuration
