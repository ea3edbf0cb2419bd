"""What was fetched, kept between runs: raw bytes by their hash, and what is known of addresses.

`ROOT/raw/ab/abcd….zst` holds bytes under the SHA-256 they have unpacked; `ROOT/index.sqlite`
holds what each address gave, which documents each source named, and the rules of sites. An
address's bytes are written before the index knows of them.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import zstandard

from pipeline.config import SourceKind
from pipeline.errors import DocumentError, UnreadableDocumentError
from pipeline.ingest.fetch import FOR_NOW, Answer, Validators
from pipeline.ingest.robots import Rules
from pipeline.ingest.urls import Listed

_LEVEL = 3
_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY, first_asked TEXT NOT NULL, asked TEXT NOT NULL,
    final_url TEXT, etag TEXT, last_modified TEXT, media_type TEXT, charset TEXT,
    raw_sha256 TEXT, retrieved TEXT, rule TEXT, detail TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed (
    place INTEGER PRIMARY KEY, source TEXT NOT NULL, url TEXT NOT NULL, stamp TEXT,
    read_stamp TEXT, says TEXT NOT NULL, content_sha256 TEXT, retrieved TEXT, UNIQUE (source, url)
);
CREATE INDEX IF NOT EXISTS listed_urls ON listed (url);
CREATE TABLE IF NOT EXISTS sources (source TEXT PRIMARY KEY, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
    source TEXT NOT NULL, url TEXT NOT NULL, rule TEXT NOT NULL, detail TEXT NOT NULL,
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS robots (
    origin TEXT PRIMARY KEY, text TEXT NOT NULL, retrieved TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of an address that was asked for.

    Attributes:
        first_asked, asked: when it was asked for first and last.
        final_url: the address that gave the bytes, after redirects.
        raw_sha256: of the bytes it gave last, unpacked; `None` if it never gave any.
        retrieved: when those bytes were fetched first.
        rule, detail: why it gave none; `None` if it did, even long ago.
    """

    url: str
    first_asked: datetime
    asked: datetime
    final_url: str | None
    validators: Validators
    media_type: str
    charset: str | None
    raw_sha256: str | None
    retrieved: datetime | None
    rule: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A document a source named, now or in an earlier run.

    Attributes:
        stamp: when it was changed last, as its source writes it.
        read_stamp: the stamp it had when its page was read.
        says: as in `Listed`.
        content_sha256: of the text the feed brought along; `None` where the page is to be read.
        retrieved: when that text was fetched first.
    """

    url: str
    stamp: str | None
    read_stamp: str | None
    says: Mapping[str, object]
    content_sha256: str | None
    retrieved: datetime | None


class Archive:
    """Everything fetched so far; may be used by several threads."""

    def __init__(self, root: Path) -> None:
        """Open the archive in the folder `root`, made if it is not there."""
        self._raw = root / "raw"
        self._raw.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._index = sqlite3.connect(
            root / "index.sqlite", isolation_level=None, check_same_thread=False
        )
        # A power cut may lose what was noted last, which is then asked for again.
        self._index.execute("PRAGMA synchronous = NORMAL")
        self._index.executescript(_TABLES)
        self.robots: MutableMapping[str, Rules] = _Robots(self._index, self._lock)

    def close(self) -> None:
        """Let go of the index, as soon as no thread writes to it."""
        with self._lock:
            self._index.close()

    def keep(self, data: bytes) -> str:
        """Keep `data`; return its SHA-256."""
        digest = sha256(data).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            partial = path.with_suffix(f".{threading.get_ident()}")
            with partial.open("wb") as file:
                file.write(zstandard.compress(data, _LEVEL))
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
        return digest

    def kept(self, digest: str) -> bytes:
        """Return the bytes with this SHA-256.

        Raises:
            UnreadableDocumentError: they are not there any more, or broken.
        """
        try:
            data = zstandard.decompress(self._path(digest).read_bytes())
        except (OSError, zstandard.ZstdError) as error:
            raise UnreadableDocumentError(digest, f"its kept bytes are lost: {error}") from error
        if sha256(data).hexdigest() != digest:
            raise UnreadableDocumentError(digest, "its kept bytes are broken")
        return data

    def page(self, url: str) -> Page | None:
        """Return what is known of an address; `None` if it was never asked for."""
        row = self._row("SELECT * FROM pages WHERE url = ?", url)
        if row is None:
            return None
        _, first, asked, final, etag, modified, media, charset, raw, got, rule, why = row
        is_kept = raw is not None and self._path(raw).exists()
        return Page(
            url=url,
            first_asked=datetime.fromisoformat(first),
            asked=datetime.fromisoformat(asked),
            final_url=final,
            validators=Validators(etag, modified) if is_kept else Validators(),
            media_type=media or "",
            charset=charset,
            raw_sha256=raw if is_kept else None,
            retrieved=_moment(got) if is_kept else None,
            rule=rule,
            detail=why,
        )

    def answered(self, url: str, answer: Answer, now: datetime) -> None:
        """Note what an address gave; bytes it gave before keep the time they were got first."""
        before = self.page(url)
        if answer.body is None:
            self._write("UPDATE pages SET asked = ? WHERE url = ?", now.isoformat(), url)
        else:
            self._note(url, answer, self.keep(answer.body), before, now)
        self._write("UPDATE listed SET read_stamp = stamp WHERE url = ?", url)

    def _note(
        self, url: str, answer: Answer, digest: str, before: Page | None, now: datetime
    ) -> None:
        same = before is not None and before.raw_sha256 == digest
        retrieved = before.retrieved if before and same and before.retrieved else now
        self._write(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
            url,
            (before.first_asked if before else now).isoformat(),
            now.isoformat(),
            answer.url,
            answer.validators.etag,
            answer.validators.last_modified,
            answer.media_type,
            answer.charset,
            digest,
            retrieved.isoformat(),
        )

    def failed(self, url: str, error: DocumentError, now: datetime) -> None:
        """Note why an address gave nothing, unless it gave something in an earlier run.

        No connection at all does not replace the answer of an earlier run: a run without
        network comes to the same result as the one before.
        """
        self._write(
            """
            INSERT INTO pages (url, first_asked, asked, rule, detail) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET asked = excluded.asked,
                rule = CASE WHEN raw_sha256 IS NULL AND excluded.rule <> 'unreachable'
                    THEN excluded.rule ELSE rule END,
                detail = CASE WHEN raw_sha256 IS NULL AND excluded.rule <> 'unreachable'
                    THEN excluded.detail ELSE detail END
            """,
            url,
            now.isoformat(),
            now.isoformat(),
            error.code,
            error.detail,
        )
        if error.code not in FOR_NOW:
            self._write("UPDATE listed SET read_stamp = stamp WHERE url = ?", url)

    def kind(self, source: str) -> SourceKind | None:
        """Return what the source at this location was found to be."""
        row = self._row("SELECT kind FROM sources WHERE source = ?", source)
        return SourceKind(row[0]) if row else None

    def found(
        self,
        source: str,
        kind: SourceKind,
        listed: Sequence[Listed],
        faults: Sequence[DocumentError],
        now: datetime,
    ) -> None:
        """Note what a source is and which documents it names, beside those it named before.

        `listed` has the newest first; `faults` are those of its own parts, and replace the
        ones noted before.
        """
        with self._transaction():
            self._index.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (source, kind))
            for item in reversed(listed):
                self._list(source, item, now)
            self._set_faults(source, faults)

    def broken(self, source: str, fault: DocumentError) -> None:
        """Note why nothing can be got of a source of which nothing is known."""
        if self.kind(source) is None:
            with self._transaction():
                self._set_faults(source, [fault])

    def faults(self, source: str) -> list[tuple[str, str, str]]:
        """Return address, rule and detail of what is wrong with the parts of a source."""
        statement = "SELECT url, rule, detail FROM faults WHERE source = ? ORDER BY url"
        return [(url, rule, detail) for url, rule, detail in self._rows(statement, source)]

    def drop_others(self, source: str, listed: Iterable[Listed]) -> None:
        """Forget what a source named before and does not name now."""
        with self._transaction():
            self._index.execute("CREATE TEMP TABLE now (url TEXT PRIMARY KEY)")
            self._index.executemany(
                "INSERT OR IGNORE INTO now VALUES (?)", ((item.url,) for item in listed)
            )
            self._index.execute(
                "DELETE FROM listed WHERE source = ? AND url NOT IN (SELECT url FROM now)",
                (source,),
            )
            self._index.execute("DROP TABLE now")

    def items(self, source: str, before: Sequence[str] = ()) -> Iterator[Item]:
        """Yield what a source ever named, oldest first; not what those `before` it name."""
        marks = ",".join("?" * len(before))
        theirs = f"SELECT url FROM listed WHERE source IN ({marks})"  # noqa: S608
        rows = self._index.execute(
            "SELECT url, stamp, read_stamp, says, content_sha256, retrieved FROM listed"  # noqa: S608
            f" WHERE source = ? AND url NOT IN ({theirs}) ORDER BY place",
            (source, *before),
        )
        for url, stamp, read_stamp, says, digest, retrieved in rows:
            yield Item(url, stamp, read_stamp, json.loads(says), digest, _moment(retrieved))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._index:
            self._index.execute("BEGIN")
            yield

    def _set_faults(self, source: str, faults: Sequence[DocumentError]) -> None:
        self._index.execute("DELETE FROM faults WHERE source = ?", (source,))
        self._index.executemany(
            "INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?)",
            ((source, fault.document, fault.code, fault.detail) for fault in faults),
        )

    def _list(self, source: str, item: Listed, now: datetime) -> None:
        digest = None if item.content is None else self.keep(item.content.encode("utf-8", "ignore"))
        says = json.dumps(dict(item.says), sort_keys=True)
        self._index.execute(
            """
            INSERT INTO listed (source, url, stamp, says, content_sha256, retrieved)
                VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET stamp = excluded.stamp, says = excluded.says,
                content_sha256 = excluded.content_sha256,
                retrieved = CASE WHEN content_sha256 IS excluded.content_sha256
                    THEN retrieved ELSE excluded.retrieved END
            """,
            (source, item.url, item.stamp, says, digest, now.isoformat() if digest else None),
        )

    def _path(self, digest: str) -> Path:
        return self._raw / digest[:2] / f"{digest}.zst"

    def _row(self, statement: str, *values: object) -> tuple[str, ...] | None:
        return next(iter(self._rows(statement, *values)), None)

    def _rows(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        with self._lock:
            return self._index.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: object) -> None:
        with self._lock:
            self._index.execute(statement, values)


class _Robots(MutableMapping[str, Rules]):
    """The rules of sites, by origin, kept in the index."""

    def __init__(self, index: sqlite3.Connection, lock: threading.RLock) -> None:
        self._index = index
        self._lock = lock

    def __getitem__(self, origin: str) -> Rules:
        with self._lock:
            row = self._index.execute(
                "SELECT text, retrieved FROM robots WHERE origin = ?", (origin,)
            ).fetchone()
        if row is None:
            raise KeyError(origin)
        return Rules(row[0], datetime.fromisoformat(row[1]))

    def __setitem__(self, origin: str, rules: Rules) -> None:
        with self._lock:
            self._index.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?)",
                (origin, rules.text, rules.read_at.isoformat()),
            )

    def __delitem__(self, origin: str) -> None:
        with self._lock:
            self._index.execute("DELETE FROM robots WHERE origin = ?", (origin,))

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            rows = self._index.execute("SELECT origin FROM robots ORDER BY origin").fetchall()
        return (row[0] for row in rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
