"""Small verbs at a whole switch, of which some are noted in the journal, beside the socket alone.

The same client asks a switch for ``session.ping``, which only reads, and then for ``agent.set_auto_answer``,
which goes through the ACD and its log of inputs and is noted with who had it carried out: first as whoever
may write to the Unix socket, then by a token. That each was noted is looked up in the journal's numbers.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipelined import PipelinedClient
from benchmarks.switch_subject import SwitchSubject
from switch.access.secrets import token_hash, token_secret
from switch.control.client import connect_sync

_SECRET = token_secret(bytes(32))
SECTIONS = f"""
[[stations]]
name = "1001"
password = "secret-1001"

[[queues]]
name = "service"

[[agents]]
id = "1001"
queues = ["service"]

[[tokens]]
name = "bench"
role = "supervisor"
sha256 = "{token_hash(_SECRET)}"
"""
_NOTED = ("agent.set_auto_answer", {"agent": "1001", "on": False})


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of verb and client."""

    verbs_per_s: float
    verb_cpu_us: float
    """CPU of the switch for one, with that of the threads that write the journal."""


@dataclass(frozen=True, slots=True)
class AuditedResult:
    """The last line."""

    ping: Figures
    noted: Figures
    noted_by_token: Figures
    unnoted: int
    """Verbs that ought to be in the journal and are not; should be 0."""


def measure_audited(verbs: int) -> AuditedResult:
    """So many of each kind, one kind after the other."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-audited-") as name,
        SwitchSubject(Path(name), SECTIONS) as subject,
    ):
        ping = _measure(subject, verbs, "session.ping", {})
        before = _newest(subject)
        noted = _measure(subject, verbs, *_NOTED)
        noted_by_token = _measure(subject, verbs, *_NOTED, token=_SECRET)
        unnoted = 2 * verbs - (_newest(subject) - before)
    return AuditedResult(ping=ping, noted=noted, noted_by_token=noted_by_token, unnoted=max(0, unnoted))


def _measure(
    subject: SwitchSubject, verbs: int, verb: str, params: dict[str, object], token: str = ""
) -> Figures:
    with PipelinedClient(subject.control_socket, token) as client:
        client.prepare(verb, params)
        cpu_s, began = subject.cpu_s(), time.perf_counter()
        done = client.carry_out(verbs)
        took_s, cpu_s = time.perf_counter() - began, subject.cpu_s() - cpu_s
    return Figures(verbs_per_s=round(done / took_s), verb_cpu_us=round(cpu_s * 1e6 / done, 1))


def _newest(subject: SwitchSubject) -> int:
    with connect_sync(subject.control_socket) as client:
        return int(client.call("event.snapshot")["sequence"])
