from switch.sip.guard.rates import Rate


def test_a_burst_may_be_had_at_once_and_no_more() -> None:
    rate, spent = Rate(10, 5), [0.0]
    assert [rate.spend(spent, 0, 100.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert rate.is_spent(spent, 0, 100.0)


def test_what_was_spent_comes_back_at_the_rate() -> None:
    rate, spent = Rate(10, 5), [0.0]
    for _ in range(5):
        rate.spend(spent, 0, 100.0)
    assert [rate.spend(spent, 0, 100.25) for _ in range(3)] == [True, True, False]
    assert not rate.is_spent(spent, 0, 100.4)


def test_being_refused_costs_nothing() -> None:
    rate, spent = Rate(1, 1), [0.0]
    assert rate.spend(spent, 0, 10.0)
    assert not any(rate.spend(spent, 0, 10.5) for _ in range(1000))
    assert rate.spend(spent, 0, 11.0)


def test_a_long_silence_does_not_make_more_than_a_burst() -> None:
    rate, spent = Rate(100, 3), [0.0]
    assert sum(rate.spend(spent, 0, 1e6) for _ in range(10)) == 3
