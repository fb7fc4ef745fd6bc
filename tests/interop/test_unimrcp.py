"""A caller and UniMRCP's server, whose demo engines say one sentence and understand one word.

Only where ``UNIMRCP`` names a folder it is installed in: ``make check-mrcp UNIMRCP=/usr/local/unimrcp``.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sipp_scenarios.runner import free_port
from tests.helpers.media_ports import own_media_ports
from tests.interop.test_speech_servers import WORDS, called, config_of, was_heard

INSTALLED = os.environ.get("UNIMRCP", "")
pytestmark = pytest.mark.skipif(not INSTALLED, reason="UNIMRCP names no installed server")
_HOST = "127.0.0.1"


@contextmanager
def unimrcp(folder: Path) -> Iterator[int]:
    """The server on ports of its own; the one where it speaks SIP."""
    root = folder / "unimrcp"
    shutil.copytree(Path(INSTALLED) / "conf", root / "conf")
    for name in ("data", "plugin"):
        (root / name).symlink_to(Path(INSTALLED) / name)
    for name in ("var", "log"):
        (root / name).mkdir()
    sip, first = free_port(_HOST), own_media_ports()[-250]
    config = root / "conf" / "unimrcpserver.xml"
    text = config.read_text()
    for pattern, value in {
        r'<ip type="auto"/>|<ip>.*</ip>': f"<ip>{_HOST}</ip>",
        r"(?<=<sip-port>)\d+": sip,
        r"(?<=<sip-transport>)[a-z,]+": "udp",
        r"(?<=<rtsp-port>)\d+": free_port(_HOST),
        r"(?<=<mrcp-port>)\d+": free_port(_HOST),
        r"(?<=<rtp-port-min>)\d+": first,
        r"(?<=<rtp-port-max>)\d+": first + 200,
    }.items():
        text = re.sub(pattern, str(value), text)
    config.write_text(text)
    command = [str(Path(INSTALLED) / "bin" / "unimrcpserver"), "-r", str(root), "-w", "-l", "7", "-o", "1"]
    with (folder / "unimrcp.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield sip
    finally:
        process.terminate()
        process.wait(20)


def test_unimrcp_is_heard_and_hears(tmp_path: Path) -> None:
    """Its detector takes the quietest sound of A-law for speech, so that it gets µ-law."""
    sentence = np.fromfile(Path(INSTALLED) / "data" / "demo-8kHz.pcm", "<i2")
    with unimrcp(tmp_path) as port:
        more = config_of([("uni", port)], codecs=["PCMU"], setup_timeout_s=10.0, options_interval_s=1.0)
        with called(tmp_path, [], more) as talk:
            spoken = talk.order("call.speak", text="您好", language="zh")
            assert talk.told("speaking.finished", spoken)["reason"] == "finished"
            assert was_heard(sentence, talk.phone.talker.heard)
            silent = talk.order("call.recognise", grammars=["<grammar/>", *WORDS], no_input_ms=500)
            assert talk.told("recognition.failed", silent)["reason"] == "no_input"
            heard = talk.order("call.recognise", grammars=WORDS, no_input_ms=20_000, silence_ms=300)
            talk.told("recognition.began", heard)
            talk.speak()
            talk.told("recognition.heard", heard)
            talk.is_silent()
            assert talk.told("recognition.finished", heard)["interpretation"] == "one"
            cut = talk.order("call.speak", text="很长的话")
            talk.told("speaking.began", cut)
            talk.speak()
            talk.phone.talker.press("1")
            assert talk.told("speaking.finished", cut)["reason"] == "barged_in"
            (server,) = talk.centre.events.call("speech_server.list")
            assert (server["down"], server["failures"]) == (False, 0)
    text = (tmp_path / "unimrcp.log").read_text(errors="replace")
    assert "BARGE-IN-OCCURRED" in text
    assert "[WARN]" not in text
