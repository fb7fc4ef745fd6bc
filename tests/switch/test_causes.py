import pytest

from switch.causes import Cause, cause_of_status


@pytest.mark.parametrize(
    ("status", "cause", "number"),
    [
        (404, Cause.UNALLOCATED_NUMBER, 1),
        (407, Cause.CALL_REJECTED, 21),
        (482, Cause.EXCHANGE_ROUTING_ERROR, 25),
        (483, Cause.EXCHANGE_ROUTING_ERROR, 25),
        (484, Cause.INVALID_NUMBER_FORMAT, 28),
        (485, Cause.UNALLOCATED_NUMBER, 1),
        (486, Cause.USER_BUSY, 17),
        (600, Cause.USER_BUSY, 17),
        (603, Cause.CALL_REJECTED, 21),
        (408, Cause.NO_USER_RESPONSE, 18),
        (499, Cause.INTERWORKING, 127),
        (599, Cause.NORMAL_TEMPORARY_FAILURE, 41),
        (305, Cause.NORMAL_UNSPECIFIED, 31),
    ],
)
def test_a_final_status_stands_for_a_cause(status: int, cause: Cause, number: int) -> None:
    assert cause_of_status(status) is cause
    assert cause.number == number


def test_a_cause_is_its_name_on_the_wire() -> None:
    assert Cause["USER_BUSY"] is Cause.USER_BUSY
    assert f"{Cause.USER_BUSY}" == "USER_BUSY"
    assert all(400 <= cause.status < 700 for cause in Cause)
