"""The story of a dialogue, a line for each thing that happened."""

from ivr.commands import (
    AskApplication,
    EndCall,
    LookUp,
    NoteData,
    PassOn,
    PlayToCaller,
    RecogniseSpeech,
    RequestText,
    SpeakLive,
    TagCaller,
)
from ivr.events import DigitRefused, DigitsRefused, MenuTimedOut, NodeEntered, NodeFailed
from ivr.testing.document import Step
from runtime.vocabulary import Output


def told(output: Output) -> str | None:
    """What the flow did, in plain English; None for what is of no interest here."""
    match output:
        case NodeEntered(flow=flow, node=node):
            return f"node {node} of {flow}"
        case PlayToCaller(prompts=prompts):
            return f"plays {', '.join(prompts)}"
        case SpeakLive(text=text):
            return f"says {text}"
        case RecogniseSpeech():
            return "listens to the caller"
        case PassOn(target=target, back=back):
            return f"{'lends' if back else 'gives'} the call to {target}"
        case EndCall(cause=cause):
            return f"ends the call: {cause}"
        case NodeFailed(reason=reason):
            return f"fails: {reason}"
        case RequestText(to=to, text=text):
            return f"text message to {to}: {text}"
    return _kept(output) or _asked(output) or _refused(output)


def _kept(output: Output) -> str | None:
    match output:
        case TagCaller(tags=tags):
            return f"tags the caller: {', '.join(tags)}"
        case NoteData(data=data, remove=removed):
            taken_back = f" without {', '.join(removed)}" if removed else ""
            return f"notes of the contact: {data}{taken_back}"
    return None


def _asked(output: Output) -> str | None:
    match output:
        case LookUp(service=service, method=method, path=path, query=query, body=body):
            return " ".join(filter(None, ("asks", service, method, path, str(query or body or ""))))
        case AskApplication(hook=hook, data=data):
            return f"asks the application {hook} {data or ''}".strip()
    return None


def _refused(output: Output) -> str | None:
    match output:
        case DigitRefused(digit=digit):
            return f"{digit} is no choice"
        case MenuTimedOut():
            return "no key came"
        case DigitsRefused(reason=reason):
            return f"the number is refused: {reason}"
    return None


def done(step: Step) -> str | None:
    """What a step does, in plain English; None when it only expects something."""
    given = step.model_dump(
        include=step.model_fields_set - {"expect", "call"}, exclude_defaults=True, by_alias=True
    )
    for name, value in given.items():
        words = name.replace("_", " ")
        return f"— {words}" if value is True else f"— {words} {_plain(value)}"
    return None


def _plain(value: object) -> str:
    match value:
        case dict():
            return ", ".join(f"{name} {text}" for name, text in value.items())
        case float():
            return f"{value:g}"
    return str(value)
