"""A second foreign phone, which knows SHA-256 (RFC 8760); it proves that, and nothing about calls."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from tests.helpers.switch_process import STATIONS, switch_process

pytestmark = pytest.mark.skipif(
    shutil.which("linphonec") is None, reason="linphonec is not installed (Debian package linphone-cli)"
)


@pytest.mark.parametrize(
    "offered", [["MD5"], ["SHA-256"], ["MD5", "SHA-256"], ["SHA-256", "MD5"]], ids=" ".join
)
def test_linphone_registers_whatever_is_offered(tmp_path: Path, offered: list[str]) -> None:
    (tmp_path / ".local/share/linphone").mkdir(parents=True)  # linphonec does not start without it
    settings = tmp_path / "linphonerc"
    settings.write_text(f"[sip]\nsip_port={free_port('127.0.0.1')}\nsip_tcp_port=0\nsip_tls_port=0\n")
    with (
        switch_process(tmp_path, algorithms=offered) as switch,
        EventFollower(switch.control_socket) as events,
        subprocess.Popen(
            ["linphonec", "-c", str(settings)],
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as phone,
    ):
        try:
            account = f"sip:2001@{switch.sip.host} sip:{switch.sip.host}:{switch.sip.port} {STATIONS['2001']}"
            print(f"register {account}", file=phone.stdin, flush=True)
            assert events.wait_for("station.registered").fields["station"] == "2001"
            print("quit", file=phone.stdin, flush=True)
            phone.wait(15)
        finally:
            phone.kill()
