"""The verbs of the control socket: checked on the way in, told in plain English when they fail."""

import reprlib
from asyncio import CancelledError
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from inspect import isawaitable
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict

from runtime.errors import UsageError
from runtime.models import NoParams, Params
from runtime.problems import closest, shorten
from switch.application import Verb
from switch.control.caller import Caller
from switch.control.messages import ErrorCode, Failure
from switch.control.rights import LOCAL, Note, Rights
from switch.control.secrecy import is_hidden
from switch.roles import EVERYBODY, Role, in_words

log = structlog.get_logger(__name__)

_WORDS = {
    "string_type": "must be text",
    "string_too_short": "needs {min_length} or more characters",
    "string_too_long": "may have {max_length} characters at most",
    "list_type": "must be a list",
    "too_short": "needs {min_length} or more entries",
    "too_long": "may have {max_length} entries at most",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a map",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
}
"""What pydantic finds wrong, by its name for it; of all else the parameter's description is told."""

_CUT_OFF = Failure(
    "cut_off", "its client left, or its deadline passed, before the answer; it may have had an effect"
)
"""What is noted of a verb that nobody waits for any more."""

VerbView = TypedDict(
    "VerbView", {"name": str, "for": list[str], "help": str, "parameters": dict[str, Any]}
)  # "for" is no name for a key of a class


class VerbError(Exception):
    """A verb was not carried out; ``failure`` is what the client is told."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class NotAllowed(UsageError):
    """A verb is not for this client."""


class NotAuthenticated(UsageError):
    """A client has not shown who it is, or what it showed is no good."""


class VerbRegistry:
    """Verbs by name. A client's own verbs lie over those that all share (``base``)."""

    def __init__(self, verbs: Iterable[Verb], base: "VerbRegistry | None" = None) -> None:
        self._verbs: dict[str, Verb] = dict(base._verbs) if base else {}
        self._add(
            Verb(
                name="verb.list",
                params=NoParams,
                handle=self._describe,
                help="List all verbs.",
                who=EVERYBODY,
                reads=True,
            )
        )
        for verb in verbs:
            if verb.name in self._verbs:
                raise UsageError(f"two verbs are called {verb.name}")
            self._add(verb)

    def call(self, name: str, params: list[Any], rights: Rights = LOCAL) -> object:
        """Check the parameters and carry out the verb for a client; the answer may be awaitable.

        Raises VerbError, nothing else, and so does what is awaited.
        """
        verb = self._verbs.get(name)
        if verb is None:
            raise VerbError(self._unknown(name))
        if rights.note is None:
            return _carry_out(verb, params, rights)
        if verb.reads:
            return _looked_at(verb, params, rights, rights.note)
        return _noted(verb, params, rights, rights.note)

    def verbs(self) -> list[Verb]:
        """By name."""
        return [verb for _, verb in sorted(self._verbs.items())]

    def _add(self, verb: Verb) -> None:
        self._verbs[verb.name] = verb

    def _unknown(self, name: str) -> Failure:
        meant = closest(name, self._verbs)
        hint = f"did you mean {meant}?" if meant else "verb.list names all there are"
        return Failure(ErrorCode.UNKNOWN_VERB, f"there is no verb {reprlib.repr(name)}; {hint}")

    def _describe(self, _: NoParams) -> list[VerbView]:
        return [
            {
                "name": verb.name,
                "for": [role.value for role in Role if role in verb.who],
                "help": verb.help,
                "parameters": _schema_of(verb.params),
            }
            for verb in self.verbs()
        ]


@cache
def _schema_of(params: type[Params]) -> dict[str, Any]:
    """Made once: that of all verbs takes longer than calls may wait for."""
    return params.model_json_schema()


def _not_for(role: Role, verb: Verb) -> Failure:
    message = f"{verb.name} is for {in_words(verb.who)}; this client's role is {role}"
    return Failure(ErrorCode.NOT_ALLOWED, message)


def _carry_out(verb: Verb, params: list[Any], rights: Rights) -> object:
    if rights.caller.role not in verb.who:
        raise VerbError(_not_for(rights.caller.role, verb))
    checked = _check(verb, params, rights)
    with _told(verb.name, rights):
        answer = verb.handle(rights.narrow(verb, checked))
        return _later(verb, answer, rights) if isawaitable(answer) else rights.told(verb, answer)


async def _later(verb: Verb, answer: Awaitable[object], rights: Rights) -> object:
    with _told(verb.name, rights):
        return rights.told(verb, await answer)


