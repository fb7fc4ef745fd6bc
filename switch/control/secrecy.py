"""Which parameters of verbs nobody may read later, and what a log may say of those that cannot be used."""

from switch.application import Verb
from switch.control.messages import ErrorCode, Failure

SECRETS = frozenset({"digits", "authorization", "headers", "pin", "ha1"})
"""Names of parameters, and of what is inside them, whose values nobody may read later."""
_SECRET_WORDS = ("password", "secret", "token")
"""The same for every name that one of them is in."""


def is_secret(name: str) -> bool:
    """Whether what has this name is a secret, whatever the verb."""
    word = name.lower()
    return word in SECRETS or any(part in word for part in _SECRET_WORDS)


def is_hidden(verb: Verb, parameter: str) -> bool:
    """Whether a parameter is secret, or private to who gives it."""
    return parameter in verb.private or is_secret(parameter)


def said_of(failure: Failure) -> str:
    """What is kept of a failure: of parameters that are wrong only which, as the sentence quotes them."""
    if failure.code != ErrorCode.BAD_PARAMS:
        return failure.message
    wrong = (failure.data or {}).get("fields", {})
    return f"cannot be used: {', '.join(wrong)}" if wrong else "parameters that cannot be used"
