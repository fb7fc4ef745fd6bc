"""What reads the text of messages, in the core, and the classes it makes of it."""

from media._core import MessageReader
from switch.sip.errors import SipSyntaxError
from switch.sip.messages.message import Request, Response, TopVia

READER = MessageReader(request=Request, response=Response, top_via=TopVia, error=SipSyntaxError)
