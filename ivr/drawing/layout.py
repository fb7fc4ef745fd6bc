"""Where boxes and lines stand: a layered layout (K. Sugiyama et al., 1981), top to bottom.

Lines that lead back are turned for the time being; boxes come into layers by the longest way from the first
one; lines over several layers get a place in each; orders in the layers are improved by barycentres; places
across are least squares under the gaps that must be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

Pair = tuple[str, str]

_SWEEPS = 12
_GAP = 34.0
"""Between neighbours in a layer."""
_LINE_WIDTH = 14.0
"""What a line that passes a layer takes of it."""

_Item = str | tuple[str, str, int]
"""A box, or a line where it passes a layer."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of boxes: middle across and layer; and of each line the places where it passes layers."""

    across: Mapping[str, float]
    layer: Mapping[str, int]
    bends: Mapping[Pair, tuple[tuple[float, int], ...]]
    """From the box where it begins to the one where it ends."""


def arrange(widths: Mapping[str, float], lines: Sequence[Pair]) -> Layout:
    """Place boxes, given by their widths in order, and lines, except those from a box to itself."""
    between = [pair for pair in dict.fromkeys(lines) if pair[0] != pair[1]]
    turned = _leading_back(list(widths), between)
    down = [(b, a) if (a, b) in turned else (a, b) for a, b in between]
    layer = _layers(list(widths), down)
    chains = [_chain(pair, layer) for pair in dict.fromkeys(down)]
    rows = _rows(layer, chains)
    rows = _ordered(rows, chains)
    across = _placed(rows, chains, widths)
    bends: dict[Pair, tuple[tuple[float, int], ...]] = {}
    by_ends = {(chain[0], chain[-1]): chain for chain in chains}
    for begin, end in between:
        is_turned = (begin, end) in turned
        inner = by_ends[(end, begin) if is_turned else (begin, end)][1:-1]
        points = [(across[item], item[2]) for item in inner if not isinstance(item, str)]
        bends[begin, end] = tuple(reversed(points) if is_turned else points)
    return Layout({box: across[box] for box in widths}, layer, bends)


def _leading_back(boxes: Sequence[str], lines: Iterable[Pair]) -> set[Pair]:
    """The lines that close a circle, seen from the first box on."""
    ahead: dict[str, list[str]] = {box: [] for box in boxes}
    for begin, end in lines:
        ahead[begin].append(end)
    back: set[Pair] = set()
    done: set[str] = set()
    for root in boxes:
        if root in done:
            continue
        way = [root]
        rest = {root: iter(ahead[root])}
        while way:
            box = way[-1]
            following = next(rest[box], None)
            if following is None:
                done.add(way.pop())
                del rest[box]
            elif following in rest:
                back.add((box, following))
            elif following not in done:
                way.append(following)
                rest[following] = iter(ahead[following])
    return back


def _layers(boxes: Sequence[str], down: Sequence[Pair]) -> dict[str, int]:
    """Each box below all that lead to it."""
    ahead: dict[str, list[str]] = {box: [] for box in boxes}
    above = dict.fromkeys(boxes, 0)
    for begin, end in dict.fromkeys(down):
        ahead[begin].append(end)
        above[end] += 1
    layer = dict.fromkeys(boxes, 0)
    ready = [box for box in boxes if not above[box]]
    for box in ready:
        for end in ahead[box]:
            layer[end] = max(layer[end], layer[box] + 1)
            above[end] -= 1
            if not above[end]:
                ready.append(end)
    return layer


def _chain(pair: Pair, layer: Mapping[str, int]) -> list[_Item]:
    begin, end = pair
    inner: list[_Item] = [(begin, end, at) for at in range(layer[begin] + 1, layer[end])]
    return [begin, *inner, end]


def _rows(layer: Mapping[str, int], chains: Sequence[list[_Item]]) -> list[list[_Item]]:
    rows: list[list[_Item]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    for box, at in layer.items():
        rows[at].append(box)
    for chain in chains:
        for item in chain[1:-1]:
            if not isinstance(item, str):
                rows[item[2]].append(item)
    return rows


def _neighbours(chains: Sequence[list[_Item]]) -> tuple[dict[_Item, list[_Item]], dict[_Item, list[_Item]]]:
    """Of each item those in the layer above, and those below."""
    above: dict[_Item, list[_Item]] = {}
    below: dict[_Item, list[_Item]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    return above, below


def _ordered(rows: list[list[_Item]], chains: Sequence[list[_Item]]) -> list[list[_Item]]:
    """The best order of those that barycentres lead to, going down and up by turns."""
    above, below = _neighbours(chains)
    best, fewest = rows, _crossings(rows, below)
    for sweep in range(_SWEEPS):
        towards = above if sweep % 2 == 0 else below
        rows = _swept(rows if sweep % 2 == 0 else rows[::-1], towards)
        rows = rows if sweep % 2 == 0 else rows[::-1]
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _swept(rows: Sequence[list[_Item]], towards: Mapping[_Item, list[_Item]]) -> list[list[_Item]]:
    place: dict[_Item, float] = {}
    swept: list[list[_Item]] = []
    for row in rows:
        wanted = {
            item: fmean(place[other] for other in towards[item]) if towards.get(item) else float(at)
            for at, item in enumerate(row)
        }
        ordered = sorted(row, key=wanted.__getitem__)
        place.update({item: float(at) for at, item in enumerate(ordered)})
        swept.append(ordered)
    return swept


def _crossings(rows: Sequence[list[_Item]], below: Mapping[_Item, list[_Item]]) -> int:
    found = 0
    for upper, lower in pairwise(rows):
        place = {item: at for at, item in enumerate(lower)}
        ends = [sorted(place[other] for other in below.get(item, ())) for item in upper]
        seen: list[int] = []
        for own in ends:
            found += sum(earlier > end for end in own for earlier in seen)
            seen += own
    return found


def _placed(
    rows: Sequence[list[_Item]], chains: Sequence[list[_Item]], widths: Mapping[str, float]
) -> dict[_Item, float]:
    """Across: near the middle of what is above and below, without touching."""
    above, below = _neighbours(chains)
    width = {item: widths[item] if isinstance(item, str) else _LINE_WIDTH for row in rows for item in row}
    across: dict[_Item, float] = {}
    for row in rows:
        across.update(_spread([(item, 0.0) for item in row], width))
    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            wanted = []
            for item in row:
                others = [across[other] for other in (*above.get(item, ()), *below.get(item, ()))]
                wanted.append((item, fmean(others) if others else across[item]))
            across.update(_spread(wanted, width))
    return across


def _spread(wanted: Sequence[tuple[_Item, float]], width: Mapping[_Item, float]) -> dict[_Item, float]:
    """The nearest places (least squares) that keep order and gaps, by pooling adjacent violators."""
    offsets: list[float] = []
    for at, (item, _) in enumerate(wanted):
        before = wanted[at - 1][0] if at else None
        gap = (width[before] + width[item]) / 2 + _GAP if before is not None else 0.0
        offsets.append((offsets[-1] if offsets else 0.0) + gap)
    pools: list[tuple[float, int]] = []
    for (_, where), offset in zip(wanted, offsets, strict=True):
        pool = (where - offset, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, count = pools.pop()
            pool = ((mean * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
        pools.append(pool)
    places = [mean for mean, count in pools for _ in range(count)]
    return {item: place + offset for (item, _), place, offset in zip(wanted, places, offsets, strict=True)}
