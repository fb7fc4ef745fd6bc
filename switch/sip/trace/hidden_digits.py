"""Keys that stand in INFO requests, hidden wherever messages are shown or kept: they may be of a card number.

Hidden whether a mask is on or not, as a message may come late or be sent again; ``leg.digit_received`` tells
those keys that may be told.
"""

import re

_INFO = b"INFO "
_BODY = b"\r\n\r\n"
_KEPT = re.compile(rb"(?i)^[ \t]*duration[ \t]*=.*$")
_NAMED = re.compile(rb"(?i)^([ \t]*signal[ \t]*=)(.*)$")
_SHOWN = re.compile(rb"[^\s]")


def hide_digits(message: bytes) -> bytes:
    """An INFO with an x for each character of its body that may tell a key, as long as it was."""
    if not message.startswith(_INFO):
        return message
    head, blank, body = message.partition(_BODY)
    return head + blank + b"\n".join(_hidden(line) for line in body.split(b"\n"))


def _hidden(line: bytes) -> bytes:
    if _KEPT.match(line.rstrip(b"\r")):
        return line
    named = _NAMED.match(line)
    name, value = named.groups() if named else (b"", line)
    return name + _SHOWN.sub(b"x", value)
