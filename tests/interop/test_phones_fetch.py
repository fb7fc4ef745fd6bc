"""A phone other people wrote registers and calls by the file that another program fetched for it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import app
from sipp_scenarios.audio import speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.runner import free_port
from tests.helpers.baresip import Baresip
from tests.helpers.sip_house import Authority
from tests.helpers.switch_process import HOTLINE, switch_process
from tests.helpers.toml_text import section

HOST = "127.0.0.1"
TEMPLATES = Path(__file__).parents[2] / "conf" / "phones"
pytestmark = pytest.mark.skipif(
    shutil.which("baresip") is None or shutil.which("curl") is None,
    reason="baresip or curl is not installed (Debian packages baresip-core, curl)",
)


def fetched(address: str, authority: Authority) -> tuple[int, str]:
    """What curl gets."""
    command = ["curl", "-s", "--cacert", str(authority.ca), "-w", "\n%{http_code}", address]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    text, _, status = done.stdout.rpartition("\n")
    return int(status), text


def test_a_phone_registers_and_calls_by_what_it_fetched(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    http = section("[http]", enabled=True, port=free_port(HOST), **authority.issue(HOST))
    phones = section("[provisioning]", templates=str(TEMPLATES), folder="phones")
    with (
        switch_process(
            tmp_path, guard={"allow": [], "password_failures_burst": 3}, more=http + phones
        ) as switch,
        EventFollower(switch.control_socket) as events,
    ):
        order = ["stations", "provision", "-p", "baresip", "--publish", "--json", "-c", str(switch.path)]
        told = json.loads(CliRunner().invoke(app, order).stdout)
        address = next(each["address"] for each in told if each["station"] == "2002")
        status, account = fetched(address, authority)
        assert status == 200
        event = events.wait_for("station.file_fetched", station="2002")
        assert (event.fields["by"], event.fields["encrypted"]) == ("token", True)
        with Baresip(HOST, account.strip(), speech(5, 30), tmp_path / "baresip") as baresip:
            events.wait_for("station.registered", station="2002")
            baresip.order("dial", f"sip:{HOTLINE}@{HOST}:{switch.sip.port}")
            baresip.wait_for("CALL_ESTABLISHED")
            assert events.wait_for("call.arrived").fields["caller_number"] == "2002"
            baresip.order("hangup")
            assert events.call("station.resync", station="2002") == {"station": "2002", "phones": 1}
            assert events.wait_for("station.resynced", station="2002").fields["peer"].startswith("udp:")
            baresip.order("quit")
            baresip.wait_for("EXIT")
        text = switch.path.read_text("utf-8")
        switch.path.write_text(text.replace('folder = "phones"', 'folder = "none"'), "utf-8")
        (change,) = events.call("configuration.reload")["changes"]
        assert (change["section"], change["keys"]) == ("provisioning", ["folder"])
        assert fetched(address, authority)[0] == 404, "nothing was published there"
        switch.path.write_text(text, "utf-8")
        events.call("configuration.reload")
        assert fetched(address, authority)[0] == 200
        guess = address.rpartition("/phones/")[0] + "/phones/" + "0" * 32 + "/2002/accounts"
        assert {fetched(guess, authority)[0] for _ in range(4)} == {404}
        events.wait_for("security.source_banned", reason="phone_file")
        assert fetched(address, authority)[0] == 404, "nothing is given to who guesses"
