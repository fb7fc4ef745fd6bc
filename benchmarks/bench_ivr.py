"""Callers in menus of flows: CPU of a node, digit to the next prompt, loading of flows.

``python -m benchmarks.bench_ivr [--callers N] [--keys-per-s N] [--seconds S] [--flows N] [--json]``

SIPp's callers all are in one flow at once, hear menus and press keys (RFC 4733), each of which leads to the
next menu. The time of a digit is taken at the caller: from the packet that tells that the key is up until the
first packet of the next prompt came, by the kernel's clock; the prompt before was stopped when the key went
down. CPU of a node is that of the switch's Python threads while keys are pressed, with all that the calls
cost then; what they cost while nobody presses is told too. Threads of the media core are in neither.
Loading is of flow documents of twenty nodes, checked as ``ringmain check`` does, CPU time as the switch
starts: without looking for garbage meanwhile.
"""

import argparse
import gc
import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.keypad_callers import Heard, KeypadCallers
from benchmarks.switch_subject import SwitchSubject
from ivr.check import Surroundings
from ivr.loader import load_flows

MENU = Path(__file__).resolve().parent.parent / "conf" / "prompts" / "zh" / "menu.wav"
NUMBER = "95598"
CALLS_PER_S = 100
WARM_UP_S = 5.0
STILL_S = 5.0
"""Longer than the prompt."""
PROMPTS = frozenset({"menu", "sorry"})

SECTIONS = f"""
[guard]
max_loop_delay_ms = 10000

[[access_codes]]
number = "{NUMBER}"
target = "flow:menus"
record = false
"""

FLOW = """
name: menus
title: 菜单
language: zh
start: 主菜单
nodes:
  主菜单: { type: menu, prompts: [menu], choices: { 1: 业务, 0: 结束 }, timeout_s: 60, tries: 10, next: 结束 }
  业务: { type: menu, prompts: [menu], choices: { 1: 主菜单, 0: 结束 }, timeout_s: 60, tries: 10, next: 结束 }
  结束: { type: hang_up }
"""

SERVICE = """
  m{n}:
    type: menu
    prompts: [menu, {{ money: 余额 }}]
    choices: {{ 1: c{n}, 2: b{n}, 0: out }}
    on_invalid: [sorry]
    next: c{n}
  c{n}:
    type: collect
    prompts: [menu]
    variable: 户号
    max_digits: 10
    check: starts_with(digits, '31')
    next: b{n}
    otherwise: out
  b{n}:
    type: branch
    ways: [{{ tag: 老人, go: s{n} }}, {{ when: 余额 > {n} and hour < 18, go: p{n} }}]
    next: s{n}
  p{n}: {{ type: play, prompts: [menu, {{ digits: 户号 }}, {{ say: "余额{{余额}}元" }}], next: s{n} }}
  s{n}: {{ type: set, values: {{ 余额: 余额 + {n} }}, next: {following} }}
"""
"""Five nodes."""


@dataclass(frozen=True, slots=True)
class Result:
    """The last line."""

    cpu_ms_per_node: float
    """Of the switch's Python threads."""
    still_cpu_ms_per_s: float
    """The same while the callers only wait, a second: part of the above."""
    digit_to_prompt_p50_ms: float
    digit_to_prompt_p99_ms: float
    load_s: float
    callers: int
    nodes: int
    """Visited while it was measured."""
    not_timed: int
    """Keys whose next prompt could not be told from the one before."""
    unanswered: int


@dataclass(frozen=True, slots=True)
class Calls:
    """What was measured of callers in menus."""

    cpu_ms: float
    still_cpu_ms_per_s: float
    heard: Heard


def measure_calls(callers: int, keys_per_s: float, seconds: float) -> Calls:
    """Let callers come, press keys for a warm-up, wait, and press keys for ``seconds``."""
    with tempfile.TemporaryDirectory(prefix="bench-ivr-") as name:
        folder = Path(name)
        subject = SwitchSubject(folder, SECTIONS)
        (folder / "flows" / "menus.yaml").write_text(FLOW, "utf-8")
        shutil.copy(MENU, folder / "prompts")
        with subject, KeypadCallers(subject.sip, NUMBER, callers, CALLS_PER_S, folder) as keypads:
            keypads.press("1", keys_per_s, WARM_UP_S)
            time.sleep(STILL_S)
            at_rest = subject.python_cpu_s()
            time.sleep(STILL_S)
            before = subject.python_cpu_s()
            heard = keypads.press("1", keys_per_s, seconds)
            cpu_ms = (subject.python_cpu_s() - before) * 1000
    return Calls(cpu_ms, (before - at_rest) * 1000 / STILL_S, heard)


def load(flows: int) -> float:
    """Seconds of CPU for so many documents of twenty nodes."""
    with tempfile.TemporaryDirectory(prefix="bench-ivr-") as name:
        for number in range(flows):
            (Path(name) / f"flow{number}.yaml").write_text(_document(number), "utf-8")
        surroundings = Surroundings(PROMPTS, lambda queue: queue == "service")
        gc.disable()
        began = time.process_time()
        loaded = load_flows(Path(name), surroundings)
        lasted = time.process_time() - began
        gc.enable()
    if loaded.problems:
        raise SystemExit(f"documents of the benchmark are wrong: {loaded.problems[0]}")
    return round(lasted, 2)


def _document(number: int) -> str:
    head = f"name: flow{number}\ntitle: 业务 {number}\nlanguage: zh\nvariables: {{ 余额: 0, 户号: \"''\" }}\n"
    services = "".join(SERVICE.format(n=n, following=f"m{n + 1}" if n < 3 else "out") for n in range(4))
    return f"{head}start: m0\nnodes:{services}  out: {{ type: queue, queue: service }}\n"


def result_of(callers: int, calls: Calls, load_s: float) -> Result:
    """Raises SystemExit when nothing was heard."""
    heard = calls.heard
    ordered = sorted(heard.delays_ms)
    nodes = len(ordered) + heard.not_stopped
    if not ordered:
        raise SystemExit("no key was followed by a prompt: no figure")
    return Result(
        cpu_ms_per_node=round(calls.cpu_ms / nodes, 4),
        still_cpu_ms_per_s=round(calls.still_cpu_ms_per_s, 1),
        digit_to_prompt_p50_ms=_percentile(ordered, 0.5),
        digit_to_prompt_p99_ms=_percentile(ordered, 0.99),
        load_s=load_s,
        callers=callers,
        nodes=nodes,
        not_timed=heard.not_stopped,
        unanswered=heard.unanswered,
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)], 2)


def _table(figures: Mapping[str, float]) -> Table:
    table = Table("figure", title=f"{figures['callers']} callers in menus")
    table.add_column("value", justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    return table


def main() -> None:
    """Measure, print the table, then the one line of JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--callers", type=int, default=2_000, help="in menus at once")
    parser.add_argument("--keys-per-s", type=float, default=200.0, help="of all callers together")
    parser.add_argument("--seconds", type=float, default=20.0, help="of pressing keys, after a warm-up")
    parser.add_argument("--flows", type=int, default=1_500, help="loaded and checked")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    arguments = parser.parse_args()
    load_s = load(arguments.flows)
    calls = measure_calls(arguments.callers, arguments.keys_per_s, arguments.seconds)
    figures = asdict(result_of(arguments.callers, calls, load_s))
    if not arguments.json:
        Console().print(_table(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