def _looked_at(verb: Verb, params: list[Any], rights: Rights, note: Note) -> object:
    """The same, of which nothing is kept unless the client may not look."""
    try:
        return _carry_out(verb, params, rights)
    except VerbError as error:
        if error.failure.code is ErrorCode.NOT_ALLOWED:
            note(rights.caller, verb, _as_given(verb, params), error.failure)
        raise


def _noted(verb: Verb, params: list[Any], rights: Rights, note: Note) -> object:
    """The same, with who did it noted, also when it was refused."""
    given = _as_given(verb, params)
    with _noting(verb, given, rights.caller, note):
        answer = _carry_out(verb, params, rights)
    if isawaitable(answer):
        return _noted_later(answer, verb, given, rights.caller, note)
    note(rights.caller, verb, given, None)
    return answer


async def _noted_later(
    answer: Awaitable[object], verb: Verb, given: Mapping[str, Any], caller: Caller, note: Note
) -> object:
    with _noting(verb, given, caller, note):
        known = await answer
    note(caller, verb, given, None)
    return known


@contextmanager
def _noting(verb: Verb, given: Mapping[str, Any], caller: Caller, note: Note) -> Iterator[None]:
    try:
        yield
    except VerbError as error:
        note(caller, verb, given, error.failure)
        raise
    except CancelledError:
        note(caller, verb, given, _CUT_OFF)
        raise


def _as_given(verb: Verb, params: list[Any]) -> Mapping[str, Any]:
    """Parameters by their names as far as they have any."""
    if len(params) == 1 and isinstance(params[0], dict):
        return params[0]
    return dict(zip(verb.params.model_fields, params, strict=False))


@contextmanager
def _told(name: str, rights: Rights) -> Iterator[None]:
    """Turn what a verb raises into what its client is told."""
    try:
        yield
    except NotAllowed as refusal:
        raise VerbError(Failure(ErrorCode.NOT_ALLOWED, str(refusal))) from refusal
    except NotAuthenticated as refusal:
        raise VerbError(Failure(ErrorCode.NOT_AUTHENTICATED, str(refusal))) from refusal
    except UsageError as refusal:
        data = {"reason": refusal.reason} if refusal.reason else None
        raise VerbError(Failure(ErrorCode.REFUSED, rights.said(str(refusal)), data)) from refusal
    except Exception as fault:  # a fault of one verb must not take the client's connection, or the switch
        log.exception("verb failed", verb=name)
        message = f"{name} failed inside the switch; its log says more"
        raise VerbError(Failure(ErrorCode.INTERNAL, message)) from fault


def _check(verb: Verb, params: list[Any], rights: Rights) -> Params:
    known = list(verb.params.model_fields)
    given = rights.complete(verb, _by_name(verb, known, params))
    problems = {shorten(str(name)): "is not a parameter" for name in given if name not in known}
    try:
        checked = verb.params.model_validate({name: given[name] for name in known if name in given})
    except ValidationError as errors:
        problems.update(_problem(verb, error) for error in errors.errors(include_url=False))
    if problems:
        raise VerbError(_bad_params(verb, known, problems))
    return checked


def _by_name(verb: Verb, known: list[str], params: list[Any]) -> dict[str, Any]:
    if len(params) == 1 and isinstance(params[0], dict):
        return params[0]
    if len(params) > len(known):
        raise VerbError(_bad_params(verb, known, {"params": f"has {len(params)} values, too many"}))
    return dict(zip(known, params, strict=False))


def _problem(verb: Verb, error: ErrorDetails) -> tuple[str, str]:
    where = ".".join(str(part) for part in error["loc"]) or "params"
    if error["type"] == "missing":
        return where, "is missing"
    if is_hidden(verb, where.partition(".")[0]):
        return where, _in_few_words(error) or "cannot be used"
    return where, f"{_in_plain_english(verb, error)}; it is {shorten(reprlib.repr(error['input']))}"


def _in_plain_english(verb: Verb, error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if words := _in_few_words(error):
        return words
    field = verb.params.model_fields[str(error["loc"][0])]
    return f"does not fit; expected {field.description}" if field.description else "cannot be used"


def _in_few_words(error: ErrorDetails) -> str | None:
    """Without the value; None for what has no words of its own."""
    words = _WORDS.get(error["type"])
    return None if words is None else words.format_map(error.get("ctx", {}))


def _bad_params(verb: Verb, known: list[str], problems: dict[str, str]) -> Failure:
    wrong = ", ".join(f"{name} {problem}" for name, problem in problems.items())
    takes = ", ".join(known) or "no parameters"
    return Failure(
        ErrorCode.BAD_PARAMS, f"{verb.name}: {wrong} (the verb takes {takes})", {"fields": problems}
    )
