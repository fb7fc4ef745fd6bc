"""A store with the interface of Amazon's S3, as recordings need it: put, read from anywhere, remove.

What the store or the way to it does wrong is raised as OSError, as a disk would; FileNotFoundError for
what it does not have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import RawIOBase
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from urllib3.exceptions import HTTPError

from media.recordings.config import SecondTierConfig
from media.recordings.tiers import StoreUnreachable

_CONNECT_S, _READ_S = 5, 30
_ATTEMPTS = 2
"""Whoever needs an answer tries again at leisure."""
_NOT_THERE = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Store:
    """One bucket. May be used by several threads at a time."""

    def __init__(self, tier: SecondTierConfig, bucket: str) -> None:
        session = botocore.session.Session()
        if tier.credentials is not None:
            session.set_config_variable("credentials_file", str(tier.credentials))
        self._bucket = bucket
        with _as_os_errors(f"s3://{bucket}"):
            self._client: Any = boto3.Session(botocore_session=session, region_name=tier.region).client(
                "s3", endpoint_url=tier.endpoint, config=_client_config(tier)
            )

    def put(self, source: Path, key: str) -> None:
        """Write all of a file, or nothing."""
        with source.open("rb") as file, self._asking(key):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=file)

    def size_of(self, key: str) -> int:
        with self._asking(key):
            return int(self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    def read(self, key: str, first: int) -> "StoreReader":
        """Everything from the octet ``first`` on, which must be there."""
        with self._asking(key):
            span = {"Range": f"bytes={first}-"} if first else {}
            return StoreReader(self._client.get_object(Bucket=self._bucket, Key=key, **span)["Body"], key)

    def keys(self, beginning: str) -> Iterator[str]:
        """All names that begin so, in order."""
        with self._asking(beginning):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=beginning
            )
            for page in pages:
                yield from (one["Key"] for one in page.get("Contents", ()))

    def remove(self, key: str) -> None:
        """Also when it is not there."""
        with self._asking(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def _asking(self, key: str) -> Any:
        return _as_os_errors(f"s3://{self._bucket}/{key}")


class StoreReader(RawIOBase):
    """The content of an object as it arrives."""

    def __init__(self, body: Any, name: str) -> None:
        self._body = body
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _as_os_errors(self._name):
            piece: bytes = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


@lru_cache(maxsize=8)
def store_of(tier: SecondTierConfig, bucket: str) -> S3Store:
    """The store, made once: a client takes tenths of a second to build. Raises OSError."""
    return S3Store(tier, bucket)


def _client_config(tier: SecondTierConfig) -> Config:
    """Bucket in the path, and no checksums that only Amazon knows: other stores answer to both."""
    return Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        s3={"addressing_style": "auto" if tier.endpoint is None else "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _as_os_errors(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _NOT_THERE:
            raise FileNotFoundError(f"{name} is not in the store") from error
        raise OSError(f"{name}: {error}") from error
    except (HTTPClientError, NoConnection) as error:
        raise StoreUnreachable(f"{name}: {error}") from error
    except (BotoCoreError, HTTPError) as error:
        raise OSError(f"{name}: {error}") from error
