"""The main job: reads sources, extracts, resolves, checks and puts a release in place.

Plain Python. It knows the order of the stages; how shards are worked on (here, on Dask workers,
as Prefect tasks) is an `Executor`, handed in.
"""

import ctypes
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from pipeline import __version__
from pipeline.config import Settings
from pipeline.errors import ReleaseError, TableError
from pipeline.executors import Executor, in_process
from pipeline.export.card import CardSource
from pipeline.export.carried import withhold
from pipeline.export.files import ReleaseFile
from pipeline.export.release import (
    Manifest,
    Versions,
    damage,
    finish,
    fresh_files,
    has_whole_tables,
    read_rows,
    refuse_foreign_files,
    stage_changelog,
    stage_tables,
    unchanged,
)
from pipeline.export.swap import WORK, locked, swap_in
from pipeline.fingerprint import (
    code_fingerprint,
    extracting_fingerprint,
    fingerprint,
    model_fingerprint,
    reading_fingerprint,
    schema_fingerprint,
    tables_fingerprint,
)
from pipeline.ingest import documents, fetched, is_remote
from pipeline.records import Article, RawDocument, Refusal, Removal
from pipeline.resolve import (
    KEPT,
    Database,
    Side,
    allow_comparing,
    allow_loading,
    allow_writing,
    analysis_keys,
    compare,
    count_changes,
    count_rows,
    count_sources,
    current_articles,
    filled_database,
    find_fresh_rows,
    first_refused,
    load_analyses,
    open_database,
    refuse_articles,
    register_ids,
    resolve_all,
    stored_articles,
)
from pipeline.schema import load_dataset, load_tables
from pipeline.store import Store, decode, encode
from pipeline.validate.gate import Gate, start_gate
from pipeline.validate.policies import Withheld
from pipeline.validate.references import check_references
from pipeline.work import (
    ANALYSED,
    EXTRACT,
    KILLED,
    TOO_SLOW,
    Shard,
    ShardResult,
    read_shard,
    size_of,
)

if TYPE_CHECKING:
    from pipeline.export.publish import Published
    from pipeline.ingest.archive import Archive

_FAULTS_TOLD = 5
_FEW = 100
"""An article in so many may give odd rows and be refused; more of them are no odd articles."""

_HELD_CHARS = 16_000_000
"""Text of documents, code points, that is held to be spared reading the sources once more."""

_M_MMAP_THRESHOLD, _LARGE_BLOCK = -3, 128 << 10
"""What malloc.h calls the setting, and its default, in bytes; set, it no longer grows."""

_log = logging.getLogger(__name__)

_COUNTED = ("articles", "mentions", "entities", "quotes", "events")


class Progress(Protocol):
    """Somebody who watches a run."""

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; `total` documents are to be done in it, if that is known."""

    def advance(self, documents: int = 1) -> None:
        """So many documents more are done."""


Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; the fields of `onrecord run --json`."""

    release: str
    out: str
    articles: int
    mentions: int
    entities: int
    quotes: int
    events: int
    new: int
    changed: int
    unchanged: int
    duplicates: int
    quarantined: int
    seconds: float


