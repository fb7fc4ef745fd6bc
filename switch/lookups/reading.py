"""Reading an answer: JSON in the encodings that are met, and nothing beyond its bound. Pure."""

from typing import Any

import orjson

from switch.lookups.answers import Answered, Failed, Outcome, Reason, reason_of_status

_CHINESE = frozenset({"gbk", "gb2312", "gb18030", "cp936", "x-gbk"})
"""GB 18030 contains the others. All else is taken for UTF-8, as RFC 8259 §8.1 has it."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_answer(status: int, charset: str | None, body: bytes) -> Outcome:
    """What came, whole. ``charset`` is that of Content-Type."""
    if not 200 <= status < 300:
        return Failed(reason_of_status(status))
    if not body.strip():
        return Answered(status, None)
    try:
        return Answered(status, _value(body, (charset or "").lower()))
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        return Failed(Reason.NOT_JSON, f"an answer of {len(body)} bytes is not JSON")


def _value(body: bytes, charset: str) -> Any:
    if charset in _CHINESE:
        return orjson.loads(body.decode("gb18030"))
    return orjson.loads(body.removeprefix(_BYTE_ORDER_MARK))
