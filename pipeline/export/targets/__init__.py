"""Places a release can be published to: folders, S3-compatible stores, the Hugging Face Hub."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pipeline.buckets import bucket_and_prefix
from pipeline.errors import ConfigError
from pipeline.export.targets.target import Target

_REPOSITORY = re.compile(r"/([\w.-]+/[\w.-]+)/?")


def open_target(destination: str) -> Target:
    """Return the place that `destination` names; nothing is read or written yet.

    Raises:
        ConfigError: it names no place; the message never repeats a user or password in it.
    """
    scheme, separator, _ = destination.partition("://")
    if not separator:
        return _folder(destination)
    if scheme not in _OPENERS:
        raise ConfigError(
            f"cannot publish to {scheme}://: give a folder, s3://BUCKET/PREFIX"
            " or hf://datasets/OWNER/NAME"
        )
    return _OPENERS[scheme](destination)


def _folder(path: str) -> Target:
    from pipeline.export.targets.folder import Folder

    if not path:
        raise ConfigError("publish needs a destination, its name is empty")
    return Folder(Path(path).resolve())


def _file(address: str) -> Target:
    parts = urlsplit(address)
    if parts.netloc not in {"", "localhost"}:
        raise ConfigError("a file:// destination has three slashes: file:///srv/data")
    return _folder(url2pathname(parts.path))


def _s3(address: str) -> Target:
    from pipeline.export.targets.s3 import Bucket

    return Bucket(*bucket_and_prefix(address))


def _hub(address: str) -> Target:
    from pipeline.export.targets.hub import Hub

    parts = urlsplit(address)
    name = _REPOSITORY.fullmatch(parts.path)
    if parts.netloc != "datasets" or name is None or parts.query or parts.fragment:
        raise ConfigError(
            "a destination on the Hugging Face Hub is hf://datasets/OWNER/NAME and nothing else;"
            " the token is read from HF_TOKEN or `hf auth login`"
        )
    return Hub(name[1])


_OPENERS: dict[str, Callable[[str], Target]] = {"file": _file, "s3": _s3, "hf": _hub}
