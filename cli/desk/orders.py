"""What an agent can do from the desk: the key, when it can be done, what is asked first, the verb. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.desk.seen import Seen
from cli.targets import party_of, target_of
from runtime.errors import UsageError

Given = Sequence[str]
"""What was answered to the order's questions."""
_MORE_WRAP_UP_S = "60"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question before an order."""

    word: str
    default: Callable[[Seen], str] = lambda seen: ""
    choices: Callable[[Seen], Sequence[tuple[str, str]]] = lambda seen: ()
    """Values with their words; none: any text."""


@dataclass(frozen=True, slots=True)
class Order:
    """One key."""

    key: str
    word: str
    verb: str
    when: Callable[[Seen], bool]
    params: Callable[[Seen, Given], Mapping[str, Any]]
    asks: tuple[Ask, ...] = ()


def possible(seen: Seen) -> list[Order]:
    """What can be done now."""
    return [order for order in ORDERS if order.when(seen)]


def order_of(seen: Seen, key: str) -> Order | None:
    """What a key does now; None when it does nothing."""
    return next((order for order in possible(seen) if order.key == key), None)


def _signed_in(seen: Seen) -> bool:
    return seen.state != "LOGGED_OUT"


def _signed_out(seen: Seen) -> bool:
    return seen.agent is not None and not _signed_in(seen)


def _state(*states: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.state in states


def _leave(wanted: str | None) -> Callable[[Seen], bool]:
    return lambda seen: seen.agent is not None and _signed_in(seen) and seen.agent["leave"] == wanted


def _rings(seen: Seen) -> bool:
    return seen.call is not None and seen.state == "OFFERED"


def _talks(seen: Seen) -> bool:
    return seen.call is not None and seen.state != "OFFERED"


def _consults(seen: Seen) -> bool:
    return seen.call is not None and seen.call["consultation"] is not None


def _alone(seen: Seen) -> bool:
    return _talks(seen) and not _consults(seen)


def _muted(seen: Seen) -> bool:
    return seen.own_leg is not None and bool(seen.own_leg["muted"])


def _of_agent(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {"agent": seen.agent_id}


def _of_call(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {"call_id": "" if seen.call is None else seen.call["call_id"]}


def _own_side(seen: Seen) -> str:
    """The agent called first where the switch made the call from the desk: then the customer is the other."""
    return "customer" if seen.own_leg is not None and seen.own_leg["side"] == "customer" else "station"


def _ours(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {**_of_call(seen, given), "side": _own_side(seen)}


def _at_station(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {**_of_call(seen, given), "station": seen.station}


def _to_target(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {**_at_station(seen, given), "target": target_of(given[0])}


def _seat(seen: Seen, given: Given) -> Mapping[str, Any]:
    return {"agent": seen.agent_id, "station": given[0]}


def _reasons(seen: Seen) -> Sequence[tuple[str, str]]:
    return [(each["code"], each["title"] or each["code"]) for each in seen.reasons]


def _seconds(text: str) -> float:
    """Raises UsageError for what is no number."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{text!r} is no number of seconds") from None


def _own_number(seen: Seen) -> str:
    return seen.agent_id.rpartition("/")[2]


_SEAT = Ask("which_station", _own_number)
_REASON = Ask("which_reason", choices=_reasons)
_WHOM = Ask("whom")
_PARTY = Ask("which_party")

