"""Why calls and legs end: the names operators know, with Q.850 numbers and SIP statuses.

Sources: ITU-T Q.850 §2.2.7; the SIP mapping follows RFC 3398 §7.2.4.1 and §8.2.6.1.
"""

from enum import StrEnum


class Cause(StrEnum):
    """A hang-up cause. ``number`` is its Q.850 code, ``status`` the SIP answer that tells it."""

    number: int
    status: int

    def __new__(cls, name: str, number: int, status: int) -> "Cause":
        member = str.__new__(cls, name)
        member._value_ = name
        member.number = number
        member.status = status
        return member

    UNALLOCATED_NUMBER = "UNALLOCATED_NUMBER", 1, 404
    NO_ROUTE_DESTINATION = "NO_ROUTE_DESTINATION", 3, 404
    NORMAL_CLEARING = "NORMAL_CLEARING", 16, 480
    USER_BUSY = "USER_BUSY", 17, 486
    NO_USER_RESPONSE = "NO_USER_RESPONSE", 18, 408
    NO_ANSWER = "NO_ANSWER", 19, 480
    USER_NOT_REGISTERED = "USER_NOT_REGISTERED", 20, 480
    CALL_REJECTED = "CALL_REJECTED", 21, 603
    NUMBER_CHANGED = "NUMBER_CHANGED", 22, 410
    EXCHANGE_ROUTING_ERROR = "EXCHANGE_ROUTING_ERROR", 25, 483
    DESTINATION_OUT_OF_ORDER = "DESTINATION_OUT_OF_ORDER", 27, 502
    INVALID_NUMBER_FORMAT = "INVALID_NUMBER_FORMAT", 28, 484
    NORMAL_UNSPECIFIED = "NORMAL_UNSPECIFIED", 31, 480
    NORMAL_CIRCUIT_CONGESTION = "NORMAL_CIRCUIT_CONGESTION", 34, 503
    NORMAL_TEMPORARY_FAILURE = "NORMAL_TEMPORARY_FAILURE", 41, 503
    SWITCH_CONGESTION = "SWITCH_CONGESTION", 42, 503
    OUTGOING_CALL_BARRED = "OUTGOING_CALL_BARRED", 52, 403
    INCOMPATIBLE_DESTINATION = "INCOMPATIBLE_DESTINATION", 88, 488
    RECOVERY_ON_TIMER_EXPIRE = "RECOVERY_ON_TIMER_EXPIRE", 102, 504
    INTERWORKING = "INTERWORKING", 127, 500
    ORIGINATOR_CANCEL = "ORIGINATOR_CANCEL", 16, 487
    LOSE_RACE = "LOSE_RACE", 26, 487
    MEDIA_TIMEOUT = "MEDIA_TIMEOUT", 102, 504
    MANAGER_REQUEST = "MANAGER_REQUEST", 16, 480


_BY_STATUS: dict[int, Cause] = {
    401: Cause.CALL_REJECTED,
    402: Cause.CALL_REJECTED,
    403: Cause.CALL_REJECTED,
    404: Cause.UNALLOCATED_NUMBER,
    407: Cause.CALL_REJECTED,
    408: Cause.NO_USER_RESPONSE,
    410: Cause.NUMBER_CHANGED,
    480: Cause.NO_ANSWER,
    482: Cause.EXCHANGE_ROUTING_ERROR,
    483: Cause.EXCHANGE_ROUTING_ERROR,
    484: Cause.INVALID_NUMBER_FORMAT,
    485: Cause.UNALLOCATED_NUMBER,
    486: Cause.USER_BUSY,
    487: Cause.ORIGINATOR_CANCEL,
    488: Cause.INCOMPATIBLE_DESTINATION,
    500: Cause.NORMAL_TEMPORARY_FAILURE,
    502: Cause.DESTINATION_OUT_OF_ORDER,
    503: Cause.NORMAL_TEMPORARY_FAILURE,
    504: Cause.RECOVERY_ON_TIMER_EXPIRE,
    600: Cause.USER_BUSY,
    603: Cause.CALL_REJECTED,
    604: Cause.UNALLOCATED_NUMBER,
    606: Cause.INCOMPATIBLE_DESTINATION,
}
_BY_CLASS: dict[int, Cause] = {
    4: Cause.INTERWORKING,
    5: Cause.NORMAL_TEMPORARY_FAILURE,
    6: Cause.INTERWORKING,
}


def cause_of_status(status: int) -> Cause:
    """The cause a failed INVITE's final status stands for (RFC 3398 §8.2.6.1)."""
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, Cause.NORMAL_UNSPECIFIED)
