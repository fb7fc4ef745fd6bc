from hypothesis import given
from hypothesis import strategies as st

from switch.sip.guard.bans import Ban, Bans
from switch.sip.guard.config import GuardConfig

BAD = "192.0.2.66"


def make_bans(**keys: float) -> Bans:
    return Bans(GuardConfig.model_validate(keys))


def lasts_s(ban: Ban) -> float:
    assert ban.ends_at is not None
    return ban.ends_at - ban.began_at


def test_a_ban_ends_by_itself() -> None:
    bans = make_bans(ban_s=600)
    ban = bans.begin(BAD, "scanner", 1000.0)
    assert (bans.find(BAD), bans.next_deadline()) == (ban, 1600.0)
    assert bans.expire(1599.9) is None
    assert bans.expire(1600.0) is ban
    assert (bans.find(BAD), bans.next_deadline(), len(bans)) == (None, None, 0)


def test_who_comes_again_is_banned_twice_as_long_up_to_a_limit() -> None:
    bans, now, lengths = make_bans(ban_s=600, ban_max_s=3000), 1000.0, []
    for _ in range(5):
        ban = bans.begin(BAD, "scanner", now)
        lengths.append(lasts_s(ban))
        now += lasts_s(ban)
        bans.expire(now)
    assert lengths == [600, 1200, 2400, 3000, 3000]


def test_what_is_long_ago_is_forgotten_and_what_was_lifted_is_forgiven() -> None:
    bans = make_bans(ban_s=600, ban_memory_s=3600)
    bans.begin(BAD, "scanner", 0.0)
    bans.expire(600.0)
    assert bans.begin(BAD, "scanner", 4100.0).times == 2
    bans.forgive(BAD)
    assert bans.begin(BAD, "scanner", 4200.0).times == 1
    bans.expire(4800.0)
    assert bans.begin(BAD, "scanner", 4800.0 + 3601).times == 1


def test_a_ban_without_end_stays() -> None:
    bans = make_bans()
    bans.keep(Ban(source=BAD, reason="盗打", began_at=0.0, ends_at=None, times=1))
    assert (bans.next_deadline(), bans.expire(1e9)) == (None, None)
    assert bans.forgive(BAD) is not None


def test_a_ban_in_place_of_another_ends_at_its_own_time() -> None:
    bans = make_bans(ban_s=600)
    bans.begin(BAD, "scanner", 0.0)
    bans.keep(Ban(source=BAD, reason="by hand", began_at=10.0, ends_at=None, times=1))
    assert bans.expire(601.0) is None
    assert len(bans) == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=200))
def test_there_are_never_too_many(banned: list[tuple[int, bool]]) -> None:
    bans = make_bans(max_bans=10)
    for now, (number, without_end) in enumerate(banned):
        source = f"192.0.2.{number}"
        if without_end:
            bans.keep(Ban(source=source, reason="", began_at=float(now), ends_at=None, times=1))
        else:
            bans.begin(source, "scanner", float(now))
        bans.surplus()
        assert len(bans) <= 10


def test_the_ban_that_ends_first_gives_way_before_one_without_end() -> None:
    bans = make_bans(max_bans=10, ban_s=600)
    bans.keep(Ban(source="192.0.2.0", reason="", began_at=0.0, ends_at=None, times=1))
    for number in range(1, 11):
        bans.begin(f"192.0.2.{number}", "scanner", float(number))
    surplus = bans.surplus()
    assert surplus is not None
    assert surplus.source == "192.0.2.1"
