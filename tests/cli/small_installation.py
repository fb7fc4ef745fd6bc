"""A small installation without a mistake, and how to put one in."""

from pathlib import Path

import numpy as np
import soundfile

FLOW = """\
name: hotline
title: 热线
language: zh
start: greet
nodes:
  greet:
    type: play
    prompts: [hello]
    next: wait
  wait:
    type: queue
    queue: service
"""
CONFIGURATION = """\
[[access_codes]]
number = "95598"
target = "flow:hotline"
[[queues]]
name = "service"
music = "hello"
"""


def write_installation(folder: Path) -> Path:
    """Configuration, one flow and one prompt; returns the path of the configuration."""
    (folder / "prompts").mkdir()
    (folder / "flows").mkdir()
    soundfile.write(folder / "prompts" / "hello.wav", np.zeros(800), 8000)
    (folder / "flows" / "hotline.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "ringmain.toml").write_text(CONFIGURATION)
    return folder / "ringmain.toml"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
