"""Which messages belong to a call: those of its Call-IDs, and those that share its Session-ID (RFC 7989)."""

import re

from switch.sip.errors import SipSyntaxError
from switch.sip.messages.parser import parse_message

_UUID = re.compile(r"[0-9a-f]{32}")
_NIL = "0" * 32


class Conversation:
    """Grows with the messages it recognises: a leg's first request names the session of the leg before it."""

    def __init__(self, sip_call_id: str) -> None:
        self._sip_call_ids = {sip_call_id}
        self._session_ids: set[str] = set()

    def has(self, data: bytes) -> bool:
        """Whether a message belongs to it. What cannot be read belongs to no call."""
        try:
            headers = parse_message(data).headers
        except SipSyntaxError:
            return False
        sip_call_id = headers.get("call-id") or ""
        session_ids = set(_UUID.findall((headers.get("session-id") or "").lower())) - {_NIL}
        if sip_call_id not in self._sip_call_ids and not session_ids & self._session_ids:
            return False
        self._sip_call_ids.add(sip_call_id)
        self._session_ids |= session_ids
        return True
