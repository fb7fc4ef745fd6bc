"""``ringmain sip trace`` of what was recorded."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands import app
from switch.sip.hop import Hop
from switch.sip.messages.writer import write_message
from switch.sip.trace.pcap import encode_packet, file_header
from switch.sip.trace.traced import TracedMessage
from tests.helpers.sip_messages import make_request

CALLER, SWITCH, TRUNK = (Hop("udp", f"192.0.2.{host}", 5060) for host in (1, 2, 3))
OURS, THEIRS = "a" * 32, "b" * 32


def told(source: Hop, target: Hop, method: str, sip_call_id: str, session_id: str = "") -> bytes:
    request = make_request(method, sip_call_id=sip_call_id)
    if session_id:
        request.headers.set("session-id", session_id)
    return encode_packet(TracedMessage(1_790_000_000.0, source, target, write_message(request)))


@pytest.fixture
def pcap(tmp_path: Path) -> Path:
    """A caller that knows no Session-ID: the switch tells its own only after it has called the trunk."""
    path = tmp_path / "calls.pcap"
    path.write_bytes(
        file_header()
        + told(CALLER, SWITCH, "INVITE", "one@phone")
        + told(SWITCH, TRUNK, "INVITE", "two@switch", f"{THEIRS};remote={OURS}")
        + told(SWITCH, CALLER, "BYE", "one@phone", f"{OURS};remote={THEIRS}")
        + told(CALLER, SWITCH, "INVITE", "other@phone")
    )
    return path


def run(configuration_path: Path, *words: str) -> Any:
    return CliRunner().invoke(app, ["sip", "trace", *words, "--config", str(configuration_path)])


def test_a_leg_is_shown_from_its_beginning_though_its_call_is_told_later(
    configuration_path: Path, pcap: Path
) -> None:
    result = run(configuration_path, "--read", str(pcap), "--call", "one@phone", "--json")
    assert result.exit_code == 0, result.output
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(one["source"], one["target"]) for one in shown] == [
        (str(CALLER), str(SWITCH)),
        (str(SWITCH), str(TRUNK)),
        (str(SWITCH), str(CALLER)),
    ]


def test_a_ladder_in_a_pipe_is_whole(
    configuration_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    path = tmp_path / "long.pcap"
    requests = [make_request("INVITE", uri=f"sip:{'1' * 50}@x"), make_request("BYE", uri="sip:2@x")]
    hops = [(CALLER, SWITCH), (SWITCH, TRUNK)]
    path.write_bytes(
        file_header()
        + b"".join(
            encode_packet(TracedMessage(1_790_000_000.0, *pair, write_message(request)))
            for pair, request in zip(hops, requests, strict=True)
        )
    )
    assert f" INVITE {'1' * 50} ─" in run(configuration_path, "--read", str(path)).stdout
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, run(configuration_path, "--read", str(path)).stdout.splitlines())) <= 80


def test_what_is_written_is_not_for_everybody(configuration_path: Path, pcap: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.pcap"
    result = run(configuration_path, "--read", str(pcap), "--write", str(kept))
    assert result.exit_code == 0, result.output
    assert kept.read_bytes() == pcap.read_bytes()
    assert kept.stat().st_mode & 0o007 == 0


def test_a_capture_is_not_emptied_by_writing_it_to_itself(configuration_path: Path, pcap: Path) -> None:
    before = pcap.read_bytes()
    result = run(configuration_path, "--read", str(pcap), "--write", str(pcap))
    assert result.exit_code == 1
    assert "name another file" in result.output
    assert pcap.read_bytes() == before


@pytest.mark.parametrize(
    ("peer", "count"),
    [
        ("192.0.2.3", 1),
        ("192.0.2.3:5060", 1),
        ("udp:192.0.2.3:5060", 1),
        ("192.0.2.3:5061", 0),
        ("2001:db8::1", 0),
        ("[2001:db8::1]:5060", 0),
    ],
)
def test_a_peer_is_an_address_or_one_of_its_ports(
    configuration_path: Path, pcap: Path, peer: str, count: int
) -> None:
    result = run(configuration_path, "--read", str(pcap), "--peer", peer, "--json")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == count


@pytest.mark.parametrize("peer", ["1001", "nonsense", "192.0.2.3:", "192.0.2.3:sip", ""])
def test_what_is_no_address_is_refused_as_a_peer(configuration_path: Path, pcap: Path, peer: str) -> None:
    result = run(configuration_path, "--read", str(pcap), "--peer", peer)
    assert result.exit_code == 1
    assert "is no IP address" in result.output


@pytest.mark.parametrize("call", ["call-ffff", ""])
def test_a_call_that_is_not_known_is_refused(configuration_path: Path, pcap: Path, call: str) -> None:
    result = run(configuration_path, "--read", str(pcap), "--call", call)
    assert result.exit_code == 1
    assert "no call that is up or has a record begins with" in result.output


@pytest.mark.parametrize("sip_call_id", ["call-7@phone", "call-of-phone-7"])
def test_a_call_id_may_begin_as_ours_do(configuration_path: Path, pcap: Path, sip_call_id: str) -> None:
    result = run(configuration_path, "--read", str(pcap), "--call", sip_call_id)
    assert result.exit_code == 0
    assert "no message fits" in result.output
