"""The way to one service: its connections, its proof of who we are, and its bounds. A shell."""

import errno
from collections.abc import Mapping

import aiohttp
import orjson
import structlog
from multidict import CIMultiDict
from yarl import URL

from switch.lookups.address import MOST_REDIRECTS, address_of, redirected
from switch.lookups.answers import Failed, Outcome, Reason
from switch.lookups.commands import LookUp, Method
from switch.lookups.config import LookupConfig
from switch.lookups.credentials import identity, trust
from switch.lookups.headers import CannotBeSent, check_headers
from switch.lookups.reading import read_answer

log = structlog.get_logger(__name__)

_PLAIN = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Ringmain"}
"""Answers are not compressed: a small one could become one of any size."""
_KEPT_ALIVE_S = 30.0
_LONGEST_BODY = 262_144


class TooLarge(Exception):
    """An answer beyond its bound."""


class Door:
    """One service, with connections of its own; nothing that an answer sets comes with the next request."""

    def __init__(self, config: LookupConfig) -> None:
        """Raises UsageError when one of its files cannot be used."""
        self._config = config
        self._trust = trust(config)
        self._identity = identity(config)
        configured = {name: value.get_secret_value() for name, value in config.headers.items()}
        ours = {**configured, **self._identity}
        self._headers = CIMultiDict({**_PLAIN, **ours})
        self._own = frozenset(name.lower() for name in ours)
        """What a flow cannot set."""
        self._session: aiohttp.ClientSession | None = None
        self._inside = 0
        """Requests under way."""
        self._is_retired = False

    def serves(self, config: LookupConfig) -> bool:
        """Whether it is as it would be made now. Raises UsageError when the token cannot be read."""
        return config == self._config and identity(config) == self._identity

    async def ask(self, order: LookUp) -> Outcome:
        """Never raises, but when it is cancelled."""
        self._inside += 1
        try:
            return await self._outcome(order)
        finally:
            self._inside -= 1
            if self._is_retired:
                await self.retire()

    async def retire(self) -> None:
        """Nobody enters any more; the last one out closes it."""
        self._is_retired = True
        if not self._inside:
            await self.close()

    async def _outcome(self, order: LookUp) -> Outcome:
        try:
            return await self._exchange(order.method, *self._message(order))
        except CannotBeSent as error:
            return Failed(Reason.BAD_REQUEST, str(error))
        except TooLarge:
            return Failed(Reason.TOO_LARGE, f"an answer of more than {self._config.max_answer_bytes} bytes")
        except (aiohttp.ClientError, OSError) as error:
            return _failure(error)
        except Exception as fault:  # whatever it is, the caller waits; its text may hold what was asked
            log.error("lookup fault", service=self._config.name, fault=type(fault).__name__)
            return Failed(Reason.UNREACHABLE, type(fault).__name__)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _message(self, order: LookUp) -> tuple[URL, CIMultiDict[str], bytes | None]:
        """Raises CannotBeSent."""
        check_headers(order.headers)
        body = _written(order.body)
        headers = CIMultiDict() if body is None else CIMultiDict({"Content-Type": "application/json"})
        headers.update((name, value) for name, value in order.headers if name.lower() not in self._own)
        return address_of(self._config.url, order), headers, body

    async def _exchange(
        self, method: Method, url: URL, headers: Mapping[str, str], body: bytes | None
    ) -> Outcome:
        for _ in range(1 + MOST_REDIRECTS):
            async with self._opened().request(
                method, url, headers=headers, data=body, allow_redirects=False, proxy=self._config.proxy
            ) as response:
                further = redirected(url, response.status, response.headers)
                if further is None or method is not Method.GET:
                    return await self._read(response)
            url = further
        return Failed(Reason.UNREACHABLE, f"more than {MOST_REDIRECTS} redirects")

    async def _read(self, response: aiohttp.ClientResponse) -> Outcome:
        """Of an answer that says no nothing is read."""
        body = await self._body(response) if response.ok and response.status < 300 else b""
        return read_answer(response.status, response.charset, body)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        limit = self._config.max_answer_bytes
        if (response.content_length or 0) > limit:
            raise TooLarge
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > limit:
                raise TooLarge
        return bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        """Made when first needed, as it belongs to the loop that runs then."""
        if self._session is None:
            config = self._config
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,  # the core bounds them
                    keepalive_timeout=_KEPT_ALIVE_S,
                    ssl=self._trust or True,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),  # one caller's session is not the next one's
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=None, connect=config.connect_timeout_s),
                auto_decompress=False,
                trust_env=False,
                read_bufsize=65_536,
            )
        return self._session


def _written(body: object) -> bytes | None:
    """Raises CannotBeSent when it is no plain data, or too long."""
    if body is None:
        return None
    try:
        text = orjson.dumps(body)
    except TypeError:
        raise CannotBeSent("the body is not plain data") from None
    if len(text) > _LONGEST_BODY:
        raise CannotBeSent(f"the body is longer than {_LONGEST_BODY} bytes")
    return text


def _failure(error: aiohttp.ClientError | OSError) -> Failed:
    """What is told of an error holds no address, and so nothing of what was asked."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Failed(Reason.UNREACHABLE, f"its certificate is not trusted ({error.certificate_error})")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Failed(Reason.UNREACHABLE, "its name is not known")
    if isinstance(error, aiohttp.ClientResponseError):
        return Failed(Reason.NOT_JSON, "what came is not HTTP")
    if isinstance(error, TimeoutError):
        return Failed(Reason.UNREACHABLE, "no connection in time")
    number = getattr(error, "errno", None)
    if number == errno.ECONNREFUSED:
        return Failed(Reason.REFUSED)
    return Failed(Reason.UNREACHABLE, errno.errorcode.get(number or 0, type(error).__name__))
