"""Which file a phone is after, by the address it asks for. Pure.

``/phones/<token>/<file>`` leads to the files of one phone; who does not know the token cannot guess it.
``/phones/<file>`` leads to them by the hardware address in the file's name, as phones ask by themselves:
``001565123456.cfg``, ``cfg000b82123456.xml``. That can be guessed, so the network must allow it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_MAC = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
_COMMON = re.compile(r"y0{6,}\d*\.(cfg|boot)", re.IGNORECASE)
"""What phones of a make all ask for before their own file; there is none, and no harm in asking."""


class NotAShelf(ValueError):
    """The text is no index."""


@dataclass(frozen=True, slots=True)
class PhoneFiles:
    """The files of one station's phone."""

    station: str
    """In the names of the switch."""
    make: str
    mac: str
    """Twelve hexadecimal digits in small letters; empty when it is not known."""
    token: str
    files: tuple[str, ...]
    """Their names below the phone's folder, the main one first."""

    def file(self, name: str) -> str | None:
        """The one that is meant by a name: its own, the phone's hardware address, or none at all."""
        if name in self.files:
            return name
        main = self.files[0]
        named = _MAC.search(name)
        is_own = named is not None and not _COMMON.fullmatch(name) and name.endswith(_suffix(main))
        fits = is_own and named is not None and self.mac in ("", named[0].lower())
        return main if fits or not name else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request leads to."""

    phone: PhoneFiles | None = None
    file: str = ""
    """Empty when there is none of that name."""
    by_token: bool = False
    is_guess: bool = False
    """Whether it named a token or a hardware address that no phone here has."""


class Shelf:
    """All files that are there to be fetched."""

    def __init__(self, phones: Mapping[str, PhoneFiles]) -> None:
        """``phones`` by station."""
        self.phones = dict(phones)
        self._by_token = {phone.token: phone for phone in phones.values()}
        self._by_mac = {phone.mac: phone for phone in phones.values() if phone.mac}

    @classmethod
    def read(cls, text: str) -> "Shelf":
        """From its index. Raises NotAShelf."""
        try:
            entries = [_phone(entry) for entry in json.loads(text)["phones"]]
        except (ValueError, TypeError, KeyError) as error:
            raise NotAShelf(str(error)) from error
        return cls({phone.station: phone for phone in entries})

    def write(self) -> str:
        """Its index."""
        return json.dumps({"phones": [asdict(phone) for phone in self.phones.values()]}, indent=1) + "\n"

    def find(self, path: str) -> Wanted:
        """What ``path``, all behind ``/phones/``, leads to."""
        token, slash, name = path.partition("/")
        if slash:
            phone = self._by_token.get(token)
            if phone is None:
                return Wanted(by_token=True, is_guess=True)
            return Wanted(phone, phone.file(name) or "", by_token=True)
        named = None if _COMMON.fullmatch(path) else _MAC.search(path)
        if named is None:
            return Wanted()
        phone = self._by_mac.get(named[0].lower())
        return Wanted(is_guess=True) if phone is None else Wanted(phone, phone.file(path) or "")


def _phone(entry: Mapping[str, Any]) -> PhoneFiles:
    phone = PhoneFiles(**{**entry, "files": tuple(entry["files"])})
    if not phone.files or not phone.token:
        raise ValueError(f"{phone.station} has no file, or no token")
    return phone


def _suffix(name: str) -> str:
    return name[name.rindex(".") :] if "." in name else ""