ORDERS: tuple[Order, ...] = (
    Order("i", "sign_in", "agent.sign_in", _signed_out, _seat, (_SEAT,)),
    Order(
        "I",
        "take_over",
        "agent.sign_in",
        _signed_out,
        lambda seen, given: {**_seat(seen, given), "force": True},
        (_SEAT,),
    ),
    Order("r", "ready", "agent.ready", _state("NOT_READY", "WRAP_UP"), _of_agent),
    Order(
        "n",
        "not_ready",
        "agent.not_ready",
        _signed_in,
        lambda seen, given: {"agent": seen.agent_id, "reason": given[0]},
        (_REASON,),
    ),
    Order("w", "end_wrap_up", "agent.end_wrap_up", _state("WRAP_UP"), _of_agent),
    Order(
        "e",
        "extend_wrap_up",
        "agent.extend_wrap_up",
        _state("WRAP_UP"),
        lambda seen, given: {"agent": seen.agent_id, "extend_s": _seconds(given[0])},
        (Ask("how_long", lambda seen: _MORE_WRAP_UP_S),),
    ),
    Order("a", "answer", "call.answer", _rings, _at_station),
    Order("x", "hang_up", "call.hang_up", _talks, lambda s, g: {**_of_call(s, g), "leg": _own_side(s)}),
    Order("h", "hold", "call.hold", lambda seen: _alone(seen) and not seen.holds, _at_station),
    Order("h", "retrieve", "call.retrieve", lambda seen: _alone(seen) and seen.holds, _at_station),
    Order("u", "mute", "call.mute", lambda s: _alone(s) and not _muted(s), _ours),
    Order("u", "unmute", "call.unmute", lambda s: _alone(s) and _muted(s), _ours),
    Order("t", "transfer", "call.transfer", _alone, _to_target, (_WHOM,)),
    Order("c", "consult", "call.consult", _alone, _to_target, (_WHOM,)),
    Order("g", "toggle", "call.toggle", _consults, _of_call),
    Order("f", "complete", "call.complete_transfer", _consults, _of_call),
    Order("b", "cancel", "call.cancel_consultation", _consults, _of_call),
    Order("j", "join", "call.join", _consults, _of_call),
    Order(
        "+",
        "add_party",
        "call.add_party",
        _alone,
        lambda seen, given: {**_of_call(seen, given), "whom": party_of(given[0])},
        (_PARTY,),
    ),
    Order("p", "park", "call.park", _alone, _at_station),
    Order(
        "k",
        "send_digits",
        "call.send_digits",
        _alone,
        lambda seen, given: {**_of_call(seen, given), "digits": given[0]},
        (Ask("which_keys"),),
    ),
    Order(
        "d",
        "dial",
        "call.originate",
        _state("AVAILABLE", "NOT_READY", "WRAP_UP"),
        lambda seen, given: {"whom": f"station:{seen.station}", "target": target_of(given[0])},
        (_WHOM,),
    ),
    Order(
        "P",
        "pick_up",
        "call.pick_up",
        _state("AVAILABLE", "NOT_READY", "WRAP_UP"),
        lambda seen, given: {"slot": given[0], "station": seen.station},
        (Ask("which_slot"),),
    ),
    Order(
        "m",
        "message",
        "agent.send_message",
        lambda seen: seen.agent is not None,
        lambda seen, given: {"agents": given[0].split(), "text": given[1], "by": seen.agent_id},
        (Ask("to_whom"), Ask("which_text")),
    ),
    Order(
        "v",
        "seen",
        "agent.confirm_message",
        lambda seen: bool(seen.unseen),
        lambda seen, given: {"agent": seen.agent_id, "message_id": seen.unseen[0]},
    ),
    Order(
        "l",
        "ask_leave",
        "agent.ask_leave",
        _leave(None),
        lambda seen, given: {"agent": seen.agent_id, "reason": given[0]},
        (_REASON,),
    ),
    Order("l", "take_back_leave", "agent.take_back_leave", _leave("asked"), _of_agent),
    Order(
        "y",
        "auto_answer",
        "agent.set_auto_answer",
        _signed_in,
        lambda seen, given: {"agent": seen.agent_id, "on": not (seen.agent or {})["auto_answer"]},
    ),
    Order(
        "o",
        "sign_out",
        "agent.sign_out",
        _signed_in,
        lambda seen, given: {"agent": seen.agent_id, "force": seen.state in ("ON_CALL", "WRAP_UP")},
    ),
)
"""Keys are small letters where they can be; two orders may share one that are never possible together."""
