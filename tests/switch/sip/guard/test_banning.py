import pytest

from runtime.errors import UsageError
from runtime.vocabulary import Command
from switch.sip.guard.banning import Banning
from switch.sip.guard.commands import BanSource, LiftBan, TrustSources
from switch.sip.guard.config import GuardConfig
from switch.sip.guard.events import BanLifted, SourceBanned


def order(banning: Banning, command: Command, now: float = 0.0) -> list[object]:
    return list(banning.routes()[type(command)](command, now))


def test_an_operator_bans_a_source_and_hears_it_again() -> None:
    banning = Banning(GuardConfig())
    told = order(banning, BanSource(source="2001:db8::5", reason="盗打", duration_s=None))
    assert told == [SourceBanned(source="2001:db8::/64", reason="盗打", duration_s=None, times=1)]
    ban = banning.sources.of("2001:db8::99").ban
    assert ban is not None
    ban.dropped = 7
    assert order(banning, LiftBan(source="2001:db8::/64")) == [
        BanLifted(source="2001:db8::/64", reason="lifted", dropped=7)
    ]
    assert banning.sources.of("2001:db8::99").ban is None
    assert len(banning) == 0


def test_of_several_bans_by_hand_the_last_counts_however_short() -> None:
    banning = Banning(GuardConfig())
    order(banning, BanSource(source="192.0.2.66", reason="盗打", duration_s=None))
    order(banning, BanSource(source="192.0.2.66", reason="test", duration_s=60))
    assert [(ban.reason, ban.ends_at) for ban in banning.all()] == [("test", 60.0)]
    assert banning.wake(now=60.0) == [BanLifted(source="192.0.2.66", reason="expired", dropped=0)]
    assert banning.sources.of("192.0.2.66").ban is None


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (BanSource(source="carrier.example", reason="", duration_s=1), "name an IP address"),
        (BanSource(source="127.0.0.1", reason="", duration_s=1), "is trusted"),
        (LiftBan(source="192.0.2.1"), "is not banned"),
        (TrustSources(owner="trunk:a", sources=("nowhere",)), "trunk:a cannot be trusted"),
    ],
)
def test_what_cannot_be_done_is_refused(command: Command, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        order(Banning(GuardConfig()), command)


def test_who_becomes_trusted_is_heard_again_and_who_no_longer_is_has_limits() -> None:
    banning = Banning(GuardConfig())
    order(banning, BanSource(source="192.0.2.1", reason="", duration_s=600))
    told = order(banning, TrustSources(owner="trunk:a", sources=("192.0.2.0/24",)))
    assert told == [BanLifted(source="192.0.2.1", reason="lifted", dropped=0)]
    assert banning.sources.of("192.0.2.1").is_trusted
    assert order(banning, TrustSources(owner="trunk:a", sources=("192.0.2.0/24",))) == []
    order(banning, TrustSources(owner="trunk:a", sources=()))
    assert not banning.sources.of("192.0.2.1").is_trusted
    assert banning.next_deadline() is None


def test_a_source_that_was_forgotten_meanwhile_is_still_banned() -> None:
    banning = Banning(GuardConfig(max_sources=100))
    order(banning, BanSource(source="192.0.2.66", reason="", duration_s=600))
    for number in range(1000):
        banning.sources.of(f"10.0.{number // 250}.{number % 250}")
    ban = banning.sources.of("192.0.2.66").ban
    assert ban is not None
    assert banning.wake(now=600.0) == [BanLifted(source="192.0.2.66", reason="expired", dropped=0)]
    assert banning.sources.of("192.0.2.66").ban is None


@pytest.mark.parametrize("network", ["192.0.2.0/24", "192.0.2.7/32", "2001:db8::/48", "2001:db8::1/64"])
def test_a_ban_of_a_network_is_refused(network: str) -> None:
    banning = Banning(GuardConfig())
    with pytest.raises(UsageError, match=r"is a network.*guard\.deny"):
        order(banning, BanSource(source=network, reason="盗打", duration_s=None))
    assert len(banning) == 0


@pytest.mark.parametrize(
    ("zoned", "source"), [("fe80::1%eth0", "fe80::/64"), ("2001:db8::1%2", "2001:db8::/64")]
)
def test_a_zone_is_refused_since_a_ban_holds_on_every_link(zoned: str, source: str) -> None:
    banning = Banning(GuardConfig())
    for command in (BanSource(source=zoned, reason="盗打", duration_s=None), LiftBan(source=zoned)):
        with pytest.raises(UsageError, match=f"{zoned} names a zone; {source} is one source"):
            order(banning, command)
    assert len(banning) == 0
