"""S3, and stores that speak like it: how a bucket is opened, and what went wrong there.

Keys, region and endpoint come from the usual AWS variables, a container's or an instance's role.
Messages are made from the kind of error and S3's own code for it: the answers of a store repeat
requests, and those carry session tokens. That is also why errors made of them keep no cause.
"""

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Store

SCHEME = "s3://"

RETRY: "RetryConfig" = {
    "max_retries": 5,
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
    "retry_timeout": timedelta(minutes=3),
}
"""For requests that do no harm when they are sent twice."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")


def bucket_and_key(address: str) -> tuple[str, str]:
    """Return the two parts of `s3://BUCKET/KEY`, the key without slashes around it.

    Raises:
        ConfigError: it is something else; the message never repeats a user or password in it.
    """
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    if not address.startswith(SCHEME) or not _BUCKET.fullmatch(bucket):
        raise ConfigError(
            "an address on S3 is s3://BUCKET/PREFIX and nothing else; keys and endpoint are read"
            " from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL"
        )
    return bucket, key.strip("/")


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """Return the parts of an address to write to; ConfigError as above, also for `?` and `#`."""
    # A glob may hold a question mark; in an address to write to it would be a mistake.
    return bucket_and_key(SCHEME if {"?", "#"} & set(address) else address)


def open_bucket(bucket: str, prefix: str = "", *, retry: "RetryConfig | None" = None) -> "S3Store":
    """Return the store of what lies below `prefix`; nothing is sent yet."""
    # The client takes a while to import: runs on a disk do without.
    from obstore.store import S3Store

    # A file is one request, and may take long: only a silent server is given up.
    client: ClientConfig = {
        "connect_timeout": "10s",
        "read_timeout": "10m",
        "timeout": "6h",
        "allow_http": endpoint().startswith("http://"),
    }
    return S3Store(
        bucket,
        prefix=prefix or None,
        checksum_algorithm="sha256",
        client_options=client,
        retry_config=retry or RETRY,
    )


def endpoint() -> str:
    """Return the address of the store where it is not Amazon's; empty if none is set."""
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")


def code_of(error: Exception) -> str:
    """Return S3's own word for an error, or the status of its answer; empty if there is none."""
    found = _CODE.search(str(error))
    return found[1] if found else status_of(error)


def status_of(error: Exception) -> str:
    """Return the status of the answer that an error tells of; empty if there was none."""
    found = _STATUS.search(str(error))
    return found[1] if found else ""


def why(error: Exception) -> str:
    """Return what went wrong, in words that hold nothing secret."""
    code = code_of(error)
    if code == "NoSuchBucket":
        return "there is no such bucket; create it first"
    if status_of(error) in {"401", "403"}:
        return f"the credentials found do not allow it ({code})"
    if code:
        return f"the store answers {code}"
    return (
        "the store cannot be reached, or there are no credentials: see AWS_ENDPOINT_URL,"
        " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )
