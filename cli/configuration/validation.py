"""Checks a TOML tree against the models that declare it, and tells every mistake in plain English.

Sections are checked one by one, list entries too, so that one wrong value does not hide another. What is
right is kept beside what is wrong, for the checks that read sections together.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from cli.configuration.expectations import (
    describe_type,
    expectation,
    is_octal,
    is_secret,
    item_type,
    model_type,
)
from cli.configuration.toml_tree import TomlTree
from cli.log import HIDDEN
from runtime.models import KeyMistake
from runtime.problems import KeyPath, Problem, closest, key_text, shorten

_URL_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


@dataclass(slots=True)
class Draft:
    """What a file holds so far: its good parts and its mistakes."""

    sections: dict[str, Any] = field(default_factory=dict)
    """Models by section; keys that were wrong have their defaults, entries beyond repair are left out."""
    positions: dict[str, list[int]] = field(default_factory=dict)
    """Where in the file's list each entry of a section stood."""
    problems: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)
    """Keys that must be there and are not; kept apart because a broken line may be the reason."""
    doubtful: set[str] = field(default_factory=set)
    """Sections that nothing, or not every entry, could be made of."""
    has_unknown_keys: bool = False
    """Nobody can tell whether their values are right."""

    @property
    def is_complete(self) -> bool:
        """Whether all was looked at, so that no more mistakes show once these are mended."""
        return not self.doubtful and not self.has_unknown_keys


def check_sections(model: type[BaseModel], tree: TomlTree, file: str) -> Draft:
    """Check a whole file against ``model``, each of whose fields is a section or a list of them."""
    return _Checker(tree, file).check(model)


