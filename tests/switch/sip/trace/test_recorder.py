"""The recorder fills one file after the other and keeps only the last."""

from pathlib import Path

from switch.sip.hop import Hop
from switch.sip.trace.config import TraceConfig
from switch.sip.trace.pcap import read_packets
from switch.sip.trace.recorder import TraceRecorder, trace_files
from switch.sip.trace.traced import TracedMessage

HERE, THERE = Hop("udp", "192.0.2.1", 5060), Hop("udp", "192.0.2.2", 6000)


def message(n: int, size: int = 100) -> TracedMessage:
    return TracedMessage(1_790_000_000.0 + n, HERE, THERE, b"%d" % n + b" " * size)


def kept(folder: Path) -> list[TracedMessage]:
    messages: list[TracedMessage] = []
    for path in trace_files(folder):
        with path.open("rb") as file:
            messages += read_packets(file)
    return messages


def record(folder: Path, messages: list[TracedMessage], **settings: int) -> None:
    recorder = TraceRecorder(TraceConfig(folder=folder, enabled=True, **settings))
    recorder.start()
    for one in messages:
        recorder.put(one)
    recorder.close()


def test_what_is_put_is_on_the_disk_after_closing(tmp_path: Path) -> None:
    messages = [message(n) for n in range(50)]
    record(tmp_path / "trace", messages)
    assert kept(tmp_path / "trace") == messages
    (path,) = trace_files(tmp_path / "trace")
    assert path.stat().st_mode & 0o007 == 0


def test_old_files_give_way(tmp_path: Path) -> None:
    messages = [message(n, size=50_000) for n in range(100)]
    record(tmp_path, messages, segment_max_mb=1, segments=2)
    assert len(trace_files(tmp_path)) == 2
    left = kept(tmp_path)
    assert left == messages[-len(left) :]
    assert 20 < len(left) < 50


def test_a_full_queue_leaves_out_what_comes_on_top(tmp_path: Path) -> None:
    recorder = TraceRecorder(TraceConfig(folder=tmp_path, enabled=True, buffer_messages=100))
    for n in range(150):
        recorder.put(message(n))
    recorder.start()
    recorder.close()
    assert kept(tmp_path) == [message(n) for n in range(100)]


def test_a_folder_that_cannot_be_made_hurts_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    record(tmp_path / "file" / "trace", [message(1)])
