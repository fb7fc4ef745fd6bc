"""Draws docs/top.svg: ``python -m tests.cli.top.picture``."""

import asyncio
import re
from pathlib import Path

from cli.top.screen import Top
from cli.top.view import Picture

PAGE = Path(__file__).parents[3] / "docs" / "top.svg"
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Who reads the manual needs nothing from elsewhere."""
_QUEUES = [
    ("service", "客户服务", 12, 74.0, {"AVAILABLE": 0, "ON_CALL": 9, "NOT_READY": 2}, 412, 17, 0.71),
    ("vip", "重要客户", 1, 8.0, {"AVAILABLE": 1, "ON_CALL": 3}, 96, 0, 0.97),
    ("repair", "故障报修", 0, 0.0, {"AVAILABLE": 4, "ON_CALL": 6, "WRAP_UP": 1}, 233, 5, 0.88),
    ("acme/billing", "账务", 3, 31.0, {"ON_CALL": 2, "NOT_READY": 1}, 58, 9, 0.46),
]


def _picture() -> Picture:
    queues = [
        {
            "name": name,
            "title": title,
            "waiting": waiting,
            "longest_wait_s": longest_s,
            "agents": agents,
            "calls": {"answered": answered, "abandoned": abandoned},
            "service_level": [{"within_s": 20.0, "share": share}],
        }
        for name, title, waiting, longest_s, agents, answered, abandoned, share in _QUEUES
    ]
    states = ["AVAILABLE"] * 5 + ["ON_CALL"] * 20 + ["NOT_READY"] * 3 + ["WRAP_UP"]
    agents = [{"id": f"{1001 + place}", "state": state} for place, state in enumerate(states)]
    calls = [{"call_id": f"call-{place}", "age_s": 60.0} for place in range(36)]
    return Picture(0.0, {"queues": queues, "agents": agents, "calls": calls})


async def _draw() -> str:
    app = Top(Path("/nowhere"), lambda: 0.0, "li", _picture())
    async with app.run_test(size=(110, 14)) as pilot:
        await pilot.pause()
        app._note("")
        await pilot.pause()
        return _FONTS.sub("", app.export_screenshot(title="ringmain top"))


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(_draw()), encoding="utf-8")
