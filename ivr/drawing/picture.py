"""What is drawn of a flow: boxes for its nodes, lines for the roads between them, and what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.check import roads
from ivr.document import Flow, Node
from ivr.nodes.branch import Branch, Way
from ivr.parts import PromptName, found_in
from ivr.texts import Text
from runtime.problems import KeyPath, key_text

Counts = Mapping[tuple[str, str], int]
"""How many callers went from one node to another."""

_LONGEST_LABEL = 20
_LONGEST_DETAIL = 26
_ALONE = ("next", "go", "node")
"""Keys that say nothing where a node has one road only."""

KINDS: Mapping[str, tuple[str, str]] = {
    "play": ("播放", "heard"),
    "say": ("语音合成", "heard"),
    "menu": ("菜单", "asks"),
    "collect": ("收号", "asks"),
    "recognise": ("语音识别", "asks"),
    "survey": ("评价", "asks"),
    "branch": ("分支", "decides"),
    "set": ("赋值", "decides"),
    "data": ("随路数据", "decides"),
    "tag": ("标签", "decides"),
    "lookup": ("查询接口", "outside"),
    "hook": ("应用", "outside"),
    "text_message": ("短信", "outside"),
    "record": ("录音", "decides"),
    "queue": ("排队", "leads"),
    "agent": ("坐席", "leads"),
    "callback": ("回拨", "leads"),
    "dial": ("拨号", "leads"),
    "transfer": ("转接", "leads"),
    "voice_message": ("留言", "leads"),
    "back": ("回到队列", "leads"),
    "flow": ("子流程", "flows"),
    "return": ("返回", "flows"),
    "goto": ("跳转", "flows"),
    "hang_up": ("挂断", "ends"),
}
"""By type: its title, and the group that has a colour."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node."""

    name: str
    kind: str
    """Its title and its type."""
    group: str
    detail: str
    """The most telling of its values; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Line:
    """All roads from one node to another, those of errors apart."""

    begin: str
    end: str
    label: str
    is_error: bool = False
    count: int | None = None
    """None when nobody counted."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Of a whole flow. The first box is where callers enter."""

    title: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def picture(flow: Flow, counts: Counts | None = None) -> Picture:
    """What is drawn of a flow, with the numbers of callers on its lines if there are any."""
    names = sorted(flow.nodes, key=lambda name: name != flow.start)
    boxes = tuple(_box(name, flow.nodes[name]) for name in names)
    title = f"{flow.title}（{flow.name}）"
    if flow.on_error is not None:
        title += f"　on_error → {flow.on_error}"
    lines = [line for name in names for line in _lines(name, flow.nodes[name], counts)]
    return Picture(title, boxes, tuple(lines))


def _box(name: str, node: Node) -> Box:
    title, group = KINDS[node.type]
    return Box(name, f"{title} {node.type}", group, _cut(_detail(node), _LONGEST_DETAIL))


def _detail(node: Node) -> str:
    for key in ("queue", "to", "service", "hook", "flow", "box", "variable", "text", "cause", "action"):
        value = getattr(node, key, None)
        if value:
            return str(value)
    prompts = found_in(node, PromptName)
    if prompts:
        return str(prompts[0][1])
    texts = found_in(node, Text)
    return str(texts[0][1]) if texts else ""


def _lines(name: str, node: Node, counts: Counts | None) -> list[Line]:
    labels: dict[tuple[str, bool], list[str]] = {}
    all_roads = list(roads(node))
    is_alone = len([key for key, _ in all_roads if key != ("on_error",)]) == 1
    for key, target in all_roads:
        label = "" if is_alone and key[-1] in _ALONE else _label(node, key)
        labels.setdefault((target, key == ("on_error",)), []).append(label)
    found = []
    for (target, is_error), told in labels.items():
        count = None if counts is None or is_error else counts.get((name, target), 0)
        label = _cut(", ".join(filter(None, told)), _LONGEST_LABEL)
        found.append(Line(name, target, label, is_error, count))
    return found


def _label(node: Node, key: KeyPath) -> str:
    """``1`` of a menu's key, the condition of a way, else the key of the document."""
    match key:
        case ("choices", digit):
            return str(digit)
        case ("ways", int(place), "go") if isinstance(node, Branch):
            return _condition(node.ways[place])
    return key_text(key)


def _condition(way: Way) -> str:
    given = {key: getattr(way, key) for key in Way.model_fields if key != "go"}
    return ", ".join(_told(key, value) for key, value in given.items() if value is not None)


def _told(key: str, value: Any) -> str:
    match value:
        case bool():
            return key if value else f"not {key}"
        case int() | float():
            return f"{key} ≥ {value:g}"
        case tuple():
            return f"{key} {' '.join(value)}"
    return str(getattr(value, "text", value)) if key == "when" else f"{key} {value}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
