"""Whom people name, in few words."""

from cli.targets import party_of, target_of


def test_a_target_is_an_agent_a_number_or_as_it_stands() -> None:
    told = [target_of(text) for text in ("1002", "13800138000", "010", "+8610000", "queue:销售")]
    assert told == ["agent:1002", "number:13800138000", "number:010", "number:+8610000", "queue:销售"]


def test_a_party_is_a_station_a_number_or_as_it_stands() -> None:
    told = [party_of(text) for text in ("1002", "13800138000", "station:柜台")]
    assert told == ["station:1002", "number:13800138000", "station:柜台"]
