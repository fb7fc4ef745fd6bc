"""The HTTP shell: sends a request as it is told to and reports what came. Decides nothing."""

import asyncio
import errno
from collections.abc import Iterable, Mapping

import aiohttp
import orjson
import structlog
from multidict import CIMultiDict
from yarl import URL

from runtime.driver import Driver, Handler, Outputs
from switch.lookups.address import MOST_REDIRECTS, address_of, redirected
from switch.lookups.answers import AttemptEnded, Failed, Outcome, Reason
from switch.lookups.commands import DropRequest, LookUp, Method, SendRequest
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


class HttpClient:
    """Between the driver and the services. A request that is dropped is told of no more."""

    def __init__(self, configs: Iterable[LookupConfig], driver: Driver) -> None:
        self._doors = {config.name: _Door(config) for config in configs}
        self._driver = driver
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def routes(self) -> dict[type, Handler]:
        return {SendRequest: self._send, DropRequest: self._drop}

    async def close(self) -> None:
        """Stop all requests and let go of all connections."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for door in self._doors.values():
            await door.close()

    def _send(self, command: SendRequest, now: float) -> Outputs:
        request_id = command.lookup.request_id
        self._tasks[request_id] = asyncio.get_running_loop().create_task(self._ask(command))
        return ()

    def _drop(self, command: DropRequest, now: float) -> Outputs:
        task = self._tasks.pop(command.request_id, None)
        if task is not None:
            task.cancel()
        return ()

    async def _ask(self, command: SendRequest) -> None:
        order = command.lookup
        outcome = await self._doors[order.service].ask(order)
        del self._tasks[order.request_id]
        ended = AttemptEnded(order.request_id, command.attempt, outcome)
        self._driver.run_step(lambda now: [ended])


class _Door:
    """One service, with connections of its own; nothing that an answer sets comes with the next request."""

    def __init__(self, config: LookupConfig) -> None:
        """Raises UsageError when one of its files cannot be used."""
        self._config = config
        self._trust = trust(config)
        configured = {name: value.get_secret_value() for name, value in config.headers.items()}
        ours = {**configured, **identity(config)}
        self._headers = CIMultiDict({**_PLAIN, **ours})
        self._own = frozenset(name.lower() for name in ours)
        """What a flow cannot set."""
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, order: LookUp) -> Outcome:
        """Never raises, but when it is cancelled."""
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
                    **({} if self._trust is None else {"ssl": self._trust}),  # type: ignore[arg-type]
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
