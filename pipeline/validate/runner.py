"""The process of the second gate: `python -m pipeline.validate.runner`.

It imports everything, waits for one line of JSON on standard input, `{"tables": {NAME: [parquet
files]}, "data_docs": folder or null}`, writes one line of JSON to standard output, `{"suites":
[...]}`, and ends. `gate.py` is its other end.
"""

import gc
import json
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path

from pipeline.validate.lazy import import_lazily

_UNUSED = ("altair", "scipy.stats", "boto3")
"""What great-expectations imports for expectations and stores that are none of ours."""


def main() -> int:
    """Answer the one request on standard input; without any, do nothing."""
    import_lazily(*_UNUSED)
    # Nothing that importing makes is ever garbage: looking for some takes a sixth of the time.
    gc.disable()
    from pipeline.validate.expectations import Validator

    validator = Validator()
    gc.freeze()
    gc.enable()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    request = json.loads(line)
    data_docs = Path(request["data_docs"]) if request["data_docs"] else None
    with redirect_stdout(sys.stderr):
        suites = validator.validate(request["tables"], data_docs=data_docs)
    answer = {"suites": [asdict(suite) for suite in suites]}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
