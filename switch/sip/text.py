"""Text from SIP messages made fit for events."""


def printable(text: str) -> str:
    """Header text in which bytes that are not UTF-8 became U+FFFD, so that it can be encoded."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def body_text(body: bytes) -> str | None:
    """A session description as text; None when there is no body."""
    return body.decode("utf-8", "replace") if body else None
