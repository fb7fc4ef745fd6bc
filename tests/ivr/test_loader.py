"""Flows from a folder, good ones and bad."""

from pathlib import Path

import pytest

from ivr.check import Surroundings
from ivr.loader import load_flows

SURROUNDINGS = Surroundings(prompts={"a"}, knows_queue=lambda _: True)
FLOW = "name: {name}\ntitle: t\nlanguage: zh\nstart: end\nnodes:\n  end: {{type: hang_up}}\n"


def write(folder: Path, file: str, name: str) -> None:
    (folder / file).write_text(FLOW.format(name=name), encoding="utf-8")


def test_every_document_of_the_folder_becomes_a_flow(tmp_path: Path) -> None:
    write(tmp_path, "b.yaml", "营业时间")
    write(tmp_path, "a.yml", "hotline")
    (tmp_path / "notes.txt").write_text("not a flow")
    loaded = load_flows(tmp_path, SURROUNDINGS)
    assert loaded.problems == []
    assert list(loaded.flows) == ["hotline", "营业时间"]


def test_the_tests_of_a_flow_are_no_flow(tmp_path: Path) -> None:
    write(tmp_path, "hotline.yaml", "hotline")
    (tmp_path / "hotline.test.yaml").write_text("dialogues: {}\n")
    loaded = load_flows(tmp_path, SURROUNDINGS)
    assert (list(loaded.flows), loaded.problems) == (["hotline"], [])


def test_a_bad_document_does_not_hide_the_good_ones(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "good")
    write(tmp_path, "b.yaml", "not good")
    loaded = load_flows(tmp_path, SURROUNDINGS)
    assert list(loaded.flows) == ["good"]
    assert [(p.file, p.line, p.key) for p in loaded.problems] == [(str(tmp_path / "b.yaml"), 1, "name")]


def test_two_flows_of_one_name_are_a_problem(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "hotline")
    write(tmp_path, "b.yaml", "hotline")
    (problem,) = load_flows(tmp_path, SURROUNDINGS).problems
    assert problem.file == str(tmp_path / "b.yaml")
    assert problem.expected == f"a name of its own; {tmp_path / 'a.yaml'} has this one"


@pytest.mark.parametrize(
    ("content", "line", "expected"),
    [
        (b"name: hotline\ntitle: \xbf\xcd\xb7\xfe\n", 2, "UTF-8 text"),
        (b"# " + b"x" * 1_000_000, 0, "at most 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_text_is_a_problem(
    tmp_path: Path, content: bytes, line: int, expected: str
) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    (problem,) = load_flows(tmp_path, SURROUNDINGS).problems
    assert (problem.line, problem.expected) == (line, expected)


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    (problem,) = load_flows(tmp_path, SURROUNDINGS).problems
    assert problem.expected == "a readable file (No such file or directory)"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + FLOW.format(name="hotline").encode())
    assert list(load_flows(tmp_path, SURROUNDINGS).flows) == ["hotline"]


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    loaded = load_flows(tmp_path / "gone", SURROUNDINGS)
    assert loaded.flows == {}
    assert [problem.key for problem in loaded.problems] == ["ivr.flows"]
