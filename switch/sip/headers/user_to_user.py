"""Texts in User-to-User (RFC 7433): written in hexadecimal digits of UTF-8, read in those or as they are."""

_HEX = "hex"


def write_user_to_user(text: str) -> str:
    """A value that every network passes on unchanged."""
    return f"{text.encode().hex()};encoding={_HEX}"


def read_user_to_user(value: str) -> str:
    """The text, or the digits themselves where they are none of UTF-8; empty where nothing is told."""
    told, *params = (part.strip() for part in value.split(";"))
    told = told.strip('"')
    encodings = [param.partition("=")[2].strip(' "').lower() for param in params if _is_encoding(param)]
    if encodings and encodings[0] != _HEX:
        return told
    try:
        return bytes.fromhex(told).decode()
    except ValueError:
        return told


def _is_encoding(param: str) -> bool:
    return param.partition("=")[0].strip().lower() == "encoding"
