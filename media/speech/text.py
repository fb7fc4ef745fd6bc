"""What is said, reduced to what makes a difference; and the names of prompts made of it."""

import hashlib
import unicodedata
from collections.abc import Mapping

PREFIX = "speech:"
_FORM = "2"
"""Of the sound that is kept; another when it is treated otherwise."""


def readable(text: str) -> str:
    """A text without what is not read aloud: control characters, surrogates and space are one space each."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def speech_prompt(*, engine: str, voice: str, language: str, text: str) -> str:
    """The prompt's name. ``engine`` tells all by which it speaks otherwise than another one."""
    digest = hashlib.sha256("\0".join((_FORM, engine, voice, language, text)).encode())
    return f"{PREFIX}{digest.hexdigest()[:32]}"


def voice_for(voices: Mapping[str, str], language: str, voice: str) -> str | None:
    """What an engine calls the voice to take: the one named, else the language's (``zh-TW``, then ``zh``)."""
    tags = language.replace("_", "-").split("-")
    names = (voice, *("-".join(tags[:length]) for length in range(len(tags), 0, -1)))
    return next((voices[name] for name in names if name in voices), None)
