"""An S3 server on loopback: moto's, in a process of its own."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

KEY, SECRET = "AKIATEST", "wJalrNeverToBeSeen"
SERVER = """
import io, sys, threading
from base64 import b64encode
from hashlib import sha256
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

moto = DomainDispatcherApplication(create_backend_app)
lock = threading.Lock()

def s3(environ, start):
    # What S3 does and moto does not: a conditional write is one step, a checksum is looked at.
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    if "HTTP_IF_NONE_MATCH" in environ:
        told = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
        if told != b64encode(sha256(body).digest()).decode():
            start("400 Bad Request", [])
            return [b"<Error><Code>BadDigest</Code></Error>"]
    with lock:
        return list(moto(environ, start))

run_simple("127.0.0.1", int(sys.argv[1]), s3, threaded=True)
"""


def environment(address: str) -> dict[str, str]:
    """What a program has to be told to use the server at `address`."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
    }


@contextmanager
def serving() -> Iterator[str]:
    """Yield the address of a server that runs until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    drain = threading.Thread(target=process.stderr.read)
    drain.start()
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while not _answers(address):
        assert process.poll() is None, "moto's server ended"
        assert time.monotonic() < deadline, "moto's server does not answer"
        time.sleep(0.2)
    yield address
    process.kill()
    process.wait()
    drain.join()
    process.stderr.close()


def client(address: str):
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
    )


def _answers(address: str) -> bool:
    try:
        client(address).list_buckets()
    except EndpointConnectionError:
        return False
    return True
