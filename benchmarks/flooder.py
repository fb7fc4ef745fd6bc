"""Sends what nobody asked for, from one address and at a steady rate, for the benchmark of floods.

Each line of standard input, ``<kind> <source> <host> <port> <datagrams a second> <seconds>``, is one flood;
the answer is how many datagrams were sent.
"""

import os
import socket
import sys
import time
from collections.abc import Iterator
from itertools import count

KINDS = ("junk", "register", "password", "invite", "scan")
_PAUSE_S = 0.002
_AUTHORIZATION = (
    'Authorization: Digest username="2001", realm="ringmain", nonce="17.1.0123456789abcdef01234567", '
    'uri="sip:{to}", response="{guess:032x}", algorithm=MD5\r\n'
)


def datagrams(kind: str, source: str, to: str) -> Iterator[bytes]:
    """One after the other without end, no two alike."""
    for number in count():
        if kind == "junk":
            yield os.urandom(300)
            continue
        method = {"invite": "INVITE", "scan": "OPTIONS"}.get(kind, "REGISTER")
        proof = _AUTHORIZATION.format(to=to, guess=number) if kind == "password" else ""
        agent = "friendly-scanner" if kind == "scan" else "Phone"
        yield (
            f"{method} sip:95598@{to} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {source}:5070;branch=z9hG4bK{source}{number}\r\n"
            f"From: <sip:2001@{to}>;tag={number}\r\nTo: <sip:2001@{to}>\r\n"
            f"Call-ID: {number}@{source}\r\nCSeq: 1 {method}\r\nContact: <sip:2001@{source}:5070>\r\n"
            f"Max-Forwards: 70\r\nUser-Agent: {agent}\r\n{proof}Content-Length: 0\r\n\r\n"
        ).encode()


def flood(kind: str, source: str, to: tuple[str, int], rate: int, seconds: float) -> int:
    """Send at a steady rate; late datagrams are made up for. Returns how many were sent."""
    ready = datagrams(kind, source, "{}:{}".format(*to))
    sent, start = 0, time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.bind((source, 0))
        while (passed := time.monotonic() - start) < seconds:
            for _ in range(int(passed * rate) - sent):
                out.sendto(next(ready), to)
                sent += 1
            time.sleep(_PAUSE_S)
    return sent


def main() -> None:
    """Flood once for each line."""
    for line in sys.stdin:
        kind, source, host, port, rate, seconds = line.split()
        print(flood(kind, source, (host, int(port)), int(rate), float(seconds)), flush=True)


if __name__ == "__main__":
    main()
