"""A small name server on loopback, made of dnspython: it answers what a test told it and denies the rest."""

import socket
import threading
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

_LOOK_UP_S = 0.05


class DnsServer:
    """UDP only. Use it as a context manager."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.settimeout(_LOOK_UP_S)
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self.asked: list[tuple[str, str]] = []
        """Names and types, as they were asked for."""
        self.silent = False
        self._records: dict[tuple[str, str], dns.rrset.RRset] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Fall silent for ever; no harm if it has already."""
        self._closed.set()
        self._thread.join()
        self._socket.close()

    def add(self, name: str, kind: str, *values: str, ttl_s: int = 300) -> None:
        """Know records, written as in a zone file."""
        self._records[name, kind] = dns.rrset.from_text(f"{name}.", ttl_s, "IN", kind, *values)

    def remove(self, name: str, kind: str) -> None:
        del self._records[name, kind]

    def _serve(self) -> None:
        while not self._closed.is_set():
            try:
                data, client = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            answer = self._answer(dns.message.from_wire(data))
            if not self.silent:
                self._socket.sendto(answer.to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        found = self._records.get((name, kind))
        if found is not None:
            response.answer.append(found)
        elif not any(known == name for known, _ in self._records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        if found is None:
            soa = dns.rrset.from_text("test.", 60, "IN", "SOA", "ns.test. nobody.test. 1 60 60 60 7")
            response.authority.append(soa)
        return response
