"""``/phones/…`` on the HTTP port: phones fetch their files (自动配置).

The files were written by ``ringmain stations provision --publish``: the running switch knows no password.
"""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog
from aiohttp import hdrs, web

from runtime.errors import UsageError
from runtime.vocabulary import Command, Event
from switch.provisioning.config import ProvisioningConfig
from switch.provisioning.events import StationFileFetched
from switch.provisioning.publishing import INDEX, read_shelf
from switch.provisioning.shelf import PhoneFiles, Shelf, Wanted
from switch.sip.guard.commands import NoteRefusal
from switch.sip.guard.events import RefusalKind
from switch.sip.guard.networks import networks_of, read_address
from switch.sip.hop import Hop

log = structlog.get_logger(__name__)

_PRIVATE = {hdrs.CACHE_CONTROL: "private, no-store", "X-Content-Type-Options": "nosniff"}
_TYPES = {".xml": "application/xml"}
_LONGEST_DETAIL = 100


class PhoneSite:
    """The part of the HTTP port where phones' files are. Give ``routes`` to the server."""

    def __init__(
        self,
        config: ProvisioningConfig,
        knows: Callable[[str], bool],
        ignores: Callable[[str], bool],
        submit: Callable[[Event | Command], None],
    ) -> None:
        """``knows`` tells whether there is a station, ``ignores`` whether nothing of a source is heard."""
        self._knows = knows
        self._ignores = ignores
        self._submit = submit
        self._shelf: tuple[float, Shelf] = (-1.0, Shelf({}))
        """With the moment of its index."""
        self.configure(config)

    def configure(self, config: ProvisioningConfig) -> None:
        """Serve another folder, or other networks, from now on."""
        self._folder = config.folder
        self._networks = networks_of(config.networks)

    def routes(self) -> Iterable[web.RouteDef]:
        return (web.get("/phones/{path:.*}", self._answer),)

    async def _answer(self, request: web.Request) -> web.Response:
        if self._folder is None or self._ignores(request.remote or ""):
            return _sentence(404, "no files of phones are here")
        wanted = (await asyncio.to_thread(self._look, self._folder)).find(request.match_info["path"])
        if not self._may_fetch(request, wanted):
            return _sentence(403, "from here, or without TLS, nothing is fetched: see provisioning.networks")
        if wanted.is_guess:
            self._tell_guess(request)
        if wanted.phone is None or not wanted.file or not self._knows(wanted.phone.station):
            return _sentence(404, "there is no such file")
        return await self._send(request, self._folder, wanted.phone, wanted)

    def _may_fetch(self, request: web.Request, wanted: Wanted) -> bool:
        """The token is as good as a password, if nobody reads it on its way; a hardware address never is."""
        address = read_address(request.remote or "")
        is_near = address is not None and self._networks.covers(address)
        return is_near or (wanted.by_token and request.secure)

    async def _send(
        self, request: web.Request, folder: Path, phone: PhoneFiles, wanted: Wanted
    ) -> web.Response:
        path = folder / phone.token / wanted.file
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            log.error(
                "a phone's file cannot be read",
                folder=str(folder),
                station=phone.station,
                file=wanted.file,
                reason=error.strerror,
            )
            return _sentence(404, "there is no such file")
        if request.method == hdrs.METH_GET:
            self._submit(
                StationFileFetched(
                    station=phone.station,
                    make=phone.make,
                    file=wanted.file,
                    source=request.remote or "",
                    by="token" if wanted.by_token else "mac",
                    encrypted=request.secure,
                )
            )
        kind = _TYPES.get(path.suffix, "text/plain")
        return web.Response(body=content, content_type=kind, headers=_PRIVATE)

    def _tell_guess(self, request: web.Request) -> None:
        """The address asked for is told without a token, which may be a right one mistyped."""
        peername = request.transport.get_extra_info("peername") if request.transport is not None else None
        host, port = (peername or (request.remote or "", 0))[:2]
        peer = Hop("tls" if request.secure else "tcp", host, port)
        name = request.match_info["path"].rpartition("/")[2][:_LONGEST_DETAIL]
        told = "".join(character if character.isprintable() else "?" for character in name)
        self._submit(NoteRefusal(kind=RefusalKind.PHONE_FILE, peer=str(peer), detail=told, status=404))

    def _look(self, folder: Path) -> Shelf:
        """The index as it is now. Runs on a thread."""
        try:
            written_at = (folder / INDEX).stat().st_mtime
            if written_at != self._shelf[0]:
                self._shelf = (written_at, read_shelf(folder))
        except FileNotFoundError:
            return Shelf({})
        except (OSError, UsageError) as error:
            log.error("files of phones cannot be read", folder=str(folder), reason=str(error))
            return Shelf({})
        return self._shelf[1]


def _sentence(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=f"{text}\n", headers=_PRIVATE)
