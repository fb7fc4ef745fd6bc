"""SIP messages as foreign phones send them, for tests that speak for the peer."""

from collections.abc import Iterable
from typing import Any

from switch.sip.authentication.digest import Algorithm, ha1, response
from switch.sip.commands import SendMessage
from switch.sip.hop import Hop
from switch.sip.messages.header_values import format_auth, parse_auth
from switch.sip.messages.message import Headers, Message, Request, Response
from switch.sip.messages.parser import parse_message
from switch.sip.messages.writer import write_message

PHONE = Hop("udp", "127.0.0.1", 6000)
SWITCH_URI = "sip:95598@127.0.0.1:5060"
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"


def make_request(
    method: str,
    *,
    uri: str = SWITCH_URI,
    branch: str | None = "z9hG4bKone",
    cseq: int = 1,
    sip_call_id: str = "call@phone",
    caller: str = "<sip:13800138000@phone>;tag=caller",
    called: str = "<sip:95598@switch>",
    body: str = "",
    hop: Hop = PHONE,
    **headers: str | list[str],
) -> Request:
    """A request from ``hop``; keyword ``content_type`` sets header ``content-type`` and so on."""
    fields = {
        "via": [f"SIP/2.0/UDP {hop.host}:{hop.port}" + (f";branch={branch}" if branch else "")],
        "max-forwards": ["70"],
        "from": [caller],
        "to": [called],
        "call-id": [sip_call_id],
        "cseq": [f"{cseq} {method}"],
        "contact": [f"<sip:phone@{hop.host}:{hop.port}>"],
    }
    if body:
        fields["content-type"] = ["application/sdp"]
    for name, value in headers.items():
        fields[name.replace("_", "-")] = value if isinstance(value, list) else [value]
    return Request(method, uri, Headers({k: v for k, v in fields.items() if v}), body.encode())


def make_response(
    request: Request, status: int, *, tag: str = "callee", body: str = "", **headers: str
) -> Response:
    """A phone's answer to a request of ours."""
    fields = {name: list(request.headers.get_all(name)) for name in ("via", "from", "to", "call-id", "cseq")}
    if status > 100 and tag and ";tag=" not in fields["to"][0]:
        fields["to"] = [f"{fields['to'][0]};tag={tag}"]
    if body:
        fields["content-type"] = ["application/sdp"]
    if request.method == "INVITE" and status > 100:
        fields["contact"] = [f"<sip:phone@{PHONE.host}:{PHONE.port}>"]
    for name, value in headers.items():
        fields[name.replace("_", "-")] = [value]
    return Response(status, "Whatever", Headers(fields), body.encode())


def authorize(
    challenge: str, *, user: str, password: str, method: str, uri: str, cnonce: str, count: int = 1
) -> str:
    """The Authorization of a phone that was challenged; ``count`` is how often it used this nonce by now."""
    _, asked = parse_auth(challenge)
    algorithm, qop = Algorithm(asked.get("algorithm", "MD5")), asked.get("qop")
    use = {"qop": qop, "cnonce": cnonce, "nc": f"{count:08x}"} if qop else {}
    secret = ha1(algorithm, user, asked["realm"], password)
    proof = response(algorithm, secret, method, uri, asked["nonce"], **use)
    known = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri}
    bare = {"algorithm", "qop", "nc"}
    return format_auth("Digest", {**known, "response": proof, "algorithm": algorithm, **use}, bare=bare)


def authorized(request: Request, challenge: Response, *, user: str, password: str, nth: int = 0) -> Request:
    """The same request with credentials for the challenge's ``nth`` algorithm, a new CSeq and branch."""
    number = int((request.headers.get("cseq") or "").split()[0]) + 1
    value = authorize(
        challenge.headers.get_all("www-authenticate")[nth],
        user=user,
        password=password,
        method=request.method,
        uri=request.uri,
        cnonce="0a4f113b",
    )
    headers = Headers({name: list(values) for name, values in request.headers.items()})
    headers.set("authorization", value)
    headers.set("cseq", f"{number} {request.method}")
    headers.set("via", f"{headers.get('via')}{number}")
    return Request(request.method, request.uri, headers, request.body)


def sent(outputs: Iterable[Any]) -> list[Message]:
    """The messages among a stack's outputs, read back from their bytes."""
    return [parse_message(o.data) for o in outputs if isinstance(o, SendMessage)]


def as_bytes(message: Message) -> bytes:
    return write_message(message)