def build(
    sources: Sequence[str],
    settings: Settings,
    *,
    execute: Executor | None = None,
    read_apart: bool = False,
    full: bool = False,
    remove: Removal | None = None,
    progress: Progress,
    now: datetime | None = None,
    data_docs: Path | None = None,
) -> Summary:
    """Make `settings.out` the release of what `sources` hold; return what was done.

    On S3 that is a new version of it, see `export/returned.py`.

    Args:
        sources: names of configured sources, files, folders, globs or addresses.
        settings: everything that can be set.
        execute: works on the shards; without one they are worked on in this process.
        read_apart: leave the reading of a little, too, to `execute`: right where it has processes
            of its own, since a document may end the one that reads it.
        full: forget what earlier runs computed.
        remove: one more article to take out for good, beside those taken out before.
        progress: is told how far the run is.
        now: the moment the release is named after; the clock's by default.
        data_docs: a folder for great-expectations' own pages; none are built by default.

    Raises:
        SourceError: a source is not there, or holds nothing to read.
        TableError: the tables miss their expectations; the release before stands.
        ReleaseError: `settings.out` cannot be written, or is held by another run.
    """
    began = time.monotonic()
    # Arrow's own allocator would keep a hundred megabytes for the tables it might make again.
    pa.set_memory_pool(pa.system_memory_pool())
    out = settings.folder.resolve()
    refuse_foreign_files(out)
    with start_gate() as gate, locked(out, wait_seconds=settings.lock_wait_seconds) as work:
        if settings.bucket:
            _take_newest(out, settings.bucket, progress)
        if full:
            shutil.rmtree(work / "store", ignore_errors=True)
            (work / KEPT).unlink(missing_ok=True)
        with closing(Store(work / "store")) as store:
            job = _Job(
                sources, settings, store, execute or in_process, progress, read_apart=read_apart
            )
            keys, refusals = job.read(work / "fetched", lambda: now or datetime.now(UTC))
            removals = _removals(out, remove)
            versions = Versions(
                inputs=fingerprint(
                    *sorted(keys),
                    *sorted(map(repr, refusals)),
                    *removals,
                    *_what_is_shown(settings),
                ),
                code=fingerprint(
                    code_fingerprint(),
                    schema_fingerprint(),
                    tables_fingerprint(settings.entities.tables),
                ),
                model=model_fingerprint(settings.spacy_model, settings.annotator),
                schema=load_dataset().version,
            )
            manifest = unchanged(out, versions)
            if manifest is not None:
                _put_back(out, settings.bucket, progress)
                same = {"new": 0, "changed": 0, "unchanged": manifest.counts["articles"]}
                return _summary(manifest, settings, began, **same)

            def fill(database: Database) -> _Staged:
                job.gather(database, keys, refusals, removals)
                _give_back_memory()
                resolve_all(database)
                progress.start("checking and writing")
                return _stage(database, out, versions, settings)

            database, staged = filled_database(work / "resolve.duckdb", fill)
            with closing(database):
                # What changed is written down while the gate's process looks at the tables.
                gate.begin(staged.to_check, data_docs=data_docs)
                staged = _with_changes(database, staged)
            # The database's memory is free again before the checks want theirs.
            manifest = _release(staged, out, gate, versions, settings, now)
            job.forget(keys)
            _put_back(out, settings.bucket, progress)
            return _summary(manifest, settings, began)


