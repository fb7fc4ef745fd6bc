"""The optional HTTP port: metrics for Prometheus, a health answer for load balancers, and others' pages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

from runtime.errors import UsageError
from switch.config import HttpConfig
from switch.metrics import CONTENT_TYPE

_SHUTDOWN_S = 2.0
"""Who still downloads when the switch ends asks again when it is back."""


class HttpServer:
    """Serves ``/metrics``, ``/health`` and further pages. Live between ``open`` and ``close``."""

    def __init__(
        self,
        config: HttpConfig,
        metrics: Callable[[], bytes],
        status: Callable[[], Mapping[str, Any]],
        pages: Iterable[web.RouteDef] = (),
    ) -> None:
        """``metrics`` renders the exposition text; ``status`` is what the verb switch.status tells."""
        self._config = config
        self._metrics = metrics
        self._status = status
        self._pages = tuple(pages)
        self._runner: web.AppRunner | None = None

    def application(self) -> web.Application:
        """The routes alone, to be served by somebody else."""
        application = web.Application()
        application.router.add_get("/metrics", self._answer_metrics)
        application.router.add_get("/health", self._answer_health)
        application.add_routes(self._pages)
        return application

    async def open(self) -> None:
        """Listen. Raises UsageError when the address cannot be had."""
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._config.host, self._config.port)
        try:
            await site.start()
        except OSError as error:
            await self.close()
            where = f"{self._config.host}:{self._config.port}"
            raise UsageError(f"cannot listen for HTTP on {where}: {error.strerror or error}") from error

    async def close(self) -> None:
        """Stop listening and end open connections; no harm if it is not open."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _answer_metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), headers={"Content-Type": CONTENT_TYPE})

    async def _answer_health(self, request: web.Request) -> web.Response:
        """503 while draining, so that a load balancer sends new calls elsewhere."""
        status = dict(self._status())
        state = status.pop("state")
        body = {"status": state, "calls": status.pop("open_calls"), **status}
        return web.json_response(body, status=200 if state == "up" else 503)
