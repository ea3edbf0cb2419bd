"""The second gate, seen from the run: every table, before anything is published.

great-expectations takes seconds of processor time to import. It runs in a process of its
own, started when a run begins, so that it is ready when the tables are.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from pipeline.errors import ReleaseError, TableError
from pipeline.validate.findings import Expectation, Finding, Suite, suite_from_json
from pipeline.validate.policies import Withheld
from pipeline.validate.references import check_references
from pipeline.validate.report import validation_html, validation_json

_RUNNER = "pipeline.validate.runner"
_QUIET = {"DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
_SHOWN = 10
"""Broken rules an error message lists; all of them are in the findings."""
_STDERR_LINES = 5
"""The end of what the process said, shown when it died."""
_PATIENCE = 5
"""Seconds a process gets to end by itself before it is killed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the gate found: great-expectations' suites, and rules between columns and tables."""

    suites: tuple[Suite, ...]
    references: tuple[Finding, ...]

    @property
    def success(self) -> bool:
        """Whether nothing stands against publishing."""
        return not self.references and all(suite.success for suite in self.suites)

    def raise_if_any(self) -> None:
        """Return if nothing was found.

        Raises:
            TableError: names the rules broken and rows that break them.
        """
        broken = [*map(str, self.references), *_broken_expectations(self.suites)]
        if broken:
            listed = [f"- {line}" for line in broken[:_SHOWN]]
            rest = len(broken) - len(listed)
            more = [f"- and {rest} more"] if rest else []
            heading = f"the tables break {len(broken)} rules, so nothing is published:"
            raise TableError("\n".join([heading, *listed, *more]))

    def documents(self) -> dict[str, str]:
        """Return the files that tell of the findings, text by name."""
        return {
            "validation.json": validation_json(self.suites, self.references),
            "validation.html": validation_html(self.suites, self.references),
        }


class Gate:
    """A process that waits for tables to check; use it as a context manager."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Speak with `process`; `start_gate` makes one."""
        self._process = process
        self._waiting = ThreadPoolExecutor(1)
        self._answer: Future[tuple[str, str]]

    def __enter__(self) -> Self:
        """Return the gate."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is doing."""
        self.close()

    def begin(
        self, tables: Mapping[str, Sequence[Path | str]], *, data_docs: Path | None = None
    ) -> None:
        """Have great-expectations look at `tables` beside what else is done; only once.

        Args:
            tables: Parquet files by table; one without is passed over.
            data_docs: where great-expectations shall build its own pages, if anywhere.
        """
        request = {
            "tables": {name: [str(path) for path in paths] for name, paths in tables.items()},
            "data_docs": str(data_docs) if data_docs else None,
        }
        self._answer = self._waiting.submit(self._process.communicate, json.dumps(request) + "\n")

    def findings(
        self, folder: Path, *, unchanged: Mapping[str, int], withheld: Withheld | None
    ) -> Findings:
        """Return what is found in the tables that lie in `folder`, once all of them are checked.

        Every row is held against every rule in DuckDB, here and now. great-expectations, much
        slower, looks at those that are new or changed, where the rest is known to have passed it
        before.

        Args:
            folder: of the release.
            unchanged: how many more rows each table has than great-expectations was given.
            withheld: what the release is to leave out.

        Raises:
            ReleaseError: the process died; the message ends with its last words.
        """
        references = check_references(folder, withheld=withheld)
        suites = [
            replace(suite, unchanged=unchanged.get(suite.table, 0))
            for suite in self._suites(*self._answer.result())
        ]
        return Findings(tuple(suites), tuple(references))

    def close(self) -> None:
        """End the process if it has not ended; without a request it ends by itself."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._waiting.shutdown()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe and not pipe.closed:
                pipe.close()

    def _suites(self, stdout: str, stderr: str) -> tuple[Suite, ...]:
        if self._process.returncode != 0:
            words = "\n".join(stderr.strip().splitlines()[-_STDERR_LINES:])
            raise ReleaseError(
                "the process that checks the tables ended with code"
                f" {self._process.returncode} before it was done; its last words:\n{words}"
            )
        return tuple(suite_from_json(entry) for entry in json.loads(stdout)["suites"])


def start_gate() -> Gate:
    """Start the process that checks tables and return without waiting for it."""
    home = str(Path(__file__).parents[2])
    paths = os.environ.get("PYTHONPATH")
    environment = {
        **os.environ,
        **_QUIET,
        "PYTHONPATH": os.pathsep.join([home, paths]) if paths else home,
    }
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
        [sys.executable, "-P", "-m", _RUNNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
    )
    return Gate(process)


def _broken_expectations(suites: Sequence[Suite]) -> list[str]:
    return [
        _told(suite, expectation)
        for suite in suites
        for expectation in suite.expectations
        if not expectation.success
    ]


def _told(suite: Suite, expectation: Expectation) -> str:
    shown = ", ".join(expectation.examples)
    return (
        f"{suite.table}.{expectation.column} misses {expectation.kind}"
        f" {expectation.unexpected} times: {shown}"
    )
