"""A store with the interface of Amazon's S3 that other people wrote (moto), in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import boto3
from moto.server import ThreadedMotoServer

from media.recordings.config import SecondTierConfig

BUCKET = "recordings"


@contextmanager
def object_store(folder: Path) -> Iterator[SecondTierConfig]:
    """With an empty bucket; gives how to reach it. ``folder`` gets the file of credentials."""
    credentials = folder / "credentials"
    credentials.write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    tier = SecondTierConfig(
        to=f"s3://{BUCKET}/ringmain", endpoint=f"http://{host}:{port}", credentials=credentials
    )
    try:
        client_of(tier).create_bucket(Bucket=BUCKET)
        empty(tier)  # all stores of a process have one memory
        yield tier
    finally:
        server.stop()


@lru_cache(maxsize=4)
def client_of(tier: SecondTierConfig):  # type: ignore[no-untyped-def]
    """To look into the bucket past our own code."""
    return boto3.client(
        "s3",
        endpoint_url=tier.endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        region_name=tier.region,
    )


def keys_in(tier: SecondTierConfig) -> list[str]:
    """What the bucket holds."""
    return [one["Key"] for one in client_of(tier).list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def empty(tier: SecondTierConfig) -> None:
    """Forget what the bucket holds."""
    for key in keys_in(tier):
        client_of(tier).delete_object(Bucket=BUCKET, Key=key)