def _give_back_memory() -> None:
    """Have what was freed go back to the system, now and whenever it is a large block.

    The GNU C library keeps freed blocks for later, up to 32 MB each once such were freed: a process
    grows with all it ever did (mallopt(3)). Elsewhere there is nothing to do. Arrays of the models
    would be slower to come by: only once articles are analysed.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
        library.malloc_trim(0)


def _take_newest(out: Path, address: str, progress: Progress) -> None:
    # The client of stores takes a while to import: only who needs one pays for it.
    from pipeline.export.returned import take_newest

    progress.start("fetching the release before")
    take_newest(out, address)


def _put_back(out: Path, address: str | None, progress: Progress) -> None:
    if address:
        from pipeline.export.returned import put_back

        progress.start("publishing")
        put_back(out, address)


def _what_is_shown(settings: Settings) -> tuple[object, ...]:
    """Return the settings that decide what of the inputs a release shows, and its card says."""
    policies = settings.text_policies
    shown = (sorted(policies.items()), settings.excerpt_chars) if policies else ()
    return (*shown, settings.contact) if settings.contact else shown


def _summary(manifest: Manifest, settings: Settings, began: float, **counts: int) -> Summary:
    return Summary(
        release=manifest.release,
        out=str(settings.out),
        seconds=round(time.monotonic() - began, 1),
        **{**manifest.counts, **counts},
    )


@dataclass(frozen=True, slots=True)
class _Staged:
    """The tables of a release to be, and what its other files tell of them.

    Attributes:
        folder: where they lie.
        files: the tables' own.
        previous: the release before.
        withheld: what of the texts they are to leave out.
        to_check: files by table; of one that hardly changed, those with its fresh rows.
        unchanged: how many rows each table has in common with the release before, where those
            need not be checked once more.
        counts: as the manifest gives them.
        sources: of the articles, for the card.
        changes: (table, change, cause, rows) against the release before, once they are counted.
    """

    folder: Path
    files: list[ReleaseFile]
    previous: Manifest | None
    withheld: Withheld
    to_check: Mapping[str, Sequence[Path]]
    unchanged: Mapping[str, int]
    counts: dict[str, int]
    sources: Sequence[CardSource]
    changes: Sequence[tuple[str, str, str, int]] = ()


def _stage(database: Database, out: Path, versions: Versions, settings: Settings) -> _Staged:
    """Write the tables of `database` for a release in `out`, and compare them with those there."""
    previous = Manifest.read(out)
    dataset, tables = load_dataset(), load_tables()
    before = _side(previous, out)
    register_ids(database, before, release=len(previous.history) + 1 if previous else 1)
    withheld = _cut_texts(database, out, settings)
    allow_writing(database)
    staged, files = stage_tables(database, out, max_file_bytes=settings.max_file_bytes)
    paths = {name: [staged / f.path for f in files if f.table == name] for name in tables}
    now_in = {name: list(map(str, paths[name])) for name in dataset.tables}
    keys = {name: tables[name].primary_key for name in dataset.tables}
    now = Side(now_in, asdict(versions))
    if before.files:
        allow_comparing(database, before, now)
    compare(database, before, now, keys)
    fresh: dict[str, list[Path]] = {}
    unchanged_rows: dict[str, int] = {}
    if previous and _passed(previous, out, versions):
        fresh, unchanged_rows = _fresh_rows(database, out / WORK / "fresh", files, keys)
    return _Staged(
        folder=staged,
        files=files,
        previous=previous,
        withheld=withheld,
        to_check={**paths, **fresh},
        unchanged=unchanged_rows,
        counts=_counts(database, dataset.tables),
        sources=[
            CardSource(name, articles, policy, tuple(licences))
            for name, policy, articles, licences in count_sources(database)
        ],
    )


def _with_changes(database: Database, staged: _Staged) -> _Staged:
    """Count the changes against the release before, and write them beside the tables."""
    tables = load_dataset().tables
    written = stage_changelog(database, staged.folder, tables, prefix="changes")
    return replace(staged, files=[*staged.files, *written], changes=count_changes(database, tables))


def _release(
    staged: _Staged,
    out: Path,
    gate: Gate,
    versions: Versions,
    settings: Settings,
    now: datetime | None,
) -> Manifest:
    """Put what is staged in the place of the release in `out`, if nothing is wrong with it."""
    findings = gate.findings(staged.folder, unchanged=staged.unchanged, withheld=staged.withheld)
    findings.raise_if_any()
    staged.withheld.whole_texts.unlink()
    shutil.rmtree(out / WORK / "fresh", ignore_errors=True)
    manifest = finish(
        staged.folder,
        staged.files,
        findings.documents(),
        staged.changes,
        previous=staged.previous,
        versions=versions,
        counts=staged.counts,
        pipeline_version=__version__,
        now=now or datetime.now(UTC),
        sources=staged.sources,
        contact=settings.contact,
    )
    swap_in(staged.folder, out)
    return manifest


def _cut_texts(database: Database, out: Path, settings: Settings) -> Withheld:
    """Leave of the texts what their sources allow; return what was left out, for the gate."""
    withheld = Withheld(
        out / WORK / "withheld.parquet", settings.text_policies, settings.excerpt_chars
    )
    withhold(
        database,
        withheld.policies,
        excerpt_chars=withheld.excerpt_chars,
        whole_texts=withheld.whole_texts,
    )
    return withheld


def _passed(previous: Manifest, out: Path, versions: Versions) -> bool:
    """Return whether the rows of the release before met what rows must meet now, and still do."""
    same_rules = (previous.versions.code, previous.versions.schema) == (
        versions.code,
        versions.schema,
    )
    return same_rules and has_whole_tables(previous, out)


def _fresh_rows(
    database: Database,
    folder: Path,
    files: Sequence[ReleaseFile],
    keys: Mapping[str, Sequence[str]],
) -> tuple[dict[str, list[Path]], dict[str, int]]:
    """Return files of the rows of each table that are new or changed, and how many are neither."""
    fresh = find_fresh_rows(database, keys)
    rows = {name: sum(file.rows or 0 for file in files if file.table == name) for name in keys}
    written = fresh_files(database, folder, list(keys), prefix="fresh")
    return written, {name: rows[name] - fresh[name] for name in keys}


def _removals(out: Path, new: Removal | None) -> list[Removal]:
    """Return the articles taken out so far and the `new` one, by id.

    Raises:
        ReleaseError: the release in `out` has no such article.
    """
    manifest = Manifest.read(out)
    files = manifest.table_files(out, ["removals"]).get("removals", []) if manifest else []
    removals = {row.article_id: row for row in decode(files, Removal)}
    if new is not None and new.article_id not in removals:
        if not manifest or not read_rows(out, "articles", "article_id", new.article_id):
            raise ReleaseError(f"{out} holds no article {new.article_id}")
        removals[new.article_id] = new
    return [removals[article_id] for article_id in sorted(removals)]


def _side(manifest: Manifest | None, folder: Path) -> Side:
    if manifest is None:
        return Side({}, {})
    tables = (*load_dataset().tables, "registry")
    return Side(manifest.table_files(folder, tables), asdict(manifest.versions))


def _counts(database: Database, tables: Sequence[str]) -> dict[str, int]:
    articles = count_rows(database, "articles")
    new = count_rows(database, "changes_articles", "change = 'added'")
    changed = count_rows(database, "changes_articles", "change = 'changed'")
    return {
        **{name: count_rows(database, name) for name in _COUNTED if name in tables},
        "new": new,
        "changed": changed,
        "unchanged": articles - new - changed,
        "duplicates": count_rows(database, "articles", "duplicate_of IS NOT NULL"),
        "quarantined": count_rows(database, "quarantine"),
    }


class _Job:
    """One run's way from sources to tables in a database; results go through the store."""

    def __init__(
        self,
        sources: Sequence[str],
        settings: Settings,
        store: Store,
        execute: Executor,
        progress: Progress,
        *,
        read_apart: bool,
    ) -> None:
        self._sources = [settings.source_named(name) for name in sources]
        self._settings = settings
        self._store = store
        self._execute = execute
        self._read_apart = read_apart
        self._progress = progress
        self._stages = _stages(settings)
        self._analyses: list[str] = []

    def read(self, folder: Path, now: Callable[[], datetime]) -> tuple[list[str], list[Refusal]]:
        """See that the store has every document of the sources; return their keys and the refused.

        What comes from the network is kept in `folder`.
        """
        if any(map(is_remote, self._sources)):
            self._progress.start("fetching")
        with fetched(
            self._sources, folder, self._settings, now=now, advance=self._progress.advance
        ) as archive:
            return self._read(archive)

    def _read(self, archive: "Archive | None") -> tuple[list[str], list[Refusal]]:
        """Read what is there.

        A document is held in memory only while its shard is worked on: sources with much text are
        read twice, once for what is there and once for what is new.
        """
        self._progress.start("reading")
        keys: list[str] = []
        refusals: list[Refusal] = []
        held = _Held(_HELD_CHARS)
        for item in self._documents(archive):
            if isinstance(item, Refusal):
                refusals.append(item)
            else:
                keys.append(_document_key(item))
                held.add(keys[-1], item)
            self._progress.advance()
        missing = self._missing("articles", keys)
        # Little is analysed in `gather`, while what is known is loaded.
        is_little = not self._read_apart and held.chars(missing) < self._settings.shard_chars
        self._progress.start("extracting", 0 if is_little else len(missing))
        shards = _shards(self._unread(missing, held, archive), self._settings.shard_chars)
        if is_little:
            for shard in shards:
                self._keep(read_shard(shard, self._settings))
        else:
            self._work(shards)
        if lost := self._missing("articles", keys):
            raise ReleaseError(f"{len(lost)} documents changed while they were read: run again")
        return keys, refusals

    def gather(
        self,
        database: Database,
        keys: list[str],
        refusals: list[Refusal],
        removals: list[Removal],
    ) -> None:
        """Put what is read into `database`, by tables; analyse first what is not analysed yet."""
        shards = self._store.shards(self._stages["articles"], keys)
        quarantine = encode(load_tables()["quarantine"], refusals)
        texts = self._store.files(shards.values(), "articles")
        allow_loading(database, texts, documents=len(keys))
        current_articles(
            database,
            texts,
            self._store.files(shards.values(), "quarantine"),
            shards,
            quarantine,
            encode(load_tables()["removals"], removals),
        )
        self._analyses = analysis_keys(database)
        known = self._store.shards(self._stages["analyses"], self._analyses)
        missing = set(self._analyses) - known.keys()
        self._progress.start("extracting", len(missing))
        # DuckDB loads what is known on another core meanwhile.
        with ThreadPoolExecutor(1) as other:
            loading = other.submit(self._load, database.cursor(), known)
            self._work(_shards(stored_articles(database, missing), self._settings.shard_chars))
            loading.result()
        self._progress.start("resolving")
        found = self._store.shards(self._stages["analyses"], self._analyses)
        self._load(database, {key: found[key] for key in missing})
        self._refuse(database, found)

    def _load(self, database: Database, shards: Mapping[str, str]) -> None:
        """Put the rows of the analyses that `shards` names (by key) into `database`."""
        files = {table: self._store.files(shards.values(), table) for table in ANALYSED}
        load_analyses(database, files, shards)

    def _refuse(self, database: Database, shards: Mapping[str, str]) -> None:
        """Leave out articles with odd rows, loudly: it is a fault of ours, not of the article."""
        files, of = self._store.files(shards.values(), "quarantine"), len(self._analyses)
        odd = refuse_articles(database, files, shards, (KILLED, TOO_SLOW))
        told = f"{odd} of {of} articles gave rows that break their schema, a fault of On Record"
        if odd * _FEW > of:
            raise TableError(f"{told}: {first_refused(database, EXTRACT)}")
        if odd:
            _log.warning(
                "%s; see stage %s of the quarantine, and please report them", told, EXTRACT
            )

    def forget(self, keys: list[str]) -> None:
        """Drop from the store what the release just made does not need."""
        live = {"articles": keys, "analyses": self._analyses}
        self._store.forget_all_but({self._stages[stage]: live[stage] for stage in live})

    def _documents(self, archive: "Archive | None") -> Iterator[RawDocument | Refusal]:
        for place, source in enumerate(self._sources):
            yield from documents(
                source,
                max_bytes=self._settings.max_document_bytes,
                archive=archive,
                before=self._sources[:place],
            )

    def _unread(
        self, missing: set[str], held: "_Held", archive: "Archive | None"
    ) -> Iterator[tuple[str, RawDocument | Article]]:
        if held.documents is not None:
            yield from (entry for entry in held.documents.items() if entry[0] in missing)
            return
        for item in self._documents(archive) if missing else ():
            if isinstance(item, RawDocument) and (key := _document_key(item)) in missing:
                yield key, item

    def _missing(self, stage: str, keys: list[str]) -> set[str]:
        return set(keys) - self._store.shards(self._stages[stage], keys).keys()

    def _work(self, shards: Iterable[Shard]) -> None:
        for result in self._execute(shards, self._settings):
            self._keep(result)
            self._progress.advance(result.documents)

    def _keep(self, result: ShardResult) -> None:
        for stage, tables in result.tables.items():
            self._store.put(self._stages[stage], result.keys[stage], tables)


class _Held:
    """Documents kept in memory as long as they are few; `documents` is `None` if they are not."""

    def __init__(self, chars: int) -> None:
        self.documents: dict[str, RawDocument] | None = {}
        self._left = chars

    def add(self, key: str, document: RawDocument) -> None:
        """Keep one more, or give up all of them."""
        self._left -= len(document.content)
        if self._left < 0:
            self.documents = None
        elif self.documents is not None:
            self.documents[key] = document

    def chars(self, keys: set[str]) -> float:
        """Return how long the documents with these keys are; infinite if they are not held."""
        if self.documents is None:
            return inf
        return sum(len(self.documents[key].content) for key in keys)


def _shards(items: Iterable[tuple[str, RawDocument | Article]], chars: int) -> Iterator[Shard]:
    """Cut `items` into shards of about `chars` code points, so that each takes about as long."""
    shard: Shard = []
    size = 0
    for key, item in items:
        shard.append((key, item))
        size += size_of(item)
        if size >= chars:
            yield shard
            shard, size = [], 0
    if shard:
        yield shard


def _stages(settings: Settings) -> dict[str, str]:
    """Return, a stage, the name its results are stored under: another version, another name."""
    reading = fingerprint(reading_fingerprint(), __version__, settings.max_article_chars)
    extracting = extracting_fingerprint(
        settings.spacy_model, settings.annotator, settings.entities.tables
    )
    return {"articles": f"articles-{reading}", "analyses": f"analyses-{extracting}"}


def _document_key(raw: RawDocument) -> str:
    given, hints, defaults = (
        sorted((name, repr(value)) for name, value in told.items())
        for told in (raw.given, raw.hints, raw.defaults)
    )
    return fingerprint(
        raw.source,
        raw.record_id,
        raw.uri,
        raw.media_type,
        raw.raw_sha256,
        given,
        hints,
        defaults,
        raw.retrieved_at,
    )


def check_release(folder: Path) -> list[str]:
    """Return what is not whole in the release in `folder`, a line each; empty if all is."""
    return damage(folder) or [str(finding) for finding in check_references(folder)]


def diff_releases(old: Path, new: Path) -> list[tuple[str, str, str, int]]:
    """Return (table, change, cause, rows) for what differs between two releases.

    Raises:
        ReleaseError: one of the folders holds no release.
    """
    tables = load_dataset().tables
    keys = {name: load_tables()[name].primary_key for name in tables}
    for folder in (old, new):
        if Manifest.read(folder) is None:
            raise ReleaseError(f"{folder} holds no release")
    with closing(open_database()) as database:
        compare(database, _side(Manifest.read(old), old), _side(Manifest.read(new), new), keys)
        return count_changes(database, tables)


def stored_analysis(folder: Path, article_id: str) -> tuple[dict[str, Any], Rows, Rows, Rows]:
    """Return an article of a release, its mentions, quotes and events.

    Raises:
        ReleaseError: there is no release, or no such article in it.
    """
    found = read_rows(folder, "articles", "article_id", article_id)
    if not found:
        raise ReleaseError(f"{folder} holds no article {article_id}")
    mentions, quotes, events = (
        read_rows(folder, table, "article_id", article_id)
        for table in ("mentions", "quotes", "events")
    )
    return found[0], mentions, quotes, events


def publish_release(
    folder: Path, destination: str, *, dry_run: bool, progress: Callable[[str], None]
) -> "Published":
    """Check the release in `folder`, then publish it to `destination`.

    Raises:
        ReleaseError: it is not whole, or the destination refuses it.
        ConfigError: the destination is of no kind known.
    """
    if faults := check_release(folder):
        told = "; ".join(faults[:_FAULTS_TOLD])
        raise ReleaseError(f"{folder} is not whole, so it is not published: {told}")
    # The clients of stores take a while to import: only who publishes pays for them.
    from pipeline.export.page import built_page
    from pipeline.export.publish import publish

    page = built_page()
    if page is None:
        progress("the explorer page is not built (`make explorer`): the data go without it")
    return publish(folder, destination, dry_run=dry_run, progress=progress, page=page)
