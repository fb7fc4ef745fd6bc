"""Kill the switch under many recorded calls, start it again, and hold every recording against its promise.

``python -m benchmarks.kill_recordings [--calls N] [--kills K] [--at-once] [--seed S] [--json]``

SIPp's calls begin one after the other, speak for up to eight seconds and hang up, so that a kill -9 finds
recordings at every stage; with ``--at-once`` they speak for 30 to 60 s, in packets of 60 ms, so that as many
run at a time as are asked for. The switch is killed at random moments: under calls, as often as asked for but
once, and at last while it finishes what that left; then it is started for good. Each recording must then
have exactly one end in the journal, a row, a file that soundfile and sox read, and a manifest that agrees
with it; none may lack more than its last second. A line for people, with --json one for machines; ends with
1 when a promise is broken.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

import soundfile

from benchmarks.switch_subject import HOST, SwitchSubject
from media.recordings.digest import sha256_of
from media.recordings.manifest import read_manifest
from media.recordings.wav_file import read_wav_file
from sipp_scenarios.audio import speech, to_alaw
from sipp_scenarios.rtp_capture import capture
from sipp_scenarios.runner import Scenario, SippProcess
from sipp_scenarios.switch_process import SwitchProcess
from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry
from switch.records.queries import RecordReader
from switch.records.recording_search import RecordingSearch

NUMBER = "95598"
SECTIONS = f"""
[[queues]]
name = "service"

[[access_codes]]
number = "{NUMBER}"
target = "queue:service"
"""
LONGEST_LOSS_S = 1.0
"""A block of half a second, and 0.4 s in which late packets find their place."""
SLACK_S = 0.2
"""A busy machine writes and tells late."""
_PATIENCE_S = 120.0
_LOOK_AGAIN_S = 0.1
_MOST_CALLS_PER_S = 20


@dataclass(slots=True)
class Result:
    """What became of all recordings."""

    recordings: int = 0
    recovered: int = 0
    failed: int = 0
    """Recordings that were announced and had no file yet."""
    longest_loss_s: float = 0.0
    finished_in_s: float = 0.0
    """From the last start to the last end in the journal."""
    broken: list[str] = field(default_factory=list)
    """Each broken promise in a sentence."""


@dataclass(slots=True)
class Recorded:
    """What the journal tells of a recording; moments are wall-clock seconds."""

    began: float
    path: str = ""
    call_ended: float | None = None
    ends: list[JournalEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the switch is killed."""

    calls: int
    """For each kill under calls."""
    kills: int = 2
    """The last while it finishes what the others left."""
    at_once: bool = False
    """Calls are long, so that they run beside each other."""
    seed: int = 0


def measure(switch: SwitchProcess, dialled: str, folder: Path, plan: Plan) -> Result:
    """Place calls, kill and kill again, and look at what is left. The switch is not started yet."""
    random = Random(plan.seed)
    (folder / "speech.alaw").write_bytes(spoken := to_alaw(speech(11, 20.0)))
    (folder / "speech-60ms.pcap").write_bytes(capture(spoken * 4, 60))
    killed_at = [kill_under_calls(switch, dialled, folder, plan, random) for _ in range(plan.kills - 1)]
    with switch:
        time.sleep(random.uniform(0, 0.3))
        switch.kill()
    began = time.monotonic()
    with switch:
        result = Result(finished_in_s=wait_until_finished(switch) - began)
        switch.terminate()
        switch.wait(30)
    check_all(switch, killed_at, result)
    return result


