"""Many phones in one process that register over and over: the load of bench_register.

Reads ``<switch host> <switch port> <phones>`` once; then each line ``<rate> <seconds>`` lets the phones
refresh their registrations in turn, and is answered with a line of JSON. A phone registers with the nonce it
has, its count one higher, as phones do; one that is challenged answers, and both requests count as one.
"""

import json
import select
import socket
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import md5

_REALM = "ringmain"
_GIVES_UP_S = 8.0
_REPEATS_AFTER_S = 1.0
_EXPIRES_S = 3600
_MOST_AT_ONCE = 2_000
"""Requests without an answer; beyond it the phones wait."""


@dataclass(slots=True)
class Phone:
    """What one phone remembers between its registrations."""

    name: str
    fixed: str
    """The headers that never change, but for Via and CSeq."""
    secret: str
    cseq: int = 0
    nonce: str = ""
    count: int = 0
    started_at: float = 0.0
    sent_at: float = 0.0
    tries: int = 0


class Phones:
    """All phones behind one socket."""

    def __init__(self, host: str, port: int, count: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 2**20)
        self._socket.bind((host, 0))
        self._socket.connect((host, port))
        self._socket.setblocking(False)
        self._own = f"{host}:{self._socket.getsockname()[1]}"
        self._uri = f"sip:{host}:{port}"
        self._digest_of_request = _md5(f"REGISTER:{self._uri}")
        self._phones = [self._phone(number) for number in range(count)]
        self._turn = 0
        self._waiting: OrderedDict[str, Phone] = OrderedDict()
        self._answered = self._failed = self._challenged = self._repeated = 0

    def run(self, rate: int, seconds: float) -> dict[str, float]:
        """Register at that rate for so long, then wait for the last answers."""
        self._answered = self._failed = self._challenged = self._repeated = 0
        begun = time.monotonic()
        started, wanted = 0, int(rate * seconds)
        while started < wanted or self._waiting:
            now = time.monotonic()
            due = min(wanted, int((now - begun) * rate))
            while started < due and len(self._waiting) < _MOST_AT_ONCE:
                self._start(now)
                started += 1
            self._repeat_overdue(now)
            if select.select([self._socket], [], [], 0.002)[0]:
                self._take_answers()
        return {
            "answered": self._answered,
            "failed": self._failed,
            "challenged": self._challenged,
            "repeated": self._repeated,
            "rate": round(started / (time.monotonic() - begun), 1),
        }

    def _phone(self, number: int) -> Phone:
        name = str(100_000 + number)
        fixed = (
            f"From: <sip:{name}@{self._uri[4:]}>;tag=t{name}\r\nTo: <sip:{name}@{self._uri[4:]}>\r\n"
            f"Call-ID: register-{name}@phones\r\nContact: <sip:{name}@{self._own}>\r\n"
            f"Expires: {_EXPIRES_S}\r\nMax-Forwards: 70\r\nUser-Agent: Bench 1.0\r\n"
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REFER, UPDATE, PRACK\r\n"
            "Supported: replaces, path\r\n"
        )
        return Phone(name, fixed, _md5(f"{name}:{_REALM}:{name}"))

    def _start(self, now: float) -> None:
        phone = self._phones[self._turn % len(self._phones)]
        self._turn += 1
        if phone.name in self._waiting:  # its last one is not over
            self._failed += 1
            return
        phone.started_at, phone.tries = now, 0
        self._send_new(phone, now)

    def _send_new(self, phone: Phone, now: float) -> None:
        phone.cseq += 1
        phone.count += 1
        self._send(phone, now)

    def _send(self, phone: Phone, now: float) -> None:
        phone.sent_at = now
        self._waiting[phone.name] = phone
        self._waiting.move_to_end(phone.name)
        message = (
            f"REGISTER {self._uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self._own};branch=z9hG4bK{phone.name}.{phone.cseq};rport\r\n"
            f"{phone.fixed}CSeq: {phone.cseq} REGISTER\r\n{self._authorization(phone)}"
            "Content-Length: 0\r\n\r\n"
        )
        try:
            self._socket.send(message.encode())
        except BlockingIOError:
            return  # it is repeated like one that was lost

    def _authorization(self, phone: Phone) -> str:
        if not phone.nonce:
            return ""
        used = f"{phone.count:08x}"
        proof = _md5(f"{phone.secret}:{phone.nonce}:{used}:c0ffee:auth:{self._digest_of_request}")
        return (
            f'Authorization: Digest username="{phone.name}", realm="{_REALM}", nonce="{phone.nonce}", '
            f'uri="{self._uri}", response="{proof}", algorithm=MD5, cnonce="c0ffee", qop=auth, nc={used}\r\n'
        )

    def _take_answers(self) -> None:
        while True:
            try:
                answer = self._socket.recv(65_536).decode()
            except (BlockingIOError, ConnectionRefusedError):
                return
            name, cseq = _between(answer, "register-", "@"), int(_between(answer, "CSeq: ", " "))
            phone = self._waiting.get(name)
            if phone is not None and phone.cseq == cseq:
                self._take(phone, answer)

    def _take(self, phone: Phone, answer: str) -> None:
        status = answer[8:11]
        if status == "401":
            self._challenged += 1
            phone.nonce, phone.count = _between(answer, 'nonce="', '"'), 0
            self._send_new(phone, time.monotonic())
            return
        del self._waiting[phone.name]
        if status == "200":
            self._answered += 1
        else:
            self._failed += 1

    def _repeat_overdue(self, now: float) -> None:
        """The same bytes again for those that wait longest, until they are given up (RFC 3261 §17.1.2.2)."""
        while self._waiting:
            phone = next(iter(self._waiting.values()))
            if now - phone.sent_at < _REPEATS_AFTER_S:
                return
            if now - phone.started_at > _GIVES_UP_S:
                del self._waiting[phone.name]
                self._failed += 1
            else:
                self._repeated += 1
                self._send(phone, now)


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]


def main() -> None:
    """Register when told to, until standard input ends."""
    host, port, count = sys.stdin.readline().split()
    phones = Phones(host, int(port), int(count))
    for line in sys.stdin:
        rate, seconds = line.split()
        print(json.dumps(phones.run(int(rate), float(seconds))), flush=True)


if __name__ == "__main__":
    main()
