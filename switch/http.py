"""The optional HTTP port: metrics for Prometheus, a health answer for load balancers, and others' pages."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from aiohttp import web

from runtime.errors import UsageError
from switch.config import HttpConfig
from switch.metrics import CONTENT_TYPE
from switch.sip.guard.networks import networks_of, read_address

log = structlog.get_logger(__name__)

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
        self._monitors = networks_of(config.monitor_networks)
        self._runner: web.AppRunner | None = None
        self._context: ssl.SSLContext | None = None

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
        try:
            self._context = _tls_context(self._config)
            where = (self._config.host, self._config.port)
            await web.TCPSite(self._runner, *where, ssl_context=self._context).start()
        except OSError as error:
            await self.close()
            address = f"{self._config.host}:{self._config.port}"
            raise UsageError(f"cannot listen for HTTP on {address}: {error.strerror or error}") from error

    def reload_certificate(self) -> None:
        """Show a renewed certificate to who comes from now on; one that is no good is left aside."""
        if self._context is None:
            return
        try:
            _load_chain(self._context, self._config)
        except OSError as error:
            log.error("http certificate unusable", reason=str(error))

    async def close(self) -> None:
        """Stop listening and end open connections; no harm if it is not open."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    async def _answer_metrics(self, request: web.Request) -> web.Response:
        if not self._is_monitor(request):
            return web.Response(status=403, text="metrics are for http.monitor_networks\n")
        return web.Response(body=self._metrics(), headers={"Content-Type": CONTENT_TYPE})

    async def _answer_health(self, request: web.Request) -> web.Response:
        """503 while draining, so that a load balancer sends new calls elsewhere."""
        status = dict(self._status())
        state = status.pop("state")
        body = {"status": state}
        if self._is_monitor(request):
            body |= {"calls": status.pop("open_calls"), **status}
        return web.json_response(body, status=200 if state == "up" else 503)

    def _is_monitor(self, request: web.Request) -> bool:
        """Metrics name queues, trunks and tenants; whoever fetches a phone's file need not know them."""
        address = read_address(request.remote or "")
        return address is not None and self._monitors.covers(address)


def _tls_context(config: HttpConfig) -> ssl.SSLContext | None:
    """How it speaks TLS; None when it does not. Raises OSError for bad files."""
    if config.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _load_chain(context, config)
    return context


def _load_chain(context: ssl.SSLContext, config: HttpConfig) -> None:
    assert config.certificate is not None, "it speaks TLS"
    context.load_cert_chain(config.certificate, config.private_key)
