"""The page where a browser plays a recording, above its picture. Pure; no script, nothing from elsewhere."""

from datetime import datetime
from html import escape

from switch.archive.listening.finding import RUNNING, Row

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 "Noto Sans", "Noto Sans CJK SC", sans-serif; color: #2b2f36; margin: 2rem auto;
        max-width: 75rem; padding: 0 1rem }}
h1 {{ font-size: 1.25rem; margin: 0 }}
p {{ color: #6b727c; margin: .25rem 0 1rem }}
img, audio {{ width: 100%; display: block }}
</style>
<h1>{title}</h1>
<p>{facts}</p>
<audio controls preload="metadata" src="{sound}"></audio>
<img src="{picture}" alt="Both channels over time: customer above, agent below">
<p>Left: customer 客户. Right: agent 坐席. <a href="{sound}" download="{file}">Download</a></p>
</html>
"""


def listening_page(recording: Row, query: str, file: str) -> str:
    """HTML for a recording; ``query`` is the signed part of the link, ``file`` its name when downloaded.

    Addresses are relative, as a proxy may show the port under a path of its own.
    """
    recording_id = recording["recording_id"]
    return _PAGE.format(
        title=escape(_title(recording)),
        facts=escape(_facts(recording)),
        sound=escape(f"../{recording_id}?{query}"),
        picture=escape(f"picture.png?{query}"),
        file=escape(file),
    )


def _title(recording: Row) -> str:
    people = [recording[name] for name in ("caller", "called", "station") if recording.get(name)]
    return " → ".join(people) or recording["recording_id"]


def _facts(recording: Row) -> str:
    facts = [recording["recording_id"]]
    began = recording.get("started_at")
    if isinstance(began, datetime):
        facts.append(f"{began.astimezone():%Y-%m-%d %H:%M:%S}")
    if recording["state"] == RUNNING:
        facts.append("still running: this is what there is of it so far; load the page again for more")
    elif recording.get("reason"):
        facts.append(f"not whole: {recording['reason']}")
    return " · ".join(facts)
