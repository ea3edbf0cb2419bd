"""A Dask cluster whose scheduler and workers are processes of their own."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def process(*command: str, **options):
    """A Python process that lasts as long as the block."""
    started = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL, **options)
    with started:
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def cluster(folder: Path, workers: int):
    """Yield the address of a scheduler and the processes of its workers.

    Workers know nothing of the bucket, and each starts in an empty folder.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # `quick` is needed where a test has workers do without models.
    bare["PYTHONPATH"] = str(Path(__file__).parent)
    with ExitStack() as stack:
        scheduler = ("-m", "distributed.cli.dask_scheduler", "--no-dashboard")
        stack.enter_context(process(*scheduler, "--host", "127.0.0.1", "--port", str(port)))
        started = []
        for number in range(workers):
            own = folder / f"worker-{number}"
            own.mkdir()
            worker = ("-m", "distributed.cli.dask_worker", address, "--no-dashboard")
            options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(own))
            command = process(*worker, *options, cwd=own, env=bare, stdout=subprocess.DEVNULL)
            started.append(stack.enter_context(command))
        yield address, started
