"""A make's templates, filled in for one station. Reads the templates; writes nothing.

A make is a folder below ``[provisioning] templates``; whatever is in it becomes a file of each station, with
the station's name for ``station`` in its path. Values are escaped for XML in files that end in ``.xml``; in
others the filters ``on_line`` and ``parameter`` refuse what would break out of its place. A file has the line
ends of its template. ``fingerprint`` is another for each other text, for phones that take a file only then.
"""

from dataclasses import fields
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from runtime.errors import UsageError
from runtime.problems import listed
from switch.provisioning.facts import StationFacts

_OWN_NAME = "station"
_FINGERPRINT = "fingerprint"
_DIGITS = 10
_CRLF = "\r\n"


class _NotHeld(Exception):
    """A value would break out of its place. Raised by filters."""

    def __init__(self, value: object, why: str) -> None:
        super().__init__(why)
        self.value = value


def makes(folder: Path) -> list[str]:
    """The makes there are templates for. Raises UsageError when there is no such folder."""
    if not folder.is_dir():
        raise UsageError(f"there are no templates of phones in {folder}; [provisioning] templates says where")
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def render(folder: Path, make: str, facts: StationFacts) -> dict[str, str]:
    """The station's files, by their paths. Raises UsageError for what no file of the make can hold."""
    known = makes(folder)
    if make not in known:
        raise UsageError(f"there are no templates for {make!r}; there are some for {listed(known)}")
    if facts.station in (".", ".."):
        raise UsageError(f"{facts.station} cannot be the name of a file")
    environment = _environment(folder / make)
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {
        name.replace(_OWN_NAME, facts.station, 1): _with_ends_of(
            folder / make / name, _filled(environment, make, name, values)
        )
        for name in environment.list_templates()
    }


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".xml"),
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"on_line": _on_line, "parameter": _parameter}
    return environment


def _filled(environment: Environment, make: str, name: str, values: dict[str, object]) -> str:
    try:
        template = environment.get_template(name)
        text = template.render(values | {_FINGERPRINT: ""})
        return template.render(values | {_FINGERPRINT: _fingerprint(text)})
    except TemplateError as error:
        raise UsageError(f"the template {make}/{name} cannot be filled in: {error}") from error
    except _NotHeld as error:  # told by its name: it may be the password
        what = " or ".join(key for key, value in values.items() if value == error.value) or "a value"
        told = f"station {values['station']}: {what} cannot be written into {make}/{name}: it has {error}"
        raise UsageError(told) from None


def _with_ends_of(template: Path, text: str) -> str:
    return text.replace("\n", _CRLF) if _CRLF.encode() in template.read_bytes() else text


def _fingerprint(text: str) -> str:
    return f"{int.from_bytes(sha256(text.encode()).digest()) % 10**_DIGITS:0{_DIGITS}}"


def encoded(path: str, text: str) -> bytes:
    """A file as phones read it: Windows never takes a file of settings for UTF-8."""
    return text.encode("utf-16") if path.endswith(".ini") else text.encode("utf-8")


def _on_line(value: object) -> str:
    """The rest of a line, as ``key = value`` has it."""
    text = str(value)
    if text != text.strip() or not text.isprintable():
        raise _NotHeld(value, "spaces at its ends, or controls")
    return text


def _parameter(value: object) -> str:
    """A parameter of a line that ``;`` divides."""
    text = _on_line(value)
    if set(text) & set(';"<>, %\\'):
        raise _NotHeld(value, 'a space or one of ; " < > , % \\')
    return text
