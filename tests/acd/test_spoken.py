"""What queues say of minutes."""

from acd.announcements import Announcements
from acd.spoken import minutes, rounded_minutes


def test_minutes_are_rounded_up_and_two_of_them_have_their_word() -> None:
    assert [rounded_minutes(s) for s in (1, 60, 61, 600, 601, 1000)] == [1, 1, 2, 10, 15, 20]
    assert minutes(Announcements(), "zh", 2) == ("zh/numbers/two", "zh/queue/minutes")
    assert minutes(Announcements(), "en", 1) == ("en/digits/1", "en/queue/minute")
