import pytest

from switch.sdp.direction import Direction

SENDRECV, SENDONLY, RECVONLY, INACTIVE = Direction


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(SENDRECV, SENDRECV), (SENDONLY, RECVONLY), (RECVONLY, SENDONLY), (INACTIVE, INACTIVE)],
)
def test_other_side_sees_sending_as_receiving(ours: Direction, theirs: Direction) -> None:
    assert ours.mirrored is theirs


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (SENDRECV, SENDRECV, SENDRECV),
        (SENDRECV, SENDONLY, SENDONLY),
        (SENDRECV, RECVONLY, RECVONLY),
        (SENDRECV, INACTIVE, INACTIVE),
        (SENDONLY, SENDONLY, SENDONLY),
        (SENDONLY, RECVONLY, INACTIVE),
        (SENDONLY, INACTIVE, INACTIVE),
        (RECVONLY, RECVONLY, RECVONLY),
        (RECVONLY, INACTIVE, INACTIVE),
        (INACTIVE, INACTIVE, INACTIVE),
    ],
)
def test_only_what_both_allow_is_allowed(one: Direction, other: Direction, both: Direction) -> None:
    assert one & other is both
    assert other & one is both
