"""The commands of the contract. Nothing heavy is imported before the command that needs it."""

import atexit
import gc
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__

if TYPE_CHECKING:
    from pipeline.config import Settings

_OBJECTS = 50_000
"""New objects from which the garbage collector looks among them."""

DONE, FAILED, WRONG_USAGE, QUARANTINED = 0, 1, 2, 3
"""Exit codes of the contract's section 2."""

app = typer.Typer(
    help="On Record: news articles in, an open dataset out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Folder of the release, or s3://BUCKET/PREFIX."),
]
_Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")]
_Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE]...",
        help="Files, folders, globs, names of configured sources. None: those, or `seeds/`.",
    ),
]
_Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the release.")]


def main() -> None:
    """Run the command line, and leave without taking apart what the process ends with anyway.

    Models are a million objects: to free them one by one takes longer than `--help`. And little
    here is ever garbage: Python's default looks for some every 700 objects.
    """
    gc.set_threshold(_OBJECTS)
    try:
        app()
    except SystemExit as end:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else end.code is not None)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"onrecord {__version__}")
        raise typer.Exit(DONE)


@app.command()
def run(
    sources: _Sources = None,
    out: _Out = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Local processes. Default: by size and cores.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask cluster, tcp://HOST:PORT.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration. Default: onrecord.toml.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Forget what earlier runs computed.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when anything was quarantined.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data_docs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also build great-expectations' Data Docs.")
    ] = None,
    debug: _Debug = False,
) -> None:
    """Ingest, normalise, validate, extract and export: the main job."""
    with _errors(debug):
        from pipeline.console import show_summary, watching

        settings = _settings(config, out)
        chosen = settings.chosen(sources)
        with watching(quiet=as_json) as progress:
            # Prefect takes seconds to import: only who has a server pays for it.
            if os.environ.get("PREFECT_API_URL"):
                _no_analytics()
                from pipeline.flows import run_flow

                summary = run_flow(
                    chosen,
                    settings,
                    workers=workers,
                    cluster=cluster,
                    full=full,
                    progress=progress,
                    data_docs=data_docs,
                )
            else:
                from pipeline.build import build
                from pipeline.executors import executor

                with executor(settings, workers=workers, cluster=cluster) as execute:
                    summary = build(
                        chosen,
                        settings,
                        execute=execute,
                        read_apart=bool(cluster) or (workers or 1) > 1,
                        full=full,
                        progress=progress,
                        data_docs=data_docs,
                    )
        if as_json:
            typer.echo(json.dumps(asdict(summary)))
        else:
            show_summary(summary)
        raise typer.Exit(QUARANTINED if strict and summary.quarantined else DONE)


@app.command()
def schedule(
    sources: _Sources = None,
    cron: Annotated[str | None, typer.Option(help='When, as cron has it: "0 * * * *".')] = None,
    every: Annotated[str | None, typer.Option(help="How often: 30s, 15m, 1h, 1d.")] = None,
    out: _Out = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration. Default: onrecord.toml.")
    ] = None,
    debug: _Debug = False,
) -> None:
    """Serve the same run on a schedule, through Prefect, until stopped."""
    with _errors(debug):
        _no_analytics()
        from pipeline.flows import serve

        settings = _settings(config, out)
        serve(settings.chosen(sources), settings, cron=cron, every=every)


@app.command()
def check(folder: _Folder = Path("data"), debug: _Debug = False) -> None:
    """Say whether a release is whole: checksums, schemas, keys, every span against its text."""
    with _errors(debug):
        from pipeline.build import check_release

        findings = check_release(folder)
        for finding in findings:
            typer.echo(finding)
        if findings:
            raise typer.Exit(FAILED)
        typer.echo(f"{folder} is whole")


@app.command()
def diff(old: Path, new: Path, debug: _Debug = False) -> None:
    """Print the rows added, removed and changed a table between two releases, by cause."""
    with _errors(debug):
        from pipeline.build import diff_releases
        from pipeline.console import show_changes

        show_changes(diff_releases(old, new))


@app.command()
def remove(
    article_id: Annotated[str, typer.Argument(help="The article to take out.")],
    reason: Annotated[str, typer.Option(help="Why; it is published with the id.")],
    sources: _Sources = None,
    out: _Out = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration. Default: onrecord.toml.")
    ] = None,
    debug: _Debug = False,
) -> None:
    """Take an article out of all tables for good, leaving its id and the reason; then run."""
    with _errors(debug):
        from pipeline.build import build
        from pipeline.console import show_summary, watching
        from pipeline.records import Removal

        settings = _settings(config, out)
        with watching(quiet=False) as progress:
            summary = build(
                settings.chosen(sources),
                settings,
                remove=Removal(article_id, reason),
                progress=progress,
            )
        show_summary(summary)


@app.command()
def publish(
    destination: Annotated[
        str,
        typer.Argument(
            metavar="DEST", help="Folder, s3://BUCKET/PREFIX or hf://datasets/OWNER/NAME."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the release.")] = Path("data"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is missing there; touch nothing.")
    ] = False,
    debug: _Debug = False,
) -> None:
    """Publish a checked release: an immutable version folder, then the `latest` pointer."""
    with _errors(debug):
        from pipeline.build import publish_release

        done = publish_release(
            out, destination, dry_run=dry_run, progress=lambda line: typer.echo(line, err=True)
        )
        would = "would be uploaded" if dry_run else "uploaded"
        typer.echo(
            f"{done.address}: {done.uploaded} of {done.files} files {would},"
            f" {done.already_there} already there"
        )


@app.command()
def show(
    article_id: str,
    out: Annotated[Path, typer.Option("--out")] = Path("data"),
    debug: _Debug = False,
) -> None:
    """Show one article in the terminal, its mentions, quotes and events marked."""
    with _errors(debug):
        from pipeline.build import stored_analysis
        from pipeline.console import show_article

        show_article(*stored_analysis(out, article_id))


@app.command()
def explore(
    folder: _Folder = Path("data"),
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Default: 8420, or any that is free.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    debug: _Debug = False,
) -> None:
    """Serve the explorer page for a release, on this machine only, until stopped."""
    with _errors(debug):
        from pipeline.explorer import explore as serve

        serve(folder, port=port, browser=browser, tell=typer.echo)


@app.command()
def schema(
    table: Annotated[str | None, typer.Argument(help="One table; none: all of them.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As Frictionless schemas.")] = False,
    debug: _Debug = False,
) -> None:
    """Print the data dictionary."""
    with _errors(debug):
        from pipeline.console import describe_tables

        typer.echo(describe_tables(table, as_json=as_json))


def _no_analytics() -> None:
    """Keep Prefect from telling its makers of every start, which it does when imported."""
    os.environ.setdefault("DO_NOT_TRACK", "1")


def _settings(config: Path | None, out: str | None) -> "Settings":
    from pipeline.config import load_settings

    return load_settings(config, **({"out": out} if out else {}))


@contextmanager
def _errors(debug: bool) -> Iterator[None]:
    """Turn the errors raised on purpose into a line on stderr and an exit code."""
    from pipeline.errors import ConfigError, OnRecordError, SchemaError

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        yield
    except OnRecordError as error:
        if debug:
            raise
        typer.echo(f"onrecord: {error}", err=True)
        wrong = isinstance(error, ConfigError | SchemaError)
        raise typer.Exit(WRONG_USAGE if wrong else FAILED) from None
    except KeyboardInterrupt:
        typer.echo("onrecord: stopped; what was finished is kept for the next run", err=True)
        # As a shell has it for a process ended by SIGINT.
        os._exit(130)
