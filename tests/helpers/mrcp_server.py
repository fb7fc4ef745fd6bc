"""A speech server on loopback that shares no code with the switch: SIP, SDP, MRCPv2 and RTP by hand.

It says a voice of its own, and understands how long it hears a caller. Whatever it is sent that RFC 6787,
RFC 4145 or RFC 3264 does not allow is a fault, and ``close`` raises all of them. A ``Behaviour`` makes it
slow, wrong or gone.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from xml.dom.minidom import parseString

import numpy as np

from sipp_scenarios.audio import Samples, from_alaw, speech, to_alaw

HOST = "127.0.0.1"
VOICE = speech(4711, 2.0)
"""What every text sounds like."""
_PACKET_S = 0.02
_PACKET = 160
_LOUD = 500
_SPEECH_S = 0.1
"""So long a caller must be heard before it is speech."""

_GENERIC = {"Channel-Identifier", "Content-Type", "Content-ID", "Content-Length", "Speech-Language"}
_ALLOWED = {
    "SPEAK": _GENERIC | {"Kill-On-Barge-In", "Voice-Name"},
    "RECOGNIZE": _GENERIC
    | {
        "Cancel-If-Queue",
        "Confidence-Threshold",
        "N-Best-List-Length",
        "No-Input-Timeout",
        "Recognition-Timeout",
        "Speech-Complete-Timeout",
        "Start-Input-Timers",
    },
    "DEFINE-GRAMMAR": _GENERIC,
    "STOP": {"Channel-Identifier"},
    "BARGE-IN-OCCURRED": {"Channel-Identifier"},
    "START-INPUT-TIMERS": {"Channel-Identifier"},
}
"""Headers by request, of those in RFC 6787 that a client of ours has reason to send."""
_OF_RESOURCE = {
    "speechsynth": {"SPEAK", "STOP", "BARGE-IN-OCCURRED"},
    "speechrecog": {"DEFINE-GRAMMAR", "RECOGNIZE", "STOP", "START-INPUT-TIMERS"},
}


@dataclass
class Behaviour:
    """What is not as it should be."""

    sip_status: int = 200
    """Its answer to INVITE; 0 for none."""
    mrcp_status: int = 200
    """Its answer to SPEAK and RECOGNIZE; 0 for none."""
    says: bytes = b""
    """What it says on each control connection before anything else."""
    hangs_up_after_s: float | None = None
    """It closes the control connection so long after it began."""
    cause: str = ""
    """The completion cause it ends with at once, in place of doing anything."""


@dataclass
class Session:
    """A call of the switch."""

    resource: str
    channel: str
    rtp: socket.socket
    caller: tuple[str, int]
    last_id: int = 0
    over: Event = field(default_factory=Event)
    stopped: Event = field(default_factory=Event)
    """What it does now shall end."""
    timers: Event = field(default_factory=Event)
    grammars: set[str] = field(default_factory=set)
    working: Thread | None = None
    main_id: int = 0


@dataclass
class Asked:
    """A request as it came."""

    method: str
    number: int
    headers: dict[str, str]
    body: bytes


class MrcpServer:
    """Use ``mrcp_server``."""

    def __init__(self, behaviour: Behaviour, certificate: Mapping[str, str] | None) -> None:
        self.behaviour = behaviour
        self.asked: list[Asked] = []
        """Every request, in order."""
        self.invited = 0
        self.ended = 0
        """Sessions ended by BYE."""
        self._faults: list[str] = []
        self._sessions: dict[str, Session] = {}
        self._sip_calls: dict[str, Session] = {}
        self._lock = Lock()
        self._over = Event()
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind((HOST, 0))
        self._control = socket.create_server((HOST, 0))
        self._tls: ssl.SSLContext | None = None
        if certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate["certificate"], certificate["private_key"])
        self._start(self._serve_sip)
        self._start(self._accept)

    @property
    def port(self) -> int:
        return int(self._sip.getsockname()[1])

    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]

    def close(self) -> None:
        """Be gone. Raises AssertionError when anything that came was not allowed."""
        self._over.set()
        for session in self._sessions.values():
            session.over.set()
            session.stopped.set()
        self._sip.close()
        self._control.close()
        assert not self._faults, self._faults

    def _start(self, work: Callable[..., None], *args: object) -> Thread:
        def guarded() -> None:
            try:
                work(*args)
            except OSError:
                return  # a socket was closed
            except Exception as fault:
                self._fault(f"{type(fault).__name__}: {fault}")

        thread = Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    def _fault(self, text: str) -> None:
        self._faults.append(text)

    def _demand(self, condition: object, text: str) -> None:
        if not condition:
            self._fault(text)

    # -- SIP -------------------------------------------------------------------------------------------

    def _serve_sip(self) -> None:
        while not self._over.is_set():
            data, peer = self._sip.recvfrom(65_536)
            if data[:1] >= b"\x80":  # media for somebody who had this port before
                continue
            head, _, body = data.decode().partition("\r\n\r\n")
            start, *lines = head.split("\r\n")
            headers: dict[str, str] = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers.setdefault(name.strip().lower(), value.strip())
            method = start.split(" ")[0]
            if method in ("INVITE", "BYE", "OPTIONS", "CANCEL"):
                self._answer_sip(method, headers, body, peer)

    def _answer_sip(self, method: str, headers: dict[str, str], body: str, peer: tuple[str, int]) -> None:
        status, sdp = 200, ""
        if method == "INVITE":
            self._demand(headers.get("content-type") == "application/sdp", "INVITE without SDP")
            status = self.behaviour.sip_status
            if status == 0:
                return
            if status == 200:
                sdp = self._open(headers["call-id"], body)
        elif method == "BYE":
            session = self._sip_calls.pop(headers["call-id"], None)
            self._demand(session, "BYE for no session")
            if session is not None:
                self.ended += 1
                session.over.set()
                session.stopped.set()
                session.rtp.close()
        tag = "" if "tag=" in headers["to"] else ";tag=speech"
        lines = [
            f"SIP/2.0 {status} x",
            f"Via: {headers['via']}",
            f"From: {headers['from']}",
            f"To: {headers['to']}{tag}",
            f"Call-ID: {headers['call-id']}",
            f"CSeq: {headers['cseq']}",
            f"Contact: <sip:{HOST}:{self.port}>",
        ]
        if sdp:
            lines.append("Content-Type: application/sdp")
        text = "\r\n".join([*lines, f"Content-Length: {len(sdp)}", "", sdp])
        self._sip.sendto(text.encode(), peer)

    def _open(self, call_id: str, offer: str) -> str:
        """The session an INVITE is for, and the answer; the same again when it is repeated."""
        known = self._sip_calls.get(call_id)
        if known is None:
            known = self._sip_calls[call_id] = self._new_session(offer)
            self._sessions[known.channel] = known
        control = self._control.getsockname()[1]
        audio = known.rtp.getsockname()[1]
        protocol = "TCP/TLS/MRCPv2" if self._tls else "TCP/MRCPv2"
        direction = "recvonly" if known.resource == "speechrecog" else "sendonly"
        return (
            f"v=0\r\no=speech 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
            f"m=application {control} {protocol} 1\r\na=setup:passive\r\na=connection:new\r\n"
            f"a=channel:{known.channel}\r\na=cmid:1\r\n"
            f"m=audio {audio} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na={direction}\r\na=mid:1\r\n"
        )

    def _new_session(self, offer: str) -> Session:
        """Checks the offer line by line (RFC 6787 §4.2)."""
        self.invited += 1
        lines = offer.split("\r\n")
        media = [line for line in lines if line.startswith("m=")]
        protocol = "TCP/TLS/MRCPv2" if self._tls else "TCP/MRCPv2"
        self._demand(media and media[0] == f"m=application 9 {protocol} 1", f"control line {media[:1]}")
        control = lines[lines.index(media[0]) : lines.index(media[1])]
        for line in ("a=setup:active", "a=connection:new", "a=cmid:1"):
            self._demand(line in control, f"{line} is missing")
        (resource,) = [line[11:] for line in control if line.startswith("a=resource:")]
        audio = lines[lines.index(media[1]) :]
        wanted = "a=sendonly" if resource == "speechrecog" else "a=recvonly"
        for line in ("a=mid:1", wanted):
            self._demand(line in audio, f"{line} is missing for {resource}")
        found = re.fullmatch(r"m=audio (\d+) RTP/AVP ([\d ]+)", media[1])
        self._demand(found and "8" in found[2].split(), f"audio line {media[1]}")
        address = next(line[9:] for line in lines if line.startswith("c=IN IP4 "))
        rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        rtp.bind((HOST, 0))
        channel = f"{self.invited:016x}@{resource}"
        return Session(resource, channel, rtp, (address, int(found[1]) if found else 0))

    # -- the control channel ---------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._over.is_set():
            connection, _ = self._control.accept()
            self._start(self._serve, connection)

    def _serve(self, accepted: socket.socket) -> None:
        with (
            accepted if self._tls is None else self._tls.wrap_socket(accepted, server_side=True) as connection
        ):
            connection.sendall(self.behaviour.says)
            if self.behaviour.hangs_up_after_s is not None:
                time.sleep(self.behaviour.hangs_up_after_s)
                return
            buffer = b""
            while data := connection.recv(65_536):
                buffer += data
                while (whole := self._cut(buffer)) is not None:
                    octets, buffer = buffer[:whole], buffer[whole:]
                    self._take(octets, connection)
            self._demand(not buffer, f"half a message: {buffer!r}")

    def _cut(self, buffer: bytes) -> int | None:
        found = re.match(rb"MRCP/2\.0 ([1-9][0-9]*) ", buffer)
        self._demand(found or not buffer, f"no message begins with {buffer[:40]!r}")
        return int(found[1]) if found and len(buffer) >= int(found[1]) else None

    def _take(self, octets: bytes, connection: socket.socket) -> None:
        head, _, body = octets.partition(b"\r\n\r\n")
        start, *lines = head.decode().split("\r\n")
        parts = start.split(" ")
        self._demand(len(parts) == 4, f"start-line {start!r}")
        method, number = parts[2], int(parts[3])
        headers = dict(line.split(": ", 1) for line in lines)
        self._demand(len(headers) == len(lines), f"{method} has a header twice")
        unknown = headers.keys() - _ALLOWED.get(method, set())
        self._demand(not unknown, f"{method} with {unknown}")
        self._demand(int(headers.get("Content-Length", 0)) == len(body), f"{method} with another length")
        session = self._sessions.get(headers.get("Channel-Identifier", ""))
        self._demand(session, f"{method} on channel {headers.get('Channel-Identifier')}")
        if session is None:
            return
        self._demand(method in _OF_RESOURCE[session.resource], f"{method} on {session.channel}")
        self._demand(number > session.last_id, f"request {number} after {session.last_id}")
        session.last_id = number
        asked = Asked(method, number, headers, body)
        self.asked.append(asked)
        self._serve_request(session, asked, connection)

    def _serve_request(self, session: Session, asked: Asked, connection: socket.socket) -> None:
        def say(line: str, headers: str = "", content: bytes = b"") -> None:
            if content:
                headers += f"Content-Length: {len(content)}\r\n"
            rest = f" {line}\r\nChannel-Identifier: {session.channel}\r\n{headers}\r\n".encode() + content
            length = len(rest) + len("MRCP/2.0 ") + 3
            with self._lock, suppress(OSError):
                connection.sendall(f"MRCP/2.0 {length:03}".encode() + rest)

        if asked.method in ("SPEAK", "RECOGNIZE"):
            self._begin(session, asked, say)
        elif asked.method == "DEFINE-GRAMMAR":
            self._demand(asked.headers.get("Content-ID", "")[:1] == "<", "a grammar without Content-ID")
            session.grammars.add(f"session:{asked.headers['Content-ID'].strip('<>')}")
            say(f"{asked.number} 200 COMPLETE", "Completion-Cause: 000 success\r\n")
        elif asked.method == "START-INPUT-TIMERS":
            self._demand(session.main_id, "timers of no recognition")
            session.timers.set()
            say(f"{asked.number} 200 COMPLETE")
        else:
            active = f"Active-Request-Id-List: {session.main_id}\r\n" if session.main_id else ""
            session.stopped.set()
            say(f"{asked.number} 200 COMPLETE", active)

    def _begin(self, session: Session, asked: Asked, say: Callable[..., None]) -> None:
        self._demand(session.main_id == 0, f"{asked.method} while another is in progress")
        check = self._check_speak if asked.method == "SPEAK" else self._check_recognize
        check(session, asked)
        done = "SPEAK-COMPLETE" if asked.method == "SPEAK" else "RECOGNITION-COMPLETE"
        status = self.behaviour.mrcp_status
        if status == 0:
            return
        if status != 200:
            say(f"{asked.number} {status} COMPLETE", "Completion-Cause: 004 error\r\n")
            return
        session.main_id = asked.number
        say(f"{asked.number} 200 IN-PROGRESS")
        if self.behaviour.cause:
            session.main_id = 0
            say(f"{done} {asked.number} COMPLETE", f"Completion-Cause: {self.behaviour.cause}\r\n")
            return
        work = self._speak if asked.method == "SPEAK" else self._listen
        session.working = self._start(work, session, asked, say)

    def _check_speak(self, session: Session, asked: Asked) -> None:
        self._demand(asked.headers.get("Content-Type") == "application/ssml+xml", "SPEAK without SSML")
        root = parseString(asked.body).documentElement
        self._demand(root is not None and root.tagName == "speak", "SPEAK without a text")

    def _check_recognize(self, session: Session, asked: Asked) -> None:
        kind = asked.headers.get("Content-Type", "")
        if kind == "text/uri-list":
            uris = asked.body.decode().split("\r\n")
            self._demand(uris.pop() == "", "a list of URIs without an end")
            for uri in uris:
                self._demand(not uri.startswith("session:") or uri in session.grammars, f"no grammar {uri}")
        else:
            self._demand(kind.startswith("application/srgs"), f"a grammar of type {kind}")
        for name in ("No-Input-Timeout", "Recognition-Timeout", "Speech-Complete-Timeout"):
            self._demand(asked.headers.get(name, "").isdigit(), f"{name} is missing")
        self._demand(asked.headers.get("Start-Input-Timers") in ("true", "false"), "Start-Input-Timers")

    # -- audio -----------------------------------------------------------------------------------------

    def _speak(self, session: Session, asked: Asked, say: Callable[..., None]) -> None:
        octets, due = to_alaw(VOICE), time.monotonic()
        for count, at in enumerate(range(0, len(octets), _PACKET)):
            if session.stopped.wait(max(0.0, due - time.monotonic())):
                return
            due += _PACKET_S
            header = b"\x80\x08" + count.to_bytes(2, "big") + at.to_bytes(4, "big") + b"\x00\x00\x12\x34"
            session.rtp.sendto(header + octets[at : at + _PACKET], session.caller)
        session.main_id = 0
        say(f"SPEAK-COMPLETE {asked.number} COMPLETE", "Completion-Cause: 000 normal\r\n")

    def _listen(self, session: Session, asked: Asked, say: Callable[..., None]) -> None:
        number = asked.number

        def complete(cause: str, content: bytes = b"") -> None:
            session.main_id = 0
            kind = "Content-Type: application/nlsml+xml\r\n" if content else ""
            say(f"RECOGNITION-COMPLETE {number} COMPLETE", f"Completion-Cause: {cause}\r\n{kind}", content)

        no_input_s = int(asked.headers["No-Input-Timeout"]) / 1000
        silence_s = int(asked.headers["Speech-Complete-Timeout"]) / 1000
        if asked.headers["Start-Input-Timers"] == "true":
            session.timers.set()
        loud_s = quiet_s = waited_s = 0.0
        began = False
        while not session.stopped.is_set():
            if self._hears_speech(session):
                loud_s, quiet_s = loud_s + _PACKET_S, 0.0
                if not began and loud_s >= _SPEECH_S:
                    began = True
                    say(f"START-OF-INPUT {number} IN-PROGRESS", "Input-Type: speech\r\n")
                continue
            quiet_s += _PACKET_S
            if began and quiet_s >= silence_s:
                complete("000 success", _understood(loud_s))
                return
            waited_s += _PACKET_S if session.timers.is_set() and not began else 0
            if waited_s >= no_input_s:
                complete("002 no-input-timeout")
                return

    def _hears_speech(self, session: Session) -> bool:
        """The next packet, which must come: a recogniser is sent silence, too."""
        session.rtp.settimeout(10.0)
        packet = session.rtp.recv(2048)
        self._demand(packet[0] == 0x80 and packet[1] & 0x7F == 8, f"RTP begins with {packet[:2]!r}")
        samples: Samples = from_alaw(packet[12:])
        return bool(np.abs(samples.astype(int)).mean() > _LOUD)


def _understood(loud_s: float) -> bytes:
    kind = "long" if loud_s > 1 else "short"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><result xmlns="urn:ietf:params:xml:ns:mrcpv2">'
        f'<interpretation grammar="session:x" confidence="0.75"><instance>{kind}</instance>'
        f'<input mode="speech">说了 {round(loud_s * 1000)} 毫秒</input></interpretation></result>'
    ).encode()


@contextmanager
def mrcp_server(
    behaviour: Behaviour | None = None, *, certificate: Mapping[str, str] | None = None
) -> Iterator[MrcpServer]:
    """A server, over TLS when it has a certificate. Raises AssertionError for what it had to complain of."""
    server = MrcpServer(behaviour or Behaviour(), certificate)
    try:
        yield server
    finally:
        server.close()
