"""From a message to the bytes of a datagram."""

from media import _core
from switch.sip.messages.message import Message, Request


def write_message(message: Message) -> bytes:
    """The message as it goes on the wire: long names, Content-Length last and counted from the body.

    Line breaks inside a value cannot start a header of their own: they become spaces.
    """
    if isinstance(message, Request):
        start_line = f"{message.method} {message.uri} SIP/2.0"
    else:
        start_line = f"SIP/2.0 {message.status} {message.reason}"
    return _core.write_message(start_line, message.headers, message.body)
