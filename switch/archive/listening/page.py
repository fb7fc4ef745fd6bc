"""The page where a browser plays a recording, above its picture. Pure; no script, nothing from elsewhere."""

from datetime import datetime
from html import escape

from media.recordings.forms import Form
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
<p>Left 左: customer 客户. Right 右: agent 坐席. Download 下载: {downloads}</p>
</html>
"""


def listening_page(recording: Row, query: str, form: Form) -> str:
    """HTML for a recording; ``query`` is the signed part of the link, ``form`` what it is kept as.

    Addresses are relative, as a proxy may show the port under a path of its own.
    """
    recording_id = recording["recording_id"]
    sound = f"../{recording_id}?{query}"
    downloads = {form: sound} | ({} if form is Form.WAV else {Form.WAV: f"sound.wav?{query}"})
    return _PAGE.format(
        title=escape(_title(recording)),
        facts=escape(_facts(recording)),
        sound=escape(sound),
        picture=escape(f"picture.png?{query}"),
        downloads=", ".join(_download(recording_id, *download) for download in downloads.items()),
    )


def _download(recording_id: str, form: Form, address: str) -> str:
    return f'<a href="{escape(address)}" download="{escape(recording_id + form.suffix)}">{form.upper()}</a>'


def _title(recording: Row) -> str:
    people = [recording[name] for name in ("caller", "called", "station") if recording.get(name)]
    return " → ".join(people) or recording["recording_id"]


def _facts(recording: Row) -> str:
    facts = [recording["recording_id"]]
    began = recording.get("started_at")
    if isinstance(began, datetime):
        facts.append(f"{began.astimezone():%Y-%m-%d %H:%M:%S}")
    if recording["state"] == RUNNING:
        facts.append("still running 通话中: what there is of it so far; load the page again 刷新 for more")
    elif recording.get("reason"):
        facts.append(f"not whole 不完整: {recording['reason']}")
    return " · ".join(facts)
