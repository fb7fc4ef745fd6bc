"""Recordings asked for by a real HTTP client over loopback."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import soundfile
from aiohttp.test_utils import TestServer
from pyrage.x25519 import Identity

from media.events import RecordingCompleted, RecordingFailed, RecordingStarted
from media.recordings.forms import Form
from media.recordings.manifest import Manifest, Mark, write_manifest
from media.recordings.tiers import Access
from media.recordings.treatment import treat
from runtime.clock import ManualClock
from runtime.vocabulary import Event
from sipp_scenarios.audio import speech
from switch.archive.listening.events import RecordingLinked, RecordingListened
from switch.archive.listening.ranges import whole
from switch.archive.listening.service import Listening
from switch.archive.listening.sound import SoundGone, SoundReader, look_at
from switch.archive.listening.verbs import LinkParams
from switch.config import HttpConfig
from switch.http import HttpServer
from switch.records.config import RecordsConfig

RATE_HZ = 8000


@dataclass
class House:
    """A recording in a folder, and what serves it."""

    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "journal").mkdir()
        self.listening = self.serve()
        self.path = self.folder / "recording-1.wav"
        voice = speech(1, 30)
        soundfile.write(self.path, list(zip(voice, voice[::-1], strict=True)), RATE_HZ, subtype="PCM_16")
        self.octets = self.path.read_bytes()

    def serve(self) -> Listening:
        records = RecordsConfig(
            journal=self.folder / "journal", database=f"sqlite:///{self.folder / 'none.db'}"
        )
        http = HttpConfig(enabled=True, public_url="http://pbx.example/")
        access = Access(identity=self.folder / "identity.txt")
        return Listening(b"k" * 32, http, records, self.clock, self.told.append, access)

    def identity(self) -> dict[str, Any]:
        return {
            "recording_id": "recording-1",
            "contact_id": "contact-1",
            "call_id": "call-1",
            "path": str(self.path),
        }

    def start(self) -> None:
        self.observe(RecordingStarted(**self.identity()))

    def complete(self) -> None:
        self.start()
        self.observe(
            RecordingCompleted(
                **self.identity(),
                duration_ms=30_000,
                size_bytes=len(self.octets),
                sha256=sha256(self.octets).hexdigest(),
                customer_packets=1500,
                customer_lost_ms=0,
                agent_packets=1500,
                agent_lost_ms=0,
            )
        )

    def fail(self) -> None:
        self.start()
        self.observe(RecordingFailed(**self.identity(), reason="the disk is full"))

    def observe(self, event: Event) -> None:
        assert self.listening.finder.wants(type(event))
        self.listening.finder.observe(event, self.clock.wall())

    def link(self, **params: object) -> dict[str, Any]:
        (verb,) = self.listening.verbs()
        answer = verb.handle(
            LinkParams.model_validate({"recording_id": "recording-1", "who": "张伟"} | params)
        )
        assert isinstance(answer, dict)
        return answer


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


Ask = Callable[..., Awaitable[Answer]]


def visit(house: House, what: Callable[[Ask], Awaitable[None]]) -> None:
    """Let somebody ask while the port is open."""

    async def run() -> None:
        server = HttpServer(HttpConfig(), bytes, dict, house.listening.pages())
        async with TestServer(server.application()) as site, aiohttp.ClientSession() as session:

            async def ask(url: str, method: str = "GET", **headers: str) -> Answer:
                path = url.removeprefix("http://pbx.example")
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                async with session.request(method, site.make_url(path), headers=named) as answer:
                    return Answer(answer.status, answer.headers, await answer.read())

            await what(ask)

    try:
        asyncio.run(run())
    finally:
        house.listening.close()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_link_gives_the_whole_file(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        answer = await ask(house.link()["sound"])
        assert (answer.status, answer.body) == (200, house.octets)
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["Accept-Ranges"] == "bytes"

    visit(house, listen)


@pytest.mark.parametrize(
    ("asked", "told", "piece"),
    [
        ("bytes=0-", "bytes 0-{last}/{size}", slice(0, None)),
        ("bytes=44-1043", "bytes 44-1043/{size}", slice(44, 1044)),
        ("bytes=300000-", "bytes 300000-{last}/{size}", slice(300_000, None)),
        ("bytes=-100", "bytes {late}-{last}/{size}", slice(-100, None)),
    ],
)
def test_a_range_gives_its_piece(house: House, asked: str, told: str, piece: slice) -> None:
    house.complete()
    size = len(house.octets)

    async def listen(ask: Ask) -> None:
        answer = await ask(house.link()["sound"], Range=asked)
        assert (answer.status, answer.body) == (206, house.octets[piece])
        assert answer.headers["Content-Range"] == told.format(size=size, last=size - 1, late=size - 100)

    visit(house, listen)


def test_a_range_behind_the_end_is_answered_with_the_size(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        answer = await ask(house.link()["sound"], Range=f"bytes={len(house.octets)}-")
        assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(house.octets)}")

    visit(house, listen)


def test_a_download_goes_on_only_with_the_same_file(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        link = house.link()["sound"]
        etag = (await ask(link, "HEAD")).headers["ETag"]
        assert (await ask(link, Range="bytes=10-19", If_Range=etag)).body == house.octets[10:20]
        assert (await ask(link, Range="bytes=10-19", If_Range='"other"')).status == 200
        assert (await ask(link, If_None_Match=f'"x", W/{etag}')).status == 304

    visit(house, listen)


def test_head_tells_all_and_sends_nothing(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        answer = await ask(house.link()["sound"], "HEAD")
        assert (answer.status, answer.body) == (200, b"")
        assert answer.headers["Content-Length"] == str(len(house.octets))

    visit(house, listen)
    assert not [event for event in house.told if isinstance(event, RecordingListened)]


def test_nobody_listens_without_a_link_that_is_good(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        link = house.link(for_s=60)["sound"]
        assert (await ask("/recordings/recording-1")).status == 403
        assert (await ask(link.replace("recording-1", "recording-2"))).status == 403
        assert (await ask(link[:-1])).status == 403
        house.clock.move_to(house.clock.now() + 61)
        answer = await ask(link)
        assert (answer.status, answer.body) == (403, b"the link has expired; ask for a new one\n")

    visit(house, listen)


def test_the_journal_is_told_once_who_got_a_link_and_who_listened(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        link = house.link(for_s=60)["sound"]
        for start in (0, 1000, 2000):
            await ask(link, Range=f"bytes={start}-")

    visit(house, listen)
    until = int(house.clock.wall()) + 60
    assert house.told == [
        RecordingLinked(recording_id="recording-1", who="张伟", until=until),
        RecordingListened(recording_id="recording-1", who="张伟", host="127.0.0.1"),
    ]


def test_a_recording_that_runs_is_heard_as_far_as_it_is_on_disk(house: House) -> None:
    house.start()

    async def listen(ask: Ask) -> None:
        link = house.link()
        first = await ask(link["sound"])
        assert (first.status, first.body, "ETag" in first.headers) == (200, house.octets, False)
        assert b"still running" in (await ask(link["page"])).body
        house.path.write_bytes(house.octets + b"\0" * 4000)
        assert len((await ask(link["sound"])).body) == len(house.octets) + 4000

    visit(house, listen)


def test_what_cannot_be_heard_is_said_plainly(house: House) -> None:
    house.fail()
    house.path.unlink()

    async def listen(ask: Ask) -> None:
        gone = await ask(house.link()["sound"])
        assert (gone.status, b"is not there" in gone.body) == (410, True)
        unknown = await ask(house.link(recording_id="recording-9")["sound"])
        assert (unknown.status, unknown.body) == (404, b"there is no recording recording-9\n")

    visit(house, listen)


def test_a_deleted_recording_is_told_as_that(house: House) -> None:
    with pytest.raises(SoundGone, match="recording r was deleted"):
        look_at({"recording_id": "r", "path": str(house.path), "state": "deleted"}, Access())


def test_a_page_shows_player_and_picture_and_nothing_of_others(house: House) -> None:
    house.fail()

    async def listen(ask: Ask) -> None:
        link = house.link(who='"><script>')
        answer = await ask(link["page"])
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        text = answer.body.decode()
        assert '<audio controls preload="metadata" src="../recording-1?until=' in text
        assert "not whole 不完整: the disk is full" in text
        assert "<script" not in text

    visit(house, listen)


def test_a_picture_is_drawn_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.complete()
    tell_manifest(house)

    async def listen(ask: Ask) -> None:
        link = house.link()["picture"]
        first = await ask(link)
        assert (first.status, first.headers["Content-Type"]) == (200, "image/png")
        assert first.body.startswith(b"\x89PNG")
        monkeypatch.setattr("sys.executable", "/bin/false")
        assert (await ask(link)).body == first.body

    visit(house, listen)


def test_a_picture_from_before_the_manifest_is_drawn_again(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        link = house.link()["picture"]
        before = await ask(link)
        assert (before.status, before.body[:4]) == (200, b"\x89PNG")
        tell_manifest(house)
        assert (await ask(link)).body != before.body

    visit(house, listen)


def test_the_picture_of_an_encrypted_recording_tells_what_its_manifest_tells(house: House) -> None:
    house.complete()
    tell_manifest(house)
    pictures = []

    async def listen(ask: Ask) -> None:
        pictures.append((await ask(house.link()["picture"])).body)

    visit(house, listen)
    key = Identity.generate()
    (house.folder / "identity.txt").write_text(str(key))
    treat(house.path, None, [key.to_public()])
    house.listening = house.serve()  # which has kept no picture
    house.complete()
    visit(house, listen)
    assert pictures[0].startswith(b"\x89PNG")
    assert pictures[0] == pictures[1]


def test_a_file_that_is_no_sound_has_no_picture_but_a_reason(house: House) -> None:
    house.complete()
    house.path.write_bytes(b"no sound at all")

    async def listen(ask: Ask) -> None:
        answer = await ask(house.link()["picture"])
        assert (answer.status, b"cannot be read as audio" in answer.body) == (410, True)

    visit(house, listen)


def tell_manifest(house: House) -> None:
    """Write a manifest that tells a pause."""
    manifest = Manifest(
        recording_id="recording-1",
        contact_id="contact-1",
        call_ids=("call-1",),
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        marks=(Mark(from_ms=5000, to_ms=9000, kind="paused"),),
        state="completed",
    )
    write_manifest(manifest, house.path)


def treat_recording(house: House, form: Form | None, key: Identity | None) -> Path:
    """Convert it, encrypt it; gives where it lies."""
    tell_manifest(house)
    return treat(house.path, form, [] if key is None else [key.to_public()])[-1].path


def test_a_converted_recording_is_sent_as_what_it_is_now(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        before = await ask(house.link()["sound"], "HEAD")
        flac = treat_recording(house, Form.FLAC, None)
        answer = await ask(house.link()["sound"])
        assert (answer.body, answer.headers["Content-Type"]) == (flac.read_bytes(), "audio/flac")
        assert answer.headers["ETag"] != before.headers["ETag"]

    visit(house, listen)


@pytest.mark.parametrize("form", [Form.FLAC, Form.OPUS])
def test_a_converted_recording_is_had_as_wav_too(house: House, form: Form) -> None:
    house.complete()
    key = Identity.generate()
    treat_recording(house, form, key)
    (house.folder / "identity.txt").write_text(str(key))

    async def listen(ask: Ask) -> None:
        link = house.link()
        answer = await ask(link["wav"])
        assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/wav")
        assert answer.body[:44] == house.octets[:44]  # the header tells the length
        assert len(answer.body) == len(house.octets)
        assert (answer.body == house.octets) is (form is Form.FLAC)
        page = (await ask(link["page"])).body.decode()
        assert f'download="recording-1{form.suffix}"' in page
        assert 'href="sound.wav?until=' in page
        assert [type(event) for event in house.told].count(RecordingListened) == 1
        (house.folder / "identity.txt").write_text(str(Identity.generate()))
        with pytest.raises(aiohttp.ClientError):
            await ask(link["wav"])

    visit(house, listen)


def test_what_is_wav_already_is_had_as_it_is(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        link = house.link()
        assert (await ask(link["wav"], Range="bytes=44-143")).body == house.octets[44:144]
        assert "sound.wav" not in (await ask(link["page"])).body.decode()
        assert (await ask(link["wav"].replace("recording-1", "recording-2"))).status == 403

    visit(house, listen)


def test_an_encrypted_recording_is_opened_for_whoever_has_a_link(house: House) -> None:
    house.complete()
    key = Identity.generate()
    treat_recording(house, None, key)
    (house.folder / "identity.txt").write_text(str(key))

    async def listen(ask: Ask) -> None:
        link = house.link()
        whole = await ask(link["sound"])
        assert (whole.status, whole.body, whole.headers["Content-Type"]) == (200, house.octets, "audio/wav")
        piece = await ask(link["sound"], Range="bytes=100000-400000")
        assert (piece.status, piece.body) == (206, house.octets[100_000:400_001])
        end = await ask(link["sound"], Range="bytes=-10")
        assert end.body == house.octets[-10:]
        assert (await ask(link["picture"])).body.startswith(b"\x89PNG")

    visit(house, listen)


def test_what_is_encrypted_to_somebody_else_breaks_off_rather_than_lies(house: House) -> None:
    house.complete()
    treat_recording(house, None, Identity.generate())
    (house.folder / "identity.txt").write_text(str(Identity.generate()))

    async def listen(ask: Ask) -> None:
        with pytest.raises(aiohttp.ClientError):
            await ask(house.link()["sound"])
        assert b"cannot be opened with the keys" in (await ask(house.link()["picture"])).body

    visit(house, listen)


def test_a_file_that_lost_its_end_breaks_the_connection(house: House) -> None:
    house.complete()

    async def listen(ask: Ask) -> None:
        sound = look_at({"recording_id": "r", "path": str(house.path), "state": "completed"}, Access())
        house.path.write_bytes(house.octets[:1000])
        reader = SoundReader()
        with pytest.raises(OSError, match=r"ended \d+ octets early"):
            _ = [piece async for piece in reader.pieces(sound, whole(sound.size))]
        reader.close()

    visit(house, listen)