def show(value: Any) -> str:
    """A value as the file might write it, shortened; tables only hinted at, as they may hold secrets."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "{ … }"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[ … ]"
    return show_text(json.dumps(value, ensure_ascii=False, default=str))


def show_text(text: str) -> str:
    """The same for a value as it stands in the file."""
    return shorten(_URL_PASSWORD.sub(r"\1:…@", text))


def public_names(model: type[BaseModel]) -> frozenset[str]:
    """Names of the keys, anywhere in a model, whose values may be shown."""
    names = {name for name, info in model.model_fields.items() if not is_secret(info)}
    inner = [model_type(info.annotation) for info in model.model_fields.values()]
    return frozenset(names.union(*(public_names(kind) for kind in inner if kind)))


class _Checker:
    def __init__(self, tree: TomlTree, file: str) -> None:
        self._tree = tree
        self._file = file
        self._draft = Draft()

    def check(self, model: type[BaseModel]) -> Draft:
        for name, value in self._tree.value.items():
            info = model.model_fields.get(name)
            kind = model_type(info.annotation) if info else None
            if info is None or kind is None:
                self._report((name,), _unknown_key(name, model.model_fields))
                self._draft.doubtful.add(closest(name, model.model_fields) or name)
            elif item_type(info.annotation) is None:
                self._check_section(name, kind, value)
            elif isinstance(value, list):
                self._check_entries(name, kind, value)
            else:
                self._report((name,), f"a list of tables, each beginning with [[{name}]]")
                self._draft.doubtful.add(name)
        return self._draft

    def _check_section(self, name: str, kind: type[BaseModel], value: Any) -> None:
        section = None
        if isinstance(value, dict):
            section = self._check_table((name,), kind, value)
        else:
            self._report((name,), f"a table beginning with [{name}]")
        if section is None:
            self._draft.doubtful.add(name)
        else:
            self._draft.sections[name] = section

    def _check_entries(self, name: str, kind: type[BaseModel], values: list[Any]) -> None:
        checked = [(i, self._check_table((name, i), kind, value)) for i, value in enumerate(values)]
        good = [(index, entry) for index, entry in checked if entry is not None]
        self._draft.positions[name] = [index for index, _ in good]
        self._draft.sections[name] = [entry for _, entry in good]
        if len(good) < len(checked):
            self._draft.doubtful.add(name)

    def _check_table(self, path: KeyPath, kind: type[BaseModel], value: Any) -> BaseModel | None:
        """Report what is wrong with a table; return what can be made of the rest.

        Keys are checked together only once each is right by itself, so the rest is checked without the wrong.
        A key that disagrees with another is told once, whichever of the two is then taken out.
        """
        try:
            return _validated(kind, value)
        except ValidationError as error:
            mistakes = error.errors(include_url=False)
        disagreeing = False
        while True:
            for mistake in mistakes if not disagreeing else ():
                self._report_mistake(path, kind, mistake)
            disagreeing = disagreeing or any(map(_is_disagreement, mistakes))
            wrong = {_location(mistake)[0] for mistake in mistakes if _location(mistake)}
            if not isinstance(value, dict) or not wrong & value.keys():
                return None
            value = {key: inner for key, inner in value.items() if key not in wrong}
            try:
                return _validated(kind, value)
            except ValidationError as error:
                # A key that was taken out is not missing, nor does the rest want it.
                complaints = (m for m in error.errors(include_url=False) if m["type"] == "value_error")
                mistakes = [mistake for mistake in complaints if _location(mistake)]

    def _report_mistake(self, path: KeyPath, kind: type[BaseModel], mistake: Mapping[str, Any]) -> None:
        place = _Place.find(kind, _location(mistake))
        where = (*path, *place.path)
        if mistake["type"] == "missing":
            text = f"this key, with {place.expectation()}"
            self._draft.missing.append(self._problem(where, "", text))
        elif mistake["type"] == "extra_forbidden":
            # A misspelt password is still a password.
            hidden = any(is_secret(info) for info in place.owner.model_fields.values())
            known = place.owner.model_fields
            self._draft.has_unknown_keys = True
            self._report(where, _unknown_key(str(place.path[-1]), known), hidden=hidden)
        elif mistake["type"] == "value_error":
            self._report(where, str(mistake["ctx"]["error"]), hidden=place.is_secret())
        else:
            self._report(where, place.expectation(), hidden=place.is_secret(), octal=place.is_octal())

    def _report(self, path: KeyPath, expected: str, *, hidden: bool = False, octal: bool = False) -> None:
        written = self._tree.get(path)
        value = HIDDEN if hidden else oct(written) if octal and isinstance(written, int) else show(written)
        self._draft.problems.append(self._problem(path, value, expected))

    def _problem(self, path: KeyPath, value: str, expected: str) -> Problem:
        return Problem(self._file, self._tree.line_of(path), key_text(path), value, expected)


@dataclass(frozen=True, slots=True)
class _Place:
    """The field that a mistake is about."""

    path: KeyPath
    owner: type[BaseModel]
    """The model in which the last key stands."""
    info: FieldInfo | None
    annotation: Any
    """Type of what stands there: the field's, or that of a list's items."""

    @classmethod
    def find(cls, kind: type[BaseModel], location: KeyPath) -> "_Place":
        """Follow a location of pydantic's as far as it names keys and list positions of ours."""
        owner, info = kind, None
        annotation: Any = kind
        path: KeyPath = ()
        for part in location:
            inner = model_type(annotation) if not isinstance(part, int) else None
            if inner is not None and isinstance(part, str):
                owner, info = inner, inner.model_fields.get(part)
                annotation = info.annotation if info else None
            elif isinstance(part, int) and item_type(annotation) is not None:
                annotation = item_type(annotation)
            else:
                break  # the name of one alternative of several types
            path = (*path, part)
        return cls(path, owner, info, annotation)

    def expectation(self) -> str:
        whole = self.info is not None and self.info.annotation is self.annotation
        return expectation(self.info) if self.info and whole else describe_type(self.annotation)

    def is_secret(self) -> bool:
        return self.info is not None and is_secret(self.info)

    def is_octal(self) -> bool:
        return self.info is not None and is_octal(self.info)


def _location(mistake: Mapping[str, Any]) -> KeyPath:
    """Where pydantic found the mistake, down to the key that a check of the whole section blames."""
    location: KeyPath = mistake["loc"]
    error = mistake.get("ctx", {}).get("error")
    return (*location, error.key) if isinstance(error, KeyMistake) else location


def _is_disagreement(mistake: Mapping[str, Any]) -> bool:
    return isinstance(mistake.get("ctx", {}).get("error"), KeyMistake)


def _validated(kind: type[BaseModel], value: Any) -> BaseModel:
    # JSON mode is strict about types ("5060" is no number) and yet takes paths and names of choices as text.
    return kind.model_validate_json(json.dumps(value, default=str), strict=True)


def _unknown_key(name: str, known: Mapping[str, FieldInfo]) -> str:
    meant = closest(name, known)
    if meant is not None:
        return f"a known key (did you mean {meant}?)"
    return f"one of the known keys: {', '.join(known)}"
