"""The optional HTTP port: metrics for Prometheus, a health answer for load balancers."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from runtime.errors import UsageError
from switch.config import HttpConfig
from switch.metrics import CONTENT_TYPE


class HttpServer:
    """Serves ``/metrics`` and ``/health``. Live between ``open`` and ``close``."""

    def __init__(
        self,
        config: HttpConfig,
        metrics: Callable[[], bytes],
        status: Callable[[], Mapping[str, Any]],
    ) -> None:
        """``metrics`` renders the exposition text; ``status`` is what the verb switch.status tells."""
        self._config = config
        self._metrics = metrics
        self._status = status
        self._runner: web.AppRunner | None = None

    def application(self) -> web.Application:
        """The routes alone, to be served by somebody else."""
        application = web.Application()
        application.router.add_get("/metrics", self._answer_metrics)
        application.router.add_get("/health", self._answer_health)
        return application

    async def open(self) -> None:
        """Listen. Raises UsageError when the address cannot be had."""
        self._runner = web.AppRunner(self.application(), access_log=None)
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
