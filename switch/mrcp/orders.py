"""What a speech server is asked for, and the requests that ask for it (RFC 6787 §8.6, §9.8 f.)."""

import re
from xml.sax.saxutils import escape, quoteattr

from runtime.errors import UsageError
from runtime.vocabulary import plain_data
from switch.mrcp.message import CHANNEL, CONTENT_TYPE, Headers, MrcpRequest

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_INLINE_TYPES = (
    ("<", "application/srgs+xml"),
    ("#ABNF", "application/srgs"),
    ("#JSGF", "application/x-jsgf"),
)
_URI_LIST = "text/uri-list"
_SSML = "application/ssml+xml"
_REGIONS = {"zh": "zh-CN", "en": "en-US"}
"""What servers want to hear of a language that a flow names by itself."""


@plain_data
class SpeakOrder:
    """A text that is to be said."""

    text: str
    """Plain, or a whole document of SSML, which begins with ``<``."""
    language: str
    """Such as ``zh`` or ``en-GB``; empty: as the server is set up."""
    voice: str = ""
    """As the server calls it; empty for its usual one."""


@plain_data
class RecogniseOrder:
    """Something a caller is to say."""

    grammars: tuple[str, ...]
    """Each a URI such as ``builtin:speech/transcribe``, or a whole grammar: SRGS in XML or ABNF, or JSGF."""
    language: str
    no_input_ms: int
    """How long nothing may be said."""
    longest_ms: int
    """How long may be spoken."""
    silence_ms: int
    """After so long a pause the caller is done."""
    confidence: float
    """What is less certain than this is no match; from 0 to 1."""


def check_grammar(grammar: str) -> str:
    """The grammar itself. Raises ValueError when it is neither a URI nor a kind of grammar that is known."""
    if _inline_type(grammar) or _URI.fullmatch(grammar):
        return grammar
    known = ", ".join(beginning for beginning, _ in _INLINE_TYPES)
    raise ValueError(
        f"{grammar[:40]!r} is no grammar; expected a URI such as builtin:speech/transcribe, "
        f"or a text that begins with one of {known}"
    )


def speak(order: SpeakOrder, channel_id: str, request_id: int) -> MrcpRequest:
    """SPEAK. A plain text goes as SSML, too, since that tells its encoding and its language."""
    headers: Headers = ((CHANNEL, channel_id), ("Kill-On-Barge-In", "true"))
    if order.voice:
        headers += (("Voice-Name", order.voice),)
    if order.language:
        headers += (("Speech-Language", language_tag(order.language)),)
    body = order.text if is_markup(order.text) else _as_ssml(order)
    return MrcpRequest("SPEAK", request_id, (*headers, (CONTENT_TYPE, _SSML)), body.encode())


def grammars_to_define(order: RecogniseOrder) -> tuple[str, ...]:
    """Whole grammars that a RECOGNIZE can only name: all, unless there is but one."""
    if len(order.grammars) == 1:
        return ()
    return tuple(grammar for grammar in order.grammars if _inline_type(grammar))


def define_grammar(grammar: str, position: int, channel_id: str, request_id: int) -> MrcpRequest:
    """DEFINE-GRAMMAR, so that RECOGNIZE can name a grammar by its position."""
    headers = (
        (CHANNEL, channel_id),
        (CONTENT_TYPE, _inline_type(grammar)),
        ("Content-ID", f"<{_name(position)}>"),
    )
    return MrcpRequest("DEFINE-GRAMMAR", request_id, headers, grammar.encode())


def recognize(order: RecogniseOrder, channel_id: str, request_id: int, *, timers_run: bool) -> MrcpRequest:
    """RECOGNIZE. ``timers_run``: whether ``no_input_ms`` counts from now on."""
    headers: Headers = (
        (CHANNEL, channel_id),
        ("Cancel-If-Queue", "false"),
        ("Start-Input-Timers", "true" if timers_run else "false"),
        ("No-Input-Timeout", str(order.no_input_ms)),
        ("Recognition-Timeout", str(order.longest_ms)),
        ("Speech-Complete-Timeout", str(order.silence_ms)),
        ("Confidence-Threshold", f"{order.confidence:.2f}"),
        ("N-Best-List-Length", "1"),
    )
    if order.language:
        headers += (("Speech-Language", language_tag(order.language)),)
    kind, body = _grammars(order)
    return MrcpRequest("RECOGNIZE", request_id, (*headers, *kind), body.encode())


def _grammars(order: RecogniseOrder) -> tuple[Headers, str]:
    first = order.grammars[0]
    if len(order.grammars) == 1 and (inline := _inline_type(first)):
        return ((CONTENT_TYPE, inline), ("Content-ID", f"<{_name(0)}>")), first
    defined = {grammar: place for place, grammar in enumerate(grammars_to_define(order))}
    uris = [
        f"session:{_name(defined[grammar])}" if grammar in defined else grammar for grammar in order.grammars
    ]
    return ((CONTENT_TYPE, _URI_LIST),), "".join(f"{uri}\r\n" for uri in uris)


def plain_request(method: str, channel_id: str, request_id: int) -> MrcpRequest:
    """STOP, BARGE-IN-OCCURRED, START-INPUT-TIMERS: they need to say nothing but whom they are for."""
    return MrcpRequest(method, request_id, ((CHANNEL, channel_id),))


def is_markup(text: str) -> bool:
    """Whether a text is SSML already."""
    return text.lstrip().startswith("<")


def language_tag(language: str) -> str:
    """With its region where only the language was told (BCP 47)."""
    return _REGIONS.get(language.lower(), language)


def check_line(value: str, name: str) -> None:
    """Raises UsageError for what would not fit on one line of a message."""
    if not value.isprintable():
        raise UsageError(f"{name} is {value[:40]!r}; expected a text on one line")


def _as_ssml(order: SpeakOrder) -> str:
    language = quoteattr(language_tag(order.language or "zh"))
    text = escape(_NOT_IN_XML.sub(" ", order.text))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" '
        f"xml:lang={language}>{text}</speak>"
    )


def _inline_type(grammar: str) -> str:
    """Its media type; empty for a URI."""
    text = grammar.lstrip()
    return next((kind for beginning, kind in _INLINE_TYPES if text.startswith(beginning)), "")


def _name(position: int) -> str:
    return f"grammar-{position + 1}@ringmain"
