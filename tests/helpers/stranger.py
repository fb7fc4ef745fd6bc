"""Somebody who sends datagrams to the switch that no phone would."""

import socket

from sipp_scenarios.runner import Address

_POLITE = (
    "OPTIONS sip:{host}:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP {mine};branch=z9hG4bK{name};rport\r\n"
    "From: <sip:stranger@{mine}>;tag={name}\r\n"
    "To: <sip:{host}:{port}>\r\n"
    "Call-ID: {name}\r\n"
    "CSeq: 1 OPTIONS\r\n"
    "Max-Forwards: 70\r\n"
    "Content-Length: 0\r\n"
    "\r\n"
)


class Stranger:
    """A raw UDP socket before the switch's SIP port."""

    def __init__(self, sip: Address) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.connect(sip)
        self._sip = sip

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.send(datagram)

    def receive(self) -> bytes:
        """The next datagram from the switch."""
        return self._socket.recv(65_535)

    def answer(self) -> str:
        """Status and Call-ID of what comes back."""
        lines = self.receive().decode().split("\r\n")
        names = [line.removeprefix("Call-ID: ") for line in lines if line.startswith("Call-ID: ")]
        return " ".join([lines[0].split()[1], *names]).rstrip()

    def request(self, name: str) -> str:
        mine = "{}:{}".format(*self._socket.getsockname())
        return _POLITE.format(host=self._sip.host, port=self._sip.port, mine=mine, name=name)
