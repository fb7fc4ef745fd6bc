"""What must hold for any input, however hostile. Shared by the fuzz targets and the property tests."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from media.commands import Codec
from media.prompts import MAX_PROMPT_S, SAMPLE_RATE_HZ, load_prompts
from media.recordings.wav import RecordingError
from media.recordings.wav_file import mend
from switch.mrcp.message import MrcpSyntaxError, header, write_mrcp
from switch.mrcp.nlsml import read_nlsml
from switch.mrcp.parser import MessageStream, parse_mrcp
from switch.sdp.errors import NotAcceptable, SdpSyntaxError
from switch.sdp.offer_answer import LocalMedia, accept_answer, answer_offer, make_offer
from switch.sdp.parser import parse_sdp
from switch.sdp.writer import write_sdp
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.header_values import (
    parse_auth,
    parse_contacts,
    parse_cseq,
    parse_name_addr,
    parse_token_list,
    parse_via,
    split_values,
)
from switch.sip.messages.message import Headers, Message, Request
from switch.sip.messages.parser import parse_message
from switch.sip.messages.uri import parse_uri
from switch.sip.messages.writer import write_message

LOCAL = LocalMedia(host="192.0.2.10", port=40000, session_id=1, session_version=0, codecs=tuple(Codec))
OUR_OFFER = make_offer(LOCAL)
_Input = TypeVar("_Input")
_LONGEST_REWRITTEN = 8_000
"""Bytes. Long names make a message grow, and one at the parser's limits would cross them."""
_MOST_LINES = 256
"""The parser's limit. Content-Length may become one more."""


def check_sip_bytes(data: bytes) -> bool:
    """Read, rewrite and read again; True when it was a message. Raises on anything undocumented."""
    try:
        message = parse_message(data)
    except SipSyntaxError:
        return False
    _check_accessors(message.headers)
    lines = sum(len(values) for _, values in message.headers.items())
    if len(data) < _LONGEST_REWRITTEN and lines < _MOST_LINES:
        again = parse_message(write_message(message))
        assert _meaning(again) == _meaning(message)
        assert again.headers.get("content-length") == str(len(message.body))
    return True


def check_sdp_text(text: str) -> bool:
    """Read, rewrite and read again, answer it as an offer and take it as an answer."""
    try:
        description = parse_sdp(text)
    except SdpSyntaxError:
        return False
    assert parse_sdp(write_sdp(description)) == description
    _check_answering(text, len(description.media))
    _check_accepting(text)
    return True


def check_mrcp_bytes(data: bytes) -> bool:
    """Read a stream of messages of a speech server; True when one was found. None costs those before it."""
    stream = MessageStream()
    messages = stream.receive(data)
    for message in messages:
        known = message._replace(headers=())
        assert parse_mrcp(write_mrcp(known))[:-2] == known[:-2]
        assert header(message, "content-length") in ("", str(len(message.body)))
        _check_result(message.body)
    _check_result(data)
    return bool(messages)


def _check_result(body: bytes) -> None:
    try:
        understood = read_nlsml(body)
    except MrcpSyntaxError:
        return
    assert all(0 <= each.confidence <= 1 for each in understood)


def check_wav_bytes(data: bytes, path: Path) -> bool:
    """Mend a file of these bytes, twice; True when it was a recording. One that is none stays as it is."""
    path.write_bytes(data)
    try:
        wav = mend(path)
    except RecordingError:
        assert path.read_bytes() == data
        return False
    mended = path.read_bytes()
    assert wav.is_true
    assert mended[wav.data_at :] == data[wav.data_at : wav.data_at + wav.whole_bytes]
    assert mend(path) == wav
    assert path.read_bytes() == mended
    return True


def check_prompt_bytes(data: bytes, folder: Path) -> bool:
    """Whether bytes are a prompt. It is played in full, or there is a problem that names the file."""
    path = folder / "fuzzed.snd"
    path.write_bytes(data)
    with np.errstate(all="raise"):
        library, problems = load_prompts(folder)
    if problems:
        assert [problem.file for problem in problems] == [str(path)]
        assert not library.names
        return False
    narrow = library.samples("fuzzed")
    assert narrow.dtype == np.int16
    assert narrow.ndim == 1
    assert len(narrow) <= (MAX_PROMPT_S + 1) * SAMPLE_RATE_HZ
    wide = library.wide_samples("fuzzed")
    assert wide is None or abs(len(wide) - 2 * len(narrow)) <= 2
    return True


def _check_answering(offer: str, streams: int) -> None:
    try:
        answer, agreed = answer_offer(offer, LOCAL)
    except NotAcceptable:
        return
    answered = parse_sdp(answer).media
    assert len(answered) == streams
    assert [media.port for media in answered if media.port] == [LOCAL.port]
    assert 0 <= agreed.payload_type <= 127
    assert 10 <= agreed.ptime_ms <= 60


def _check_accepting(answer: str) -> None:
    try:
        agreed = accept_answer(OUR_OFFER, answer)
    except NotAcceptable:
        return
    assert agreed.codec in LOCAL.codecs
    assert 1 <= agreed.port <= 65535


def _meaning(message: Message) -> tuple[object, ...]:
    start = (
        (message.method, message.uri) if isinstance(message, Request) else (message.status, message.reason)
    )
    headers = [(name, values) for name, values in message.headers.items() if name != "content-length"]
    headers.sort(key=lambda header: header[0] != "via")  # it is written first, the others in their order
    return (start, headers, message.body)


def _check_accessors(headers: Headers) -> None:
    """Typed values are read or refused, and mean the same when written and read again."""
    for values in [values for _, values in headers.items()]:
        for read_list in (split_values, parse_contacts, parse_token_list):
            _read_or_refuse(read_list, values)
        for value in values:
            _check_value(value)


def _check_value(value: str) -> None:
    readers: tuple[Callable[[str], object], ...] = (parse_via, parse_name_addr, parse_uri, parse_cseq)
    for read in readers:
        parsed = _read_or_refuse(read, value)
        assert parsed is None or read(str(parsed)) == parsed
    _read_or_refuse(parse_auth, value)


def _read_or_refuse(read: Callable[[_Input], object], value: _Input) -> object | None:
    try:
        return read(value)
    except SipSyntaxError:
        return None
