"""Where a request goes: the service's address, with path and query of a lookup behind it. Pure."""

from collections.abc import Mapping
from urllib.parse import unquote

from yarl import URL

from switch.lookups.commands import LookUp
from switch.lookups.headers import CannotBeSent

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_PATH = 2048
_LONGEST_QUERY = 8192


def address_of(base: str, order: LookUp) -> URL:
    """Never another host, and never a path outside the base's. Raises CannotBeSent."""
    query = "".join(name + value for name, value in order.query)
    if len(query) > _LONGEST_QUERY:
        raise CannotBeSent(f"the query is longer than {_LONGEST_QUERY} characters")
    try:
        (order.path + query).encode()
    except UnicodeEncodeError:  # which would be left out in silence
        raise CannotBeSent("path or query hold what is no text") from None
    url = URL(base)
    path = order.path.strip("/")
    if path:
        _check_path(path)
        ending = "/" if order.path.endswith("/") else ""
        url = url.with_path(url.path.rstrip("/") + "/" + path + ending)
    return url.with_query(list(order.query)) if order.query else url


def _check_path(path: str) -> None:
    if len(path) > _LONGEST_PATH:
        raise CannotBeSent(f"the path is longer than {_LONGEST_PATH} characters")
    plain = unquote(path)
    if any(part in (".", "..") for part in plain.replace("\\", "/").split("/")):
        raise CannotBeSent("the path leads upwards")
    if not plain.isprintable():
        raise CannotBeSent("the path has control characters")


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
