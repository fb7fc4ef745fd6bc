"""A picture of a flow as SVG that any browser shows."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree

from ivr.drawing.layout import Layout, Pair, arrange
from ivr.drawing.picture import Box, Line, Picture

_COLOURS: Mapping[str, tuple[str, str]] = {
    "heard": ("#e3f0fb", "#2f6fa8"),
    "asks": ("#fdf1d0", "#b07d12"),
    "decides": ("#eeeaf8", "#6a559c"),
    "outside": ("#e2f4ec", "#2c8a62"),
    "leads": ("#dff3f4", "#1f7f88"),
    "flows": ("#ececec", "#666666"),
    "ends": ("#fbe4e2", "#b3423a"),
}
"""Inside and border, by group."""
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_LINE, _ERROR = "#5b6670", "#c0392b"
_NAME_PX, _SMALL_PX = 14, 11
_BOX_HEIGHT = 58.0
_LAYER = 140.0
"""From one layer to the next."""
_MARGIN = 40.0
_TOP = 74.0
_PADDING = 14.0
_LABEL_GAP = 12.0
_LOOP = 26.0

Point = tuple[float, float]


def to_svg(drawn: Picture) -> str:
    """The document, in UTF-8 when it is written."""
    return _Drawing(drawn).svg()


def text_width(text: str, size_px: float) -> float:
    """About: letters of Han and the like are as wide as high, others about half as wide."""
    return size_px * sum(1.0 if ord(letter) > 0x2E7F else 0.58 for letter in text)


class _Drawing:
    def __init__(self, drawn: Picture) -> None:
        self._drawn = drawn
        self._widths = {box.name: _width(box, drawn.lines) for box in drawn.boxes}
        room = {name: width + 2 * _room_for_loop(name, drawn.lines) for name, width in self._widths.items()}
        self._layout: Layout = arrange(room, [(line.begin, line.end) for line in drawn.lines])
        left = min(at - room[box] / 2 for box, at in self._layout.across.items())
        passing = [at for bends in self._layout.bends.values() for at, _ in bends]
        self._shift = _MARGIN - min([left, *passing])
        right = max(at + room[box] / 2 for box, at in self._layout.across.items())
        title = text_width(drawn.title, 18) + 2 * _MARGIN
        self.width = max(max([right, *passing]) + self._shift + _MARGIN, title)
        self.height = _TOP + max(self._layout.layer.values()) * _LAYER + _BOX_HEIGHT + _MARGIN
        self._ports = self._shared_out()

    def svg(self) -> str:
        root = ElementTree.Element(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            width=f"{self.width:.0f}",
            height=f"{self.height:.0f}",
            viewBox=f"0 0 {self.width:.0f} {self.height:.0f}",
        )
        root.set("font-family", _FONT)
        ElementTree.SubElement(root, "title").text = self._drawn.title
        ElementTree.SubElement(root, "rect", width="100%", height="100%", fill="white")
        _arrow_heads(root)
        _text(root, (_MARGIN, 36.0), self._drawn.title, 18, anchor="start", weight="bold")
        for line in self._drawn.lines:
            self._line(root, line)
        for box in self._drawn.boxes:
            self._box(root, box)
        for line in self._drawn.lines:
            self._label(root, line)
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    # -- places --------------------------------------------------------------------------------------

    def _middle(self, box: str) -> float:
        return self._layout.across[box] + self._shift

    def _top(self, box: str) -> float:
        return _TOP + self._layout.layer[box] * _LAYER

    def _bends(self, pair: Pair) -> list[Point]:
        """Where a line passes layers: straight down or up beside the boxes there."""
        down = self._layout.layer[pair[1]] > self._layout.layer[pair[0]]
        points: list[Point] = []
        for across, layer in self._layout.bends[pair]:
            ends = [_TOP + layer * _LAYER, _TOP + layer * _LAYER + _BOX_HEIGHT]
            points += [(across + self._shift, at) for at in (ends if down else ends[::-1])]
        return points

    def _shared_out(self) -> dict[tuple[Pair, str], Point]:
        """Where lines leave and reach boxes: side by side, in the order of where they come from or go."""
        sides: dict[tuple[str, bool], list[tuple[float, Pair, str]]] = {}
        for line in dict.fromkeys((line.begin, line.end) for line in self._drawn.lines):
            if line[0] == line[1]:
                continue
            bends = self._bends(line)
            down = self._layout.layer[line[1]] > self._layout.layer[line[0]]
            first = bends[0][0] if bends else self._middle(line[1])
            last = bends[-1][0] if bends else self._middle(line[0])
            sides.setdefault((line[0], down), []).append((first, line, "begin"))
            sides.setdefault((line[1], not down), []).append((last, line, "end"))
        ports: dict[tuple[Pair, str], Point] = {}
        for (box, is_bottom), used in sides.items():
            width, middle = self._widths[box] - 2 * _PADDING, self._middle(box)
            y = self._top(box) + (_BOX_HEIGHT if is_bottom else 0.0)
            for place, (_, pair, end) in enumerate(sorted(used)):
                ports[pair, end] = (middle + width * ((place + 0.5) / len(used) - 0.5), y)
        return ports

    # -- what is drawn -------------------------------------------------------------------------------

    def _box(self, root: ElementTree.Element, box: Box) -> None:
        inside, border = _COLOURS[box.group]
        width, middle, top = self._widths[box.name], self._middle(box.name), self._top(box.name)
        group = ElementTree.SubElement(root, "g")
        ElementTree.SubElement(group, "title").text = f"{box.name} · {box.kind}"
        is_first = box is self._drawn.boxes[0]
        ElementTree.SubElement(
            group,
            "rect",
            {"x": f"{middle - width / 2:.1f}", "y": f"{top:.1f}", "rx": "8"},
            width=f"{width:.1f}",
            height=f"{_BOX_HEIGHT:.1f}",
            fill=inside,
            stroke=border,
        ).set("stroke-width", "3" if is_first else "1.2")
        _text(group, (middle, top + 16), box.kind, _SMALL_PX, fill=border)
        _text(group, (middle, top + 34), box.name, _NAME_PX, weight="bold")
        _text(group, (middle, top + 50), box.detail, _SMALL_PX, fill="#444444")

    def _line(self, root: ElementTree.Element, line: Line) -> None:
        path = ElementTree.SubElement(root, "path", d=self._way(line), fill="none")
        path.set("stroke", _ERROR if line.is_error else _LINE)
        path.set("stroke-width", "1.4")
        path.set("marker-end", "url(#error)" if line.is_error else "url(#line)")
        if line.is_error:
            path.set("stroke-dasharray", "6 4")

    def _way(self, line: Line) -> str:
        if line.begin == line.end:
            right, middle = (
                self._middle(line.begin) + self._widths[line.begin] / 2,
                self._top(line.begin) + 29,
            )
            return f"M{right:.1f},{middle - 12:.1f} c{_LOOP},-14 {_LOOP},38 0,24"
        pair = (line.begin, line.end)
        points = [self._ports[pair, "begin"], *self._bends(pair), self._ports[pair, "end"]]
        way = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for (x, y), (to_x, to_y) in pairwise(points):
            if x == to_x:
                way += f" L{to_x:.1f},{to_y:.1f}"
            else:
                half = (to_y - y) / 2
                way += f" C{x:.1f},{y + half:.1f} {to_x:.1f},{to_y - half:.1f} {to_x:.1f},{to_y:.1f}"
        return way

    def _label(self, root: ElementTree.Element, line: Line) -> None:
        told = _told(line)
        if not told:
            return
        if line.begin == line.end:
            right = self._middle(line.begin) + self._widths[line.begin] / 2
            place, anchor = (right + _LOOP - 3, self._top(line.begin) + 33), "start"
        else:
            x, y = self._ports[(line.begin, line.end), "begin"]
            down = self._layout.layer[line.end] > self._layout.layer[line.begin]
            place, anchor = (x, y + 17 if down else y - 9), "middle"
        _text(
            root,
            place,
            told,
            _SMALL_PX,
            anchor=anchor,
            fill=_ERROR if line.is_error else "#1f2a33",
            halo=True,
        )


def _told(line: Line) -> str:
    count = "" if line.count is None else f"×{line.count:,}"
    return " ".join(filter(None, ("" if line.label == "on_error" else line.label, count)))


def _room_for_loop(box: str, lines: Sequence[Line]) -> float:
    """What a line from the box to itself takes beside it."""
    loops = [line for line in lines if line.begin == line.end == box]
    return max((_LOOP + text_width(_told(line), _SMALL_PX) for line in loops), default=0.0)


def _width(box: Box, lines: Sequence[Line]) -> float:
    """Enough for what stands in it, and for the labels below it side by side."""
    inside = max(
        text_width(box.name, _NAME_PX), text_width(box.kind, _SMALL_PX), text_width(box.detail, _SMALL_PX)
    )
    ahead = [line for line in lines if line.begin == box.name != line.end]
    labels = [text_width(_told(line), _SMALL_PX) + _LABEL_GAP for line in ahead]
    widest = max(labels, default=0.0) * len(labels)
    return max(inside, widest, 80.0) + 2 * _PADDING


def _text(
    parent: ElementTree.Element,
    place: Point,
    words: str,
    size_px: int,
    *,
    anchor: str = "middle",
    weight: str = "normal",
    fill: str = "#111111",
    halo: bool = False,
) -> None:
    if not words:
        return
    x, y = place
    drawn = ElementTree.SubElement(parent, "text", x=f"{x:.1f}", y=f"{y:.1f}", fill=fill)
    for name, value in (("font-size", str(size_px)), ("font-weight", weight), ("text-anchor", anchor)):
        drawn.set(name, value)
    if halo:
        for name, value in (("paint-order", "stroke"), ("stroke", "white"), ("stroke-width", "4")):
            drawn.set(name, value)
    drawn.text = words


def _arrow_heads(root: ElementTree.Element) -> None:
    heads = ElementTree.SubElement(root, "defs")
    for name, colour in (("line", _LINE), ("error", _ERROR)):
        head = ElementTree.SubElement(heads, "marker", id=name, viewBox="0 0 8 8", refX="7", refY="4")
        for key, value in (("markerWidth", "7"), ("markerHeight", "7"), ("orient", "auto-start-reverse")):
            head.set(key, value)
        ElementTree.SubElement(head, "path", d="M0,0 L8,4 L0,8 z", fill=colour)
