"""``/recordings/<id>`` on the HTTP port: sound with ranges, picture and page, opened by a signed link."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing

import structlog
from aiohttp import hdrs, web

from media.recordings.forms import Form
from media.recordings.tiers import Access
from runtime.clock import Clock
from runtime.vocabulary import Event
from switch.archive.listening.events import RecordingListened
from switch.archive.listening.finding import RecordingFinder, Row
from switch.archive.listening.links import Link, LinkRefused, LinkSigner, is_recording_id
from switch.archive.listening.page import CONTENT_SECURITY_POLICY, listening_page
from switch.archive.listening.pictures import NoPicture, Pictures
from switch.archive.listening.ranges import OctetRange, UnsatisfiableRange, requested_range, whole
from switch.archive.listening.sound import CONTENT_TYPES, Pieces, Sound, SoundGone, SoundReader

log = structlog.get_logger(__name__)

MOST_LISTENERS = 200
"""Answers under way at a time; who comes beyond is asked to come back."""
LONGEST_STALL_S = 60.0
"""A listener that takes nothing for so long is let go; a browser that goes on asks for the rest."""
_MOST_LISTENINGS = 10_000

_PRIVATE = {
    hdrs.CACHE_CONTROL: "private, no-store",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Content-Type-Options": "nosniff",
}

Answer = Callable[[web.Request, Link, Row], Awaitable[web.StreamResponse]]


class RecordingSite:
    """The part of the HTTP port where recordings are. Give ``routes`` to the server; ``close`` with it."""

    def __init__(
        self,
        signer: LinkSigner,
        finder: RecordingFinder,
        pictures: Pictures,
        clock: Clock,
        submit: Callable[[Event], None],
        access: Access,
    ) -> None:
        self._signer = signer
        self._finder = finder
        self._pictures = pictures
        self._clock = clock
        self._submit = submit
        self._reader = SoundReader(access)
        self._listeners = 0
        self._told: OrderedDict[tuple[Link, str], None] = OrderedDict()

    def routes(self) -> Iterable[web.RouteDef]:
        return (
            web.get("/recordings/{recording_id}", self._opened_by_link(self._answer_sound)),
            web.get("/recordings/{recording_id}/sound.wav", self._opened_by_link(self._answer_wav)),
            web.get("/recordings/{recording_id}/listen", self._opened_by_link(self._answer_page)),
            web.get("/recordings/{recording_id}/picture.png", self._opened_by_link(self._answer_picture)),
        )

    def close(self) -> None:
        self._reader.close()

    def _opened_by_link(self, answer: Answer) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Let only those in whose link is good, and those only to what there is."""

        async def handler(request: web.Request) -> web.StreamResponse:
            recording_id = request.match_info["recording_id"]
            try:
                link = self._signer.check(recording_id, request.query, self._clock.wall())
            except LinkRefused as refusal:
                return _sentence(403, str(refusal))
            recording = None
            if is_recording_id(recording_id):
                recording = await self._reader.do(self._finder.find, recording_id)
            if recording is None:
                return _sentence(404, f"there is no recording {recording_id}")
            try:
                return await answer(request, link, recording)
            except (SoundGone, NoPicture) as error:
                return _sentence(410, str(error))

        return handler

    async def _answer_page(self, request: web.Request, link: Link, recording: Row) -> web.Response:
        sound = await self._reader.look_at(recording)
        text = listening_page(recording, self._signer.query(link), sound.form)
        headers = {**_PRIVATE, "Content-Security-Policy": CONTENT_SECURITY_POLICY}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _answer_picture(self, request: web.Request, link: Link, recording: Row) -> web.Response:
        sound = await self._reader.look_at(recording)
        picture = await self._pictures.picture(recording, sound)
        return web.Response(body=picture, content_type="image/png", headers=_PRIVATE)

    async def _answer_sound(self, request: web.Request, link: Link, recording: Row) -> web.StreamResponse:
        sound = await self._reader.look_at(recording)
        response, wanted = _begin(request, sound)
        if request.method == hdrs.METH_HEAD or not wanted.length or response.status >= 300:
            await response.prepare(request)
            return response
        return await self._let_listen(request, link, response, self._reader.pieces(sound, wanted))

    async def _answer_wav(self, request: web.Request, link: Link, recording: Row) -> web.StreamResponse:
        """Of a converted one the length is known at the end only."""
        sound = await self._reader.look_at(recording)
        if sound.form is Form.WAV:
            return await self._answer_sound(request, link, recording)
        response = web.StreamResponse(headers={**_PRIVATE, hdrs.CONTENT_TYPE: CONTENT_TYPES[Form.WAV]})
        if request.method == hdrs.METH_HEAD:
            await response.prepare(request)
            return response
        return await self._let_listen(request, link, response, self._reader.as_wav(sound))

    async def _let_listen(
        self, request: web.Request, link: Link, response: web.StreamResponse, pieces: Pieces
    ) -> web.StreamResponse:
        if self._listeners >= MOST_LISTENERS:
            return _sentence(503, "too many listen at the moment; try again soon", {hdrs.RETRY_AFTER: "10"})
        self._tell(link, request.remote or "")
        self._listeners += 1
        try:
            return await self._send(request, response, pieces)
        finally:
            self._listeners -= 1

    async def _send(
        self, request: web.Request, response: web.StreamResponse, pieces: Pieces
    ) -> web.StreamResponse:
        try:
            await response.prepare(request)
            async with aclosing(pieces):
                async for piece in pieces:
                    await asyncio.wait_for(response.write(piece), LONGEST_STALL_S)
        except ConnectionError:
            pass  # a browser that has heard enough, or seeks
        except (OSError, TimeoutError) as error:
            # Only a broken connection tells that there is more than was sent.
            log.info("a recording was not sent to its end", path=request.path, reason=str(error))
            if request.transport is not None:
                request.transport.abort()
        return response

    def _tell(self, link: Link, host: str) -> None:
        """Browsers ask piece by piece; the journal wants to know once."""
        if (link, host) in self._told:
            return
        self._told[link, host] = None
        while len(self._told) > _MOST_LISTENINGS:
            self._told.popitem(last=False)
        self._submit(RecordingListened(recording_id=link.recording_id, who=link.who, host=host))


