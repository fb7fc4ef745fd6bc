"""Every error a verb may fail with."""

import switch.control.messages
from cli.schema.notes import notes_of
from switch.application import Verb
from switch.control.messages import ErrorCode
from switch.roles import EVERYBODY

_OF_ALL = (ErrorCode.INTERNAL, ErrorCode.REFUSED, ErrorCode.TOO_LARGE)


def all_errors() -> dict[str, str]:
    """What each code means."""
    notes = notes_of(switch.control.messages)
    return {code.value: " ".join(notes["ErrorCode", code.name].split()) for code in ErrorCode}


def errors_of(verb: Verb, *, for_tenants: bool) -> list[str]:
    """The codes a client has to reckon with."""
    codes = {*_OF_ALL}
    if verb.params.model_fields:
        codes.add(ErrorCode.BAD_PARAMS)
    if verb.who != EVERYBODY or not for_tenants:
        codes.add(ErrorCode.NOT_ALLOWED)
    return sorted(code.value for code in codes)
