"""What the desk shows: the agent's state, who waits, the call in hand, texts, figures and keys. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cli.desk.orders import possible
from cli.desk.seen import Fields, Seen
from cli.desk.words import Words
from cli.top.columns import Level
from runtime.durations import format_duration

_STATES: Mapping[str, Level] = {
    "AVAILABLE": Level.GOOD,
    "OFFERED": Level.ALARM,
    "ON_CALL": Level.GOOD,
    "NOT_READY": Level.CAUTION,
    "WRAP_UP": Level.CAUTION,
}
_POPPED = (
    "caller_number",
    "caller_name",
    "area",
    "called_number",
    "business_type",
    "language",
    "flow_keys",
    "lists",
    "tags",
)
_MESSAGES_SHOWN = 4


def head(seen: Seen, words: Words, now: float) -> tuple[str, Level]:
    """One line on the agent, and how it looks."""
    agent = seen.agent
    if not seen.looked:
        return words("connecting", agent=seen.agent_id), Level.CAUTION
    if agent is None:
        return words("unknown_agent", agent=seen.agent_id), Level.ALARM
    since = agent["since_s"]
    lasted = "" if since is None else format_duration(since + now - seen.taken_at)
    parts = [f"{agent['id']} {agent['name']}".strip(), f"{words(agent['state'])} {lasted}".strip()]
    parts += filter(None, (agent["reason"], *_besides(agent, words)))
    return " · ".join(parts), _STATES.get(agent["state"], Level.PLAIN)


def _besides(agent: Fields, words: Words) -> Iterator[str]:
    """What else holds of an agent."""
    if agent["station"]:
        yield f"{words('station')} {agent['station']}"
        yield "" if agent["reachable"] else words("unreachable")
    if agent["not_ready_after"]:
        yield f"{words('not_ready_after')} ({agent['not_ready_after']})"
    if agent["leave"]:
        yield words(f"leave_{agent['leave']}")
    for key, said in (
        ("sign_out_after", "sign_out_after"),
        ("held", "held_by_supervisor"),
        ("auto_answer", "auto"),
    ):
        yield words(said) if agent[key] else ""


def waiting(seen: Seen, words: Words, now: float) -> str:
    """One line on those who wait in the agent's queues."""
    age_s = now - seen.taken_at
    told = [_waiting(queue, age_s) for queue in seen.queues]
    return f"{words('waiting')}: {', '.join(told) or '–'}"


def _waiting(queue: Fields, age_s: float) -> str:
    longest_s = queue["longest_wait_s"]
    told = f"{queue['title'] or queue['name']} {queue['waiting']}"
    return (
        f"{told} ({format_duration(longest_s + age_s)})"
        if queue["waiting"] and longest_s is not None
        else told
    )


def call(seen: Seen, words: Words, now: float) -> list[str]:
    """The call in hand: how it stands, what was popped up, and its data; further calls by a line each."""
    if seen.call is None:
        return [words("no_call")]
    age_s = seen.call["age_s"] + now - seen.taken_at
    first = [f"{words('call')} {format_duration(age_s)}", *_standing(seen, words)]
    others = [
        f"+ {each['caller_number']} → {each['called_number'] or each['target']}"
        for each in seen.calls
        if each["call_id"] != seen.call["call_id"]
    ]
    told = {**seen.call, **{key: value for key, value in seen.popup.items() if value not in (None, "", [])}}
    return [" · ".join(first), *_rows(told, words), *others]


def _standing(seen: Seen, words: Words) -> Iterator[str]:
    call = seen.call or {}
    leg = seen.own_leg
    if leg is not None and leg["muted"]:
        yield words("muted")
    if seen.holds:
        yield words("on_hold")
    if any(each["holds"] for each in call["legs"] if each is not leg):
        yield words("holds_us")
    if call["recording_id"]:
        yield words("recorded")
    if (consultation := call["consultation"]) is not None:
        with_whom = "with_customer" if consultation["with_customer"] else "with_consulted"
        yield f"{words('consulting')} {consultation['target']}: {words(with_whom)}"
    if (transfer := call["transfer"]) is not None:
        yield f"{words('transferring')} {transfer['target']}"


def _rows(told: Fields, words: Words) -> Iterator[str]:
    """A line for each thing that is known of the caller."""
    for key in _POPPED:
        if text := _text(told.get(key)):
            yield f"{words(key)}: {text}"
    if queue := told.get("queue"):
        yield f"{words('queue')}: {queue}, {words('waited')} {format_duration(told['waited_ms'] / 1000)}"
    if path := told.get("flow_path"):
        yield f"{words('flow_path')}: {' › '.join(path)}"
    if repeats := told.get("repeats"):
        yield f"{words('repeats')}: {repeats}"
    if last := told.get("last_agent"):
        yield f"{words('last_agent')}: {last} {_moment(told.get('last_talk_at'))}".rstrip()
    for name, value in (told.get("data") or {}).items():
        yield f"{name}: {_text(value)}"


def figures(seen: Seen, words: Words) -> str:
    """One line on the shift."""
    told = seen.figures
    if not told or not told["signed_in_s"]:
        return ""
    parts = (
        f"{words('signed_in_for')} {format_duration(told['signed_in_s'])}",
        f"{words('calls_taken')} {told['calls']}",
        f"{words('talk')} {format_duration(told['talk_s'])}",
        f"{words('average')} {format_duration(told['average_talk_s'])}",
        f"{words('busy')} {format_duration(told['busy_s'])}",
        f"{words('rest')} {format_duration(told['rest_s'])}",
        f"{words('missed')} {told['no_answer']}",
    )
    return f"{words('figures')}: {', '.join(parts)}"


def messages(seen: Seen) -> list[tuple[str, Level]]:
    """The latest texts, and which of them wait to be confirmed."""
    unseen = frozenset(seen.unseen)
    latest = sorted(seen.messages, key=lambda each: each["sent_s"])[:_MESSAGES_SHOWN]
    return [
        (
            f"{format_duration(each['sent_s'])} {each['by']}: {each['text']}",
            Level.CAUTION if each["message_id"] in unseen else Level.PLAIN,
        )
        for each in latest
    ]


def keys(seen: Seen, words: Words) -> list[tuple[str, str]]:
    """What can be done now: each key with its word."""
    return [*((order.key, words(order.word)) for order in possible(seen)), ("q", words("quit"))]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _moment(at: float | None) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at).astimezone():%m-%d %H:%M}"