def _begin(request: web.Request, sound: Sound) -> tuple[web.StreamResponse, OctetRange]:
    """Status line and headers (RFC 9110 §13.2.2, §15.3.7, §15.5.17), and what is to follow them."""
    headers = {**_PRIVATE, hdrs.ACCEPT_RANGES: "bytes"}
    if sound.etag is not None:
        headers[hdrs.ETAG] = sound.etag
        if _has_it(request.headers.get(hdrs.IF_NONE_MATCH, ""), sound.etag):
            return web.Response(status=304, headers=headers), OctetRange(0, -1)
    asked = (request.headers.get(hdrs.RANGE), request.headers.get(hdrs.IF_RANGE))
    try:
        part = requested_range(*asked, sound.etag, sound.size)
    except UnsatisfiableRange:
        headers[hdrs.CONTENT_RANGE] = f"bytes */{sound.size}"
        text = f"the recording has {sound.size} octets\n"
        return web.Response(status=416, headers=headers, text=text), OctetRange(0, -1)
    wanted = part or whole(sound.size)
    headers[hdrs.CONTENT_LENGTH] = str(wanted.length)
    headers[hdrs.CONTENT_TYPE] = CONTENT_TYPES[sound.form]
    if part is not None:
        headers[hdrs.CONTENT_RANGE] = f"bytes {part.first}-{part.last}/{sound.size}"
    return web.StreamResponse(status=200 if part is None else 206, headers=headers), wanted


def _has_it(if_none_match: str, etag: str) -> bool:
    """By weak comparison (RFC 9110 §13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def _sentence(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """Why not, for people."""
    return web.Response(status=status, text=f"{text}\n", headers={**_PRIVATE, **(headers or {})})
