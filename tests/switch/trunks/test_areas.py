from switch.trunks.areas import Areas, Landing

AREAS = Areas([("0772", "柳州"), ("077", "广西"), ("8801", "来宾"), ("95598", "never a number of its own")])


def test_the_longest_code_before_a_number_tells_the_area() -> None:
    assert AREAS.split("077295598") == Landing("95598", "柳州")
    assert AREAS.split("077395598") == Landing("395598", "广西")
    assert AREAS.split("880195598") == Landing("95598", "来宾")


def test_a_number_without_a_code_is_left_alone() -> None:
    assert AREAS.split("12345") is None
    assert AREAS.split("") is None
    assert Areas([]).split("077295598") is None


def test_a_code_with_nothing_behind_it_is_no_landing_code() -> None:
    assert AREAS.split("95598") is None
