"""How a phone is told to answer by itself: there is no standard, so stations say what their phones know."""

from collections.abc import Mapping
from enum import StrEnum

from switch.sip.legs.branches import HeaderFields


class AutoAnswer(StrEnum):
    """The header that a station's phones go by."""

    ALL = "all"
    """call_info and alert_info together, which most phones know one of."""
    CALL_INFO = "call_info"
    """``Call-Info: answer-after=0``."""
    ALERT_INFO = "alert_info"
    """``Alert-Info: info=alert-autoanswer``."""
    RING_ANSWER = "ring_answer"
    """``Alert-Info: info=ring-answer``."""


_CALL_INFO = ("call-info", "<sip:auto-answer.invalid>;answer-after=0")
_ALERT_INFO = ("alert-info", "<http://auto-answer.invalid>;info=alert-autoanswer;delay=0")
_RING_ANSWER = ("alert-info", "<http://auto-answer.invalid>;info=ring-answer")
FIELDS: Mapping[AutoAnswer, HeaderFields] = {
    AutoAnswer.ALL: (_CALL_INFO, _ALERT_INFO),
    AutoAnswer.CALL_INFO: (_CALL_INFO,),
    AutoAnswer.ALERT_INFO: (_ALERT_INFO,),
    AutoAnswer.RING_ANSWER: (_RING_ANSWER,),
}
"""Of the INVITE. Both headers want an address in angle brackets (RFC 3261 §20.4, §20.9); phones ignore it."""


class AutoAnswering:
    """What each station's phones are told."""

    def __init__(self, stations: Mapping[str, AutoAnswer] | None = None) -> None:
        self.configure(stations or {})

    def configure(self, stations: Mapping[str, AutoAnswer]) -> None:
        """Go by these for phones that are rung from now on."""
        self._stations = {name: way for name, way in stations.items() if way is not AutoAnswer.ALL}

    def fields_for(self, station: str) -> HeaderFields:
        return FIELDS[self._stations.get(station, AutoAnswer.ALL)]
