"""The log: structlog set-up, and one line an event with the call it belongs to."""

import logging
import sys
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, Literal, TextIO

import orjson
import structlog
from pydantic import Field
from structlog.typing import EventDict, Processor, WrappedLogger

from cli.brief import is_empty
from runtime.models import Section
from runtime.problems import Problem
from runtime.vocabulary import Event, event_fields

LevelName = Literal["debug", "info", "warning", "error"]

HIDDEN = "(hidden)"
"""Stands for a secret, in the log and where mistakes are told."""
_SECRET_WORDS = ("password", "secret", "authorization", "nonce_key")
_LEFT_OUT = frozenset({"sdp", "text", "values"})
"""Long, and may hold media keys, or what is written to customers."""
CAUTIONS_TOLD = 50
_BRINGS_LEGS = "endpoint.opened"
_LEGS_REMEMBERED = 16_384

_LEVELS: tuple[tuple[str, int], ...] = (
    ("security.", logging.WARNING),
    ("switch.overloaded", logging.WARNING),
    ("trunk.down", logging.WARNING),
    ("trunk.degraded", logging.WARNING),
    ("trunk.full", logging.WARNING),
    ("trunk.registration_failed", logging.WARNING),
    ("sip.certificates_unusable", logging.WARNING),
    ("sip.dialogs_closed", logging.DEBUG),
    ("sip.request_answered", logging.DEBUG),  # what follows from it is told by trunk.down and the like
    ("name.lost", logging.WARNING),
    ("configuration.refused", logging.WARNING),
    ("tenant.full", logging.WARNING),
    ("archive.failed", logging.WARNING),
    ("second_tier.failed", logging.WARNING),
    ("storage.lagging", logging.WARNING),
    ("speech_engine.down", logging.WARNING),
    ("speech_server.down", logging.WARNING),
    ("recording.failed", logging.WARNING),
    ("endpoint.failed", logging.WARNING),
    ("media.flooded", logging.WARNING),
    ("media.lost", logging.WARNING),
    ("call.refused", logging.WARNING),
    ("call.arrived", logging.INFO),
    ("call.placed", logging.INFO),
    ("call.ended", logging.INFO),
    ("call.", logging.DEBUG),  # what happens in between is in the journal
    ("offer.", logging.DEBUG),
    ("journal.", logging.WARNING),
    ("acd.inputs_", logging.WARNING),
    ("database.", logging.WARNING),
    ("registrations.restored", logging.INFO),
    ("registrations.", logging.WARNING),
    ("flow.node_entered", logging.DEBUG),
    ("list.numbers_", logging.DEBUG),
    ("lookup.circuit_opened", logging.WARNING),
    ("lookup.completed", logging.DEBUG),
    ("hook.completed", logging.DEBUG),
    ("leg.", logging.DEBUG),
    ("endpoint.", logging.DEBUG),
    ("media.", logging.DEBUG),
)
"""The first beginning that fits a topic gives its level; every other topic is worth INFO."""


class LogConfig(Section):
    """Section ``[log]``: what is logged, and how."""

    format: Literal["console", "json"] = Field(
        default="console", description="Console for people, json for one JSON document a line."
    )
    level: LevelName = Field(default="info", description="What is less important is left out.")


def configure_logging(config: LogConfig, stream: TextIO | None = None) -> None:
    """Send all log lines of the process, our own and the libraries', to ``stream`` (standard error)."""
    target = stream if stream is not None else sys.stderr
    level = logging.getLevelNamesMapping()[config.level.upper()]
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.MaybeTimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*common, *_rendering(config, target)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(config, target),
            ],
            foreign_pre_chain=common,
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # It has a line for every connection and handshake; what is wrong with one is told as an event.
    logging.getLogger("websockets").setLevel(max(level, logging.WARNING))


def warn_of(cautions: Sequence[Problem]) -> None:
    """What is no mistake in a configuration, and yet seldom what was meant; of very many the first."""
    log = structlog.get_logger("ringmain")
    for caution in cautions[:CAUTIONS_TOLD]:
        log.warning("caution", of=str(caution))
    if len(cautions) > CAUTIONS_TOLD:
        log.warning("further cautions, which ringmain check tells", number=len(cautions) - CAUTIONS_TOLD)


def hide_secrets(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """The last line of defence: whatever is named like a secret is not written."""
    for key in line:
        if _is_secret(key):
            line[key] = HIDDEN
    return line


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET_WORDS)


