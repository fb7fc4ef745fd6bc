import pytest

from switch.sdp.secrets import hide_keys, without_keys
from switch.sip.events import LegAnswered

KEY = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
SDP = f"m=audio 6000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4\r\na=sendrecv\r\n"


def test_every_key_of_a_message_is_hidden_and_its_length_kept() -> None:
    message = (SDP + SDP).encode()
    hidden = hide_keys(message)
    assert KEY.encode() not in hidden
    assert len(hidden) == len(message)
    assert hidden.count(b"inline:xxx") == 2
    assert hidden.endswith(b"xxx|2^20|1:4\r\na=sendrecv\r\n")


def test_messages_and_events_without_keys_stay_themselves() -> None:
    message = b"m=audio 6000 RTP/AVP 8\r\n"
    assert hide_keys(message) is message
    event = LegAnswered(leg_id="leg", sdp=message.decode())
    assert without_keys(event) is event


def test_an_event_is_shown_without_its_keys_and_keeps_them_for_whom_it_is() -> None:
    event = LegAnswered(leg_id="leg", sdp=SDP)
    shown = without_keys(event)
    assert KEY not in shown.sdp
    assert shown.leg_id == "leg"
    assert KEY in event.sdp


@pytest.mark.parametrize(
    "line",
    [
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4;inline:{KEY}|2^20|2:4",
        f"a=crypto:2 AES_CM_128_HMAC_SHA1_80 {'UNUSUAL ' * 40}inline:{KEY}",
        f"A=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 INLINE:{KEY}",
        f"a=ice-pwd:{KEY}",
    ],
    ids=["two keys", "far behind", "in capitals", "password of ICE"],
)
def test_no_way_of_writing_a_key_shows_it(line: str) -> None:
    message = f"v=0\r\n{line}\r\na=sendrecv\r\n".encode()
    hidden = hide_keys(message)
    assert KEY.encode() not in hidden
    assert len(hidden) == len(message)
    assert hidden.endswith(b"\r\na=sendrecv\r\n")