def kill_under_calls(switch: SwitchProcess, dialled: str, folder: Path, plan: Plan, random: Random) -> float:
    """Let calls come, and kill the switch while they talk; when that was."""
    calls = plan.calls
    rate = min(_MOST_CALLS_PER_S, max(5, calls // 5))
    scenario = Scenario(
        name="caller_speaks_in_long_packets" if plan.at_once else "caller_streams_and_hangs_up",
        switch=switch.sip,
        dialled=dialled,
        keys={"caller": "13800138000", "caller_name": "客户"},
        calls=calls,
        calls_per_s=rate,
        timeout_s=600,
    )
    with switch, SippProcess(scenario, folder):
        begun_s = calls / rate + 2
        time.sleep(begun_s + random.uniform(0, 3) if plan.at_once else random.uniform(0.5, 1.0) * begun_s)
        killed_at = time.time()
        switch.kill()
        return killed_at


def wait_until_finished(switch: SwitchProcess) -> float:
    """When every recording has its end in the journal, or patience is at an end."""
    deadline = time.monotonic() + _PATIENCE_S
    while any(not each.ends for each in journalled(switch).values()) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_S)
    return time.monotonic()


def journalled(switch: SwitchProcess) -> dict[str, Recorded]:
    """Every recording the journal tells of, by its id."""
    found: dict[str, Recorded] = {}
    of_calls: dict[str, Recorded] = {}
    for entry in _entries(switch.configuration.records.journal):
        fields = entry.fields
        match entry.topic:
            case "call.answered" if fields["recording_id"]:
                of_calls[fields["call_id"]] = found.setdefault(fields["recording_id"], Recorded(entry.time))
            case "call.ended" if fields["call_id"] in of_calls:
                of_calls[fields["call_id"]].call_ended = entry.time
            case "recording.started":
                recorded = found.setdefault(fields["recording_id"], Recorded(entry.time))
                recorded.began, recorded.path = entry.time, fields["path"]
            case "recording.completed" | "recording.failed":
                began = fields.get("began_at") or entry.time
                found.setdefault(fields["recording_id"], Recorded(began)).ends.append(entry)
    return found


def check_all(switch: SwitchProcess, kills: Sequence[float], result: Result) -> None:
    """Hold every recording that the journal or the folder has against what it should be."""
    recordings, reader = journalled(switch), RecordReader(switch.configuration.records)
    rows = Counter(row["recording_id"] for row in reader.recordings(RecordingSearch(limit=10**6)))
    on_disk = {path.stem for path in switch.configuration.recordings.folder.glob("*/*.wav")}
    result.broken += [f"{name}: there is a file and no word of it" for name in on_disk - recordings.keys()]
    for name, recorded in recordings.items():
        result.recordings += 1
        killed_at = next(kill for kill in kills if kill >= recorded.began)
        result.broken += [f"{name}: {problem}" for problem in check(recorded, rows[name], killed_at, result)]


def check(recorded: Recorded, rows: int, killed_at: float, result: Result) -> Iterator[str]:
    """What is wrong with one recording."""
    if len(recorded.ends) != 1:
        yield f"{len(recorded.ends)} ends in the journal"
        return
    if rows != 1:
        yield f"{rows} rows in the database"
    (end,) = recorded.ends
    if end.topic == "recording.failed":
        result.failed += 1
        if recorded.path or killed_at - recorded.began > LONGEST_LOSS_S:
            yield f"failed: {end.fields['reason']}"
        return
    result.recovered += end.fields["recovered"]
    yield from check_file(Path(end.fields["path"]), end)
    over = killed_at if recorded.call_ended is None else recorded.call_ended
    loss_s = over - recorded.began - end.fields["duration_ms"] / 1000
    result.longest_loss_s = max(result.longest_loss_s, loss_s)
    if loss_s > LONGEST_LOSS_S + SLACK_S:
        yield f"{loss_s:.2f} s are lost"


def check_file(path: Path, end: JournalEntry) -> Iterator[str]:
    """Whether file, event and manifest agree, and others can read the file."""
    if not read_wav_file(path).is_true:
        yield "its header is not true"
    if sha256_of(path) != end.fields["sha256"]:
        yield "its hash is another"
    manifest = read_manifest(path)
    if manifest is None:
        yield "it has no manifest"
    elif (manifest.sha256, manifest.recovered) != (end.fields["sha256"], end.fields["recovered"]):
        yield "its manifest says otherwise"
    frames = soundfile.info(path).frames
    if frames // 8 != end.fields["duration_ms"]:
        yield f"soundfile finds {frames} frames"
    sox = subprocess.run(["soxi", "-s", str(path)], capture_output=True, text=True, check=False)
    if sox.stdout.strip() != str(frames):
        yield f"sox says {sox.stdout.strip() or sox.stderr.strip()}"


def _entries(journal: Path) -> Iterator[JournalEntry]:
    with closing(JournalReader(journal)) as reader:
        while entries := reader.take(1000):
            yield from entries


def main() -> None:
    """Run it on a switch of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument(
        "--kills", type=int, default=2, help="the last while it finishes what the others left"
    )
    parser.add_argument("--at-once", action="store_true", help="long calls in packets of 60 ms")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = Plan(asked.calls, max(2, asked.kills), asked.at_once, asked.seed)
        result = measure(SwitchSubject(folder, SECTIONS), NUMBER, folder, plan)
    if asked.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{result.recordings} recordings on {HOST}: {result.recovered} recovered, {result.failed} never "
            f"begun, at most {result.longest_loss_s:.2f} s lost, finished {result.finished_in_s:.1f} s "
            f"after the start; {len(result.broken)} promises broken",
            *result.broken,
            sep="\n",
        )
    sys.exit(1 if result.broken else 0)


if __name__ == "__main__":
    main()