class EventLog:
    """Writes one line an event, with ``call_id`` whenever the event belongs to a call."""

    def __init__(self, config: LogConfig, call_of_leg: Callable[[str], str | None]) -> None:
        """``call_of_leg`` names the call of a leg that is up, such as ``Exchange.call_of_leg``."""
        self._log = structlog.get_logger("ringmain").bind()
        self._threshold = logging.getLevelNamesMapping()[config.level.upper()]
        self._call_of_leg = call_of_leg
        self._told = _plain if config.format == "json" else _in_words
        self._remembered: OrderedDict[str, str] = OrderedDict()

    def wants(self, kind: type[Event]) -> bool:
        """Whether events of this kind are important enough for ``log_event``."""
        return level_of(kind.topic) >= self._threshold

    def brings_leg(self, kind: type[Event]) -> bool:
        """Whether events of this kind are for ``note_leg``, as ``log_event`` sees none of them."""
        return kind.topic == _BRINGS_LEGS and not self.wants(kind)

    def note_leg(self, event: Any, wall: float) -> None:
        """A driver's observer: a leg's last event comes when its call has let go of it."""
        self._call_id_of(event.leg_id)

    def log_event(self, event: Event, wall: float) -> None:
        """A driver's observer."""
        level = level_of(event.topic)
        fields = event_fields(event)
        call_id = fields.pop("call_id", None) or self._call_id_of(fields.get("leg_id"))
        line: dict[str, Any] = {"timestamp": _moment(wall)}
        if call_id is not None:
            line["call_id"] = call_id
        line.update((name, self._told(value)) for name, value in fields.items() if _is_told(name, value))
        self._log.log(level, event.topic, **line)

    def _call_id_of(self, leg_id: str | None) -> str | None:
        if leg_id is None:
            return None
        call_id = self._call_of_leg(leg_id)
        if call_id is None:
            return self._remembered.get(leg_id)
        if leg_id not in self._remembered:
            self._remembered[leg_id] = call_id
            if len(self._remembered) > _LEGS_REMEMBERED:
                self._remembered.popitem(last=False)
        return call_id


@cache
def level_of(topic: str) -> int:
    """How important an event is, as a level of the logging module."""
    return next((level for start, level in _LEVELS if topic.startswith(start)), logging.INFO)


def _is_told(name: str, value: object) -> bool:
    return name not in _LEFT_OUT and not is_empty(value)


def _plain(value: object) -> object:
    """For programs: lists of lists stay what they are."""
    return list(value) if isinstance(value, tuple) else value


def _in_words(value: object) -> object:
    """For people: a list of lists has a text for each of these."""
    if not isinstance(value, tuple | list):
        return value
    return [_joined(item) if isinstance(item, tuple | list) else item for item in value]


def _joined(items: Sequence[object], depth: int = 0) -> str:
    """One after the other, such as ``1001 0 skill=5.0``: lists within lists are of names and values."""
    words = (_joined(item, depth + 1) if isinstance(item, tuple | list) else _word(item) for item in items)
    return ("=" if depth > 1 else " ").join(filter(None, words))


def _word(value: object) -> str:
    return str(round(value, 2) if isinstance(value, float) else value)


def _moment(wall: float) -> str:
    """As structlog stamps the other lines."""
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _rendering(config: LogConfig, target: TextIO) -> list[Processor]:
    if config.format == "json":
        to_json = structlog.processors.JSONRenderer(serializer=_to_json)
        return [structlog.processors.format_exc_info, to_json]
    if target.isatty():
        # Plain tracebacks: the pretty ones show local variables, which may hold passwords.
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.format_exc_info, _plain_line]


def _to_json(line: EventDict, **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()


def _plain_line(_: WrappedLogger, __: str, line: EventDict) -> str:
    """As structlog's console shows it, without colours: a switch without a terminal writes many lines."""
    moment, level, event = line.pop("timestamp", ""), line.pop("level", ""), line.pop("event", "")
    trace = line.pop("exception", None)
    told = " ".join([f"{name}={_shown(value)}" for name, value in line.items()])
    text = f"{moment} [{level:<9}] {event:<30} {told}".rstrip()
    return text if trace is None else f"{text}\n{trace}"


def _shown(value: object) -> str:
    """A text is quoted when it would not stand alone."""
    text = str(value)
    if not isinstance(value, str) or (text.isprintable() and " " not in text and "=" not in text):
        return text
    return repr(text)
