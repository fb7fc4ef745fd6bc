"""The pieces of RFC 3261 §25.1 that several parsers share, as regular-expression text.

Every repetition is possessive: what was taken is never given back, so that matching takes time linear in the
length of the text, whatever a stranger sends. Of a class of characters it is written ``*+``, of a group by
``optional`` and ``repeated``.
"""

import re


def optional(group: str) -> str:
    """The group once or not at all, possessively.

    Not by ``(?:…)?+``: Python 3.11 before 3.11.5, as Debian 12 has it, goes on from where such a group failed
    instead of from where it began (CPython issue 106052).
    """
    return f"(?>(?:{group})?)"


def repeated(group: str) -> str:
    """The group any number of times, possessively; not by ``(?:…)*+``, as with ``optional``."""
    return f"(?>(?:{group})*)"


TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]++"
SPACE = r"[ \t]*+"
"""LWS on one line; folding is undone before any value is looked at (§7.3.1)."""
QUOTED = '"' + repeated(r'[^"\\]++|\\.') + '"'
_NAME = r'[^\s;=,"<>?@]++'
_VALUE = optional(rf'[^\s;,"<>]++|{QUOTED}')
_TOKEN = re.compile(TOKEN)
_PARAMETER = re.compile(rf";{SPACE}({_NAME}){SPACE}" + optional(f"={SPACE}({_VALUE}){SPACE}"), re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_NEEDS_ESCAPE = re.compile(r'(["\\])')

Parameters = tuple[tuple[str, str | None], ...]
"""``;name=value`` in order, names as written; the value of ``;name`` alone is None."""


def is_token(text: str) -> bool:
    """Whether ``text`` is a token: a method, a header name, an option tag."""
    return _TOKEN.fullmatch(text) is not None


def read_parameters(text: str) -> Parameters:
    """Split any number of ``;name=value`` or ``;name``. Quoted values keep their quotes."""
    if not text:
        return ()
    return tuple((found[1], found[2]) for found in _PARAMETER.finditer(text))


def write_parameters(parameters: Parameters) -> str:
    """The text that ``read_parameters`` reads."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in parameters)


def find_parameter(parameters: Parameters, name: str) -> str | None:
    """The value of the first parameter of that (lower-case) name: empty for a flag, None when absent."""
    for key, value in parameters:
        if key == name or key.lower() == name:
            return value or ""
    return None


def bracketed(host: str) -> str:
    """A host as it is written: IPv6 addresses in brackets (RFC 3261 §25.1 IPv6reference), once."""
    return f"[{host}]" if ":" in host and host[0] != "[" else host


def unbracketed(host: str) -> str:
    """A host as it is kept: without the brackets of an IPv6 reference."""
    return host[1:-1] if host[0] == "[" else host


def quote(text: str) -> str:
    """Text as a quoted-string. Line breaks cannot stand in one and become spaces."""
    plain = text.replace("\r", " ").replace("\n", " ")
    if '"' in plain or "\\" in plain:
        plain = _NEEDS_ESCAPE.sub(r"\\\1", plain)
    return f'"{plain}"'


def unquote(text: str) -> str:
    """What a quoted-string (with its quotes) means; any other text as it stands."""
    if text[:1] != '"':
        return text
    return _QUOTED_PAIR.sub(r"\1", text[1:-1]) if "\\" in text else text[1:-1]
