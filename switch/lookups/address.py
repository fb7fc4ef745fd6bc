"""Where a request goes: the service's address, with path and query of a lookup behind it. Pure."""

from collections.abc import Mapping
from urllib.parse import unquote

from yarl import URL

from switch.lookups.commands import LookUp

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_PATH = 2048
_LONGEST_QUERY = 8192


class BadAddress(ValueError):
    """A path or query that cannot be sent. Its text holds nothing of them."""


def address_of(base: str, order: LookUp) -> URL:
    """Never another host, and never a path outside the base's. Raises BadAddress."""
    root = URL(base)
    path = order.path.strip("/")
    if sum(len(name) + len(value) for name, value in order.query) > _LONGEST_QUERY:
        raise BadAddress(f"the query is longer than {_LONGEST_QUERY} characters")
    if path:
        _check_path(path)
        ending = "/" if order.path.endswith("/") else ""
        root = root.with_path(root.path.rstrip("/") + "/" + path + ending)
    return root.with_query(list(order.query)) if order.query else root


def _check_path(path: str) -> None:
    if len(path) > _LONGEST_PATH:
        raise BadAddress(f"the path is longer than {_LONGEST_PATH} characters")
    plain = unquote(path)
    if any(part in (".", "..") for part in plain.replace("\\", "/").split("/")):
        raise BadAddress("the path leads upwards")
    if not plain.isprintable():
        raise BadAddress("the path has control characters")


def redirected(url: URL, status: int, headers: Mapping[str, str]) -> URL | None:
    """Where else the same host wants to be asked; None: nowhere, or at another host, which is not asked."""
    location = headers.get("Location", "")
    if status not in _REDIRECTS or not location:
        return None
    try:
        target = url.join(URL(location))
        is_ours = target.origin() == url.origin()
    except ValueError:
        return None
    return target if is_ours else None
