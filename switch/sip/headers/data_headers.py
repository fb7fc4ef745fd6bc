"""Headers in which calls bring call data (随路数据) and take them along, as trunks and stations agreed.

data_headers = { User-to-User = "order_no", X-Customer-Level = "level" }
"""

import json
import re
from collections.abc import Mapping

from runtime.contact_data import Data, DataValue, problem_of
from switch.sip.headers.user_to_user import read_user_to_user, write_user_to_user
from switch.sip.legs.branches import HeaderFields
from switch.sip.messages.text import printable

USER_TO_USER = "user-to-user"
LONGEST_BYTES = 256
"""Of a value; a longer one is neither read nor written, as half of it would say something else."""
_NAMES = re.compile(r"user-to-user|x-[a-z0-9-]{1,60}", re.IGNORECASE)

DataHeaders = Mapping[str, str]
"""Header, in lower case → name of the call data."""


def check_data_headers(value: dict[str, str]) -> dict[str, str]:
    """Of a section of the configuration. Raises ValueError."""
    for header, name in value.items():
        if not _NAMES.fullmatch(header):
            raise ValueError(f"User-to-User or a header that begins with X-, not {header!r}")
        if problem_of({name: ""}):
            raise ValueError(f"a name of call data for {header}, of 1 to 64 printable characters")
    if len({header.lower() for header in value}) < len(value):
        raise ValueError("each header once")
    return value


def read_data(headers: DataHeaders, fields: HeaderFields) -> Data:
    """What a peer told in its headers; of several values the first that can be call data."""
    data: Data = {}
    for header, value in fields:
        text = _line(read_user_to_user(value) if header == USER_TO_USER else value)
        if text and header in headers:
            data.setdefault(headers[header], text)
    return data


def write_data(headers: DataHeaders, data: Mapping[str, DataValue]) -> list[tuple[str, str]]:
    """The same for a peer, of the data that are there; what is no text as JSON spells it."""
    written = []
    for header, name in headers.items():
        value = data.get(name, "")
        text = _line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        if text:
            written.append((header, write_user_to_user(text) if header == USER_TO_USER else text))
    return written


def lowered(headers: Mapping[str, str]) -> DataHeaders:
    """As ``read_data`` and ``write_data`` want them."""
    return {header.lower(): name for header, name in headers.items()}


def _line(text: str) -> str:
    """In one line, fit for both ways; empty when it is too long."""
    is_short = len(text.encode("utf-8", "surrogateescape")) <= LONGEST_BYTES
    return " ".join(printable(text).split()) if is_short else ""
