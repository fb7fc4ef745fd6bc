"""The benchmarks still run: a few calls, no figure is judged."""

import asyncio

import pytest

from benchmarks import (
    bench_acd,
    bench_control,
    bench_dispatch,
    bench_flood,
    bench_ivr,
    bench_media,
    bench_recording,
    bench_register,
    bench_relay,
    profile_calls,
)
from benchmarks.audited_verbs import measure_audited
from benchmarks.bench_calls import measure
from benchmarks.event_delay import measure_delay
from benchmarks.flooder import KINDS
from benchmarks.stopped_subscriber import measure_stopped

pytestmark = pytest.mark.timeout(300)  # the programs may have to be built first


@pytest.mark.parametrize("media", [True, False])
def test_calls_are_measured(media: bool) -> None:
    result = measure(rate=5, seconds=1.0, media=media)
    assert (result.failed, result.retransmissions) == (0, 0)
    assert result.calls == 5
    assert result.cpu_ms_per_call > 0


def test_registrations_are_measured() -> None:
    result = bench_register.measure(stations=20, rate=20, seconds=1.0)
    assert (result.bindings, result.registers, result.failed, result.repeated) == (20, 20, 0, 0)
    assert min(result.cpu_ms_per_register, result.fill_cpu_ms_per_register) > 0


def test_floods_are_measured() -> None:
    result, turns = bench_flood.measure(rate=100, seconds=4.0, turns=1, warm_up_s=0.2)
    assert {turn.kind for turn in turns} == set(KINDS)
    assert all(turn.datagrams > 0 for turn in turns)
    assert result.failed == 0
    assert min(result.ratio, result.quiet_p50_ms, result.flooded_p50_ms) > 0


def test_the_acds_core_is_measured() -> None:
    size = bench_acd.Size(agents=20, queues=10, access_codes=10)
    with bench_acd.core_maker(keep_inputs=True) as make:
        result = bench_acd.measure(0.2, agent_count=20, queue_count=10, waiting=40, size=size, make_core=make)
    assert min(result.events_per_s, result.decisions, result.bytes_per_agent, result.bytes_per_entry) > 0


def test_dispatch_is_measured() -> None:
    result = bench_dispatch.measure(agent_count=5, calls=30, beside=3)
    assert min(result.dispatches, result.dispatches_beside) > 0
    assert 0 < result.free_to_invite_p50_ms <= result.free_to_invite_p99_ms


def test_menus_are_measured() -> None:
    calls = bench_ivr.measure_calls(callers=10, keys_per_s=5, seconds=2)
    result = bench_ivr.result_of(10, calls, bench_ivr.load(flows=2))
    assert (result.nodes, result.not_timed, result.unanswered) == (10, 0, 0)
    assert result.cpu_ms_per_node > 0
    assert 0 < result.digit_to_prompt_p50_ms <= result.digit_to_prompt_p99_ms


def test_the_control_socket_is_measured() -> None:
    result = bench_control.measure(verbs=400, events=70_000, subscribers=2)
    assert min(result.verbs_per_s, result.verb_cpu_us, result.events_per_s, result.event_cpu_us) > 0


def test_verbs_that_are_noted_are_measured() -> None:
    result = measure_audited(400)
    assert result.unnoted == 0
    assert min(result.ping.verbs_per_s, result.noted.verb_cpu_us, result.noted_by_token.verbs_per_s) > 0


def test_a_subscriber_that_was_stopped_harms_no_call_and_misses_nothing() -> None:
    result = measure_stopped(2.0, rounds=1, rate=25, talk_ms=500)
    assert (result.failed, result.holes, result.gaps) == (0, 0, 0)
    assert min(result.nobody.p50_ms, result.live.p50_ms, result.stopped.p50_ms) > 0
    assert result.missed_while_stopped > 50 * len(("call.arrived", "call.answered", "call.ended"))


def test_the_way_of_events_to_a_subscriber_is_measured() -> None:
    result = measure_delay(1.0, rate=25, talk_ms=500)
    assert result.failed == 0
    assert result.events > 25 * len(("call.arrived", "call.answered", "call.ended"))
    assert 0 < result.event_p50_ms <= result.event_p99_ms
    assert 0 < result.bare_p50_ms <= result.bare_p99_ms


@pytest.mark.parametrize("subject", ["call", "register"])
def test_calls_and_registrations_are_profiled(subject: str) -> None:
    result = asyncio.run(profile_calls.run(subject, times=3, top=5))
    assert result.python_calls > 0
    assert result.items > 0


def test_what_media_costs_is_measured() -> None:
    bench_relay.build_binaries()
    result = bench_media.measure(streams=6, seconds=4.2)
    assert result.loss == 0
    ratios = (
        result.play_ratio,
        result.send_ratio,
        result.music_to_send,
        result.relay_ratio,
        result.srtp_ratio,
        result.mix_to_relay,
        result.mix64_to_relay,
    )
    assert min(*ratios, result.transcoded_call_percent, result.leg_us) > 0


def test_what_a_relayed_packet_costs_is_measured() -> None:
    bench_relay.build_binaries()
    result, rounds = bench_relay.measure(streams=6, seconds=2.4, workers=2)
    assert (result.loss, result.recordings_failed) == (0, 0)
    assert min(result.relay_ratio, result.record_ratio, result.generator_us) > 0
    assert all(0 < one.p50_us <= one.p99_us for ones in rounds.values() for one in ones)


def test_what_recordings_write_is_held_against_what_is_wanted() -> None:
    bench_relay.build_binaries()
    result, _ = bench_relay.measure(streams=6, seconds=2.4, turns=1, sample_format="alaw")
    assert (result.loss, result.recordings_failed) == (0, 0)
    assert 0.04 < result.written_mb_a_s < 0.1, "three calls are 48 kB a second, and the files' headers"
    figures = {one.name: one.most for one in bench_recording.wanted(result)}
    assert figures["written_mb_a_s"] == pytest.approx(40 * 3 / 2000)
