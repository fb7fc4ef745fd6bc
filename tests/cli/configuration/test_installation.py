"""Configuration, flows and prompts are read together, and so are their mistakes."""

from pathlib import Path

import pytest

from cli.configuration.error import ConfigurationError
from cli.configuration.installation import load_installation
from tests.cli.small_installation import replace


def places(configuration_path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(ConfigurationError) as caught:
        load_installation(configuration_path)
    return [(Path(problem.file).name, problem.line, problem.key) for problem in caught.value.problems]


def test_an_installation_without_a_mistake_is_loaded(configuration_path: Path) -> None:
    installation = load_installation(configuration_path)
    assert set(installation.flows) == {"hotline"}
    assert [name for name in installation.prompts.names if ":" not in name] == ["hello"]
    assert "tone:busy" in installation.prompts.names


def test_a_target_to_an_unknown_flow_is_told_at_its_line(configuration_path: Path) -> None:
    replace(configuration_path, "flow:hotline", "flow:hotlien")
    assert places(configuration_path) == [("ringmain.toml", 3, "access_codes[0].target")]


def test_music_that_is_no_prompt_is_told_at_its_line(configuration_path: Path) -> None:
    replace(configuration_path, 'music = "hello"', 'music = "polka"')
    assert places(configuration_path) == [("ringmain.toml", 6, "queues[0].music")]


def test_a_way_out_of_a_queue_to_an_unknown_flow_is_told(configuration_path: Path) -> None:
    replace(configuration_path, 'music = "hello"', 'on_full = "flow:closed"')
    assert places(configuration_path) == [("ringmain.toml", 6, "queues[0].on_full")]


def test_a_flow_may_say_of_the_wait_what_a_target_may(configuration_path: Path) -> None:
    flow = configuration_path.parent / "flows" / "hotline.yaml"
    replace(flow, "queue: service", "queue: service?priority=20&require=en")
    assert set(load_installation(configuration_path).flows) == {"hotline"}
    replace(flow, "priority=20", "priority=high")
    assert places(configuration_path) == [("hotline.yaml", 12, "nodes.wait.queue")]


def test_mistakes_of_all_files_are_told_together(configuration_path: Path) -> None:
    replace(configuration_path, 'music = "hello"', "wrap_up_s = -1")
    replace(configuration_path.parent / "flows" / "hotline.yaml", "queue: service", "queue: sales")
    (configuration_path.parent / "prompts" / "bad.wav").write_bytes(b"no sound")
    assert places(configuration_path) == [
        ("hotline.yaml", 12, "nodes.wait.queue"),
        ("bad.wav", 0, "bad"),
        ("ringmain.toml", 6, "queues[0].wrap_up_s"),
    ]


def test_a_faulty_flow_does_not_hide_a_target_that_means_another(configuration_path: Path) -> None:
    replace(configuration_path, "flow:hotline", "flow:hotlien")
    replace(configuration_path.parent / "flows" / "hotline.yaml", "queue: service", "queue: sales")
    assert places(configuration_path) == [
        ("hotline.yaml", 12, "nodes.wait.queue"),
        ("ringmain.toml", 3, "access_codes[0].target"),
    ]
    assert complete(configuration_path)


def test_a_wrong_key_does_not_hide_two_that_disagree_nor_what_stands_in_the_flows(
    configuration_path: Path,
) -> None:
    with configuration_path.open("a", encoding="utf-8") as file:
        file.write('\n[sip]\nport = "x"\nregister_expires_min_s = 5000\n')
    replace(configuration_path.parent / "flows" / "hotline.yaml", "queue: service", "queue: sales")
    told = places(configuration_path)
    assert {key for _, _, key in told} >= {"sip.port", "nodes.wait.queue"}
    assert len([key for _, _, key in told if key.startswith("sip.register_expires")]) == 1
    assert complete(configuration_path)


def complete(configuration_path: Path) -> bool:
    with pytest.raises(ConfigurationError) as caught:
        load_installation(configuration_path)
    return caught.value.complete


def test_a_missing_prompt_folder_is_one_problem_not_one_a_prompt(configuration_path: Path) -> None:
    (configuration_path.parent / "prompts").rename(configuration_path.parent / "sounds")
    assert places(configuration_path) == [("ringmain.toml", 0, "media.prompts")]
    assert not complete(configuration_path)  # which prompts are missing shows once the folder is there


def test_an_unusable_prompt_is_told_once_and_not_where_it_is_used(configuration_path: Path) -> None:
    (configuration_path.parent / "prompts" / "hello.wav").write_bytes(b"no sound")
    assert places(configuration_path) == [("hello.wav", 0, "hello")]
    assert complete(configuration_path)


def test_a_flow_that_cannot_be_read_leaves_open_what_its_name_is(configuration_path: Path) -> None:
    replace(configuration_path.parent / "flows" / "hotline.yaml", "title: 热线", "title: [热线")
    ((file, _, _),) = places(configuration_path)
    assert file == "hotline.yaml"
    assert not complete(configuration_path)


def test_a_queue_that_cannot_be_read_is_not_missed_elsewhere(configuration_path: Path) -> None:
    replace(configuration_path, 'name = "service"', "name = 5")
    assert places(configuration_path) == [("ringmain.toml", 5, "queues[0].name")]
    assert not complete(configuration_path)


def test_a_missing_folder_is_told_once(configuration_path: Path) -> None:
    (configuration_path.parent / "flows" / "hotline.yaml").unlink()
    (configuration_path.parent / "flows").rmdir()
    assert places(configuration_path) == [("ringmain.toml", 0, "ivr.flows")]


def test_a_syntax_mistake_does_not_spread_to_the_flows(configuration_path: Path) -> None:
    replace(configuration_path, 'name = "service"', 'name = "service')
    assert places(configuration_path) == [("ringmain.toml", 5, "name")]
