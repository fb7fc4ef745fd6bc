"""What stands in the picture of a flow."""

from itertools import combinations
from typing import get_args
from xml.etree import ElementTree

from ivr.document import Node
from ivr.drawing.counting import steps_of
from ivr.drawing.picture import KINDS, Line, picture
from ivr.drawing.svg import to_svg
from tests.ivr.scripted_caller import flow_of

FLOW = flow_of(
    {
        "入口": {
            "type": "menu",
            "prompts": ["a"],
            "choices": {"1": "查询", "2": "查询", "9": "入口"},
            "next": "完",
        },
        "查询": {"type": "lookup", "service": "billing", "next": "分", "otherwise": "完", "on_error": "完"},
        "分": {"type": "branch", "ways": [{"tag": "vip", "area": ["广州"], "go": "坐席"}], "next": "完"},
        "坐席": {"type": "queue", "queue": "service", "next": "完"},
        "完": {"type": "hang_up"},
    },
    start="入口",
)
SVG = "{http://www.w3.org/2000/svg}"


def test_roads_from_one_node_to_another_are_one_line_but_those_of_errors() -> None:
    assert picture(FLOW).lines == (
        Line("入口", "查询", "1, 2"),
        Line("入口", "入口", "9"),
        Line("入口", "完", "next"),
        Line("查询", "完", "on_error", is_error=True),
        Line("查询", "分", "next"),
        Line("查询", "完", "otherwise"),
        Line("分", "坐席", "tag vip, area 广州"),
        Line("分", "完", "next"),
        Line("坐席", "完", ""),
    )


def test_numbers_of_callers_stand_on_lines_but_those_of_errors() -> None:
    lines = picture(FLOW, {("入口", "查询"): 12}).lines
    assert [line.count for line in lines[:4]] == [12, 0, 0, None]


def test_each_type_of_node_has_a_title_and_a_colour() -> None:
    assert set(KINDS) == {get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(Node)}


def test_the_svg_shows_all_of_it() -> None:
    root = ElementTree.fromstring(to_svg(picture(FLOW, {("入口", "查询"): 1204})))
    told = [text.text for text in root.iter(f"{SVG}text")]
    for words in ("客户服务热线（hotline）", "入口", "菜单 menu", "1, 2 ×1,204", "billing", "排队 queue"):
        assert words in told
    paths = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(paths) == len(picture(FLOW).lines)
    assert len([path for path in paths if path.get("stroke-dasharray")]) == 1


def test_boxes_do_not_cover_one_another_and_all_are_on_the_sheet() -> None:
    root = ElementTree.fromstring(to_svg(picture(FLOW)))
    boxes = [
        tuple(float(rect.get(key, "")) for key in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
        if rect.get("x")
    ]
    assert len(boxes) == len(FLOW.nodes)
    for (x, y, width, height), (to_x, to_y, *_) in combinations(sorted(boxes), 2):
        assert to_x >= x + width or abs(to_y - y) >= height
    for x, y, width, height in boxes:
        assert 0 <= x <= x + width <= float(root.get("width", "0"))
        assert 0 <= y <= y + height <= float(root.get("height", "0"))


def test_the_steps_of_a_run_are_those_in_this_flow() -> None:
    own = ["入口", "查询", "other/x", "分"]
    assert list(steps_of(own, FLOW, "hotline", is_own=True)) == [("入口", "查询"), ("查询", "分")]
    led = ["x", "acme/hotline/入口", "acme/hotline/查询", "y"]
    assert list(steps_of(led, FLOW, "acme/hotline", is_own=False)) == [("入口", "查询")]
