"""What a result was made by: hashes of our code and names of the models.

A change of code, model or schema changes the key under which results are stored, and so
invalidates just the stages it touches.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.schema import schema_folder

_PACKAGE = Path(__file__).parent

_NOT_CODE = {"__pycache__", "explorer_page"}
"""Folders in the package that no row depends on: built, and not built everywhere."""

READING = ("ingest", "normalise", "validate/offsets.py", "records.py", "ids.py")
"""The code that makes an article of bytes, as paths below the package."""

EXTRACTING = ("extract", "validate/rows.py", "validate/rules.py", "records.py", "ids.py")
"""The code that makes rows of an article."""

MODEL = "extract/model"
"""The annotator that comes with On Record; it counts as a model, not as code."""

_READING_LIBRARIES = ("htmldate", "lxml", "resiliparse", "trafilatura")
_EXTRACTING_LIBRARIES = ("spacy", "numpy", "onnxruntime", "tokenizers")


def fingerprint(*parts: object) -> str:
    """Return 24 hexadecimal characters that depend on the text of every one of `parts`."""
    return sha256("\x00".join(map(str, parts)).encode()).hexdigest()[:24]


def reading_fingerprint() -> str:
    """Return the version of everything between bytes and article."""
    return fingerprint(code_fingerprint(*READING), *map(metadata.version, _READING_LIBRARIES))


def extracting_fingerprint(
    spacy_model: str, annotator: Path | None, entity_tables: Sequence[Path]
) -> str:
    """Return the version of everything between article and rows.

    Raises:
        ConfigError: `annotator` or one of `entity_tables` cannot be read.
    """
    return fingerprint(
        tables_fingerprint(entity_tables),
        code_fingerprint(*EXTRACTING),
        schema_fingerprint(),
        model_fingerprint(spacy_model, annotator),
        *map(metadata.version, _EXTRACTING_LIBRARIES),
    )


def model_fingerprint(spacy_model: str, annotator: Path | None) -> str:
    """Return the version of the spaCy pipeline and of the annotator.

    Of a pipeline name and version, of one in a folder and of the annotator a hash of what
    describes it.

    Raises:
        ConfigError: `annotator` is no folder with a model.
    """
    folder = Path(spacy_model)
    if folder.is_dir():
        pipeline = f"{folder.name}-{fingerprint((folder / 'meta.json').read_text('utf-8'))}"
    else:
        pipeline = f"{spacy_model}-{metadata.version(spacy_model)}"
    described = (annotator or _PACKAGE / MODEL) / "model.json"
    try:
        return f"{pipeline} annotator-{fingerprint(described.read_text('utf-8'))}"
    except OSError as error:
        raise ConfigError(f"no annotator in {described.parent}: {error.strerror}") from error


def tables_fingerprint(entity_tables: Sequence[Path]) -> str:
    """Return a hash of a user's own tables; ConfigError if one cannot be read."""
    try:
        return fingerprint(*(path.read_text("utf-8") for path in entity_tables))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"a table of [entities] cannot be read: {error}") from error


@cache
def schema_fingerprint() -> str:
    """Return a hash of every file of the schemas, the codebook of events among them."""
    return fingerprint(*(path.read_text("utf-8") for path in sorted(schema_folder().iterdir())))


@cache
def code_fingerprint(*paths: str) -> str:
    """Return a hash of our sources and data files below `paths`; without any, of all of them."""
    digest = sha256()
    for file in _files(paths):
        digest.update(file.relative_to(_PACKAGE).as_posix().encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:24]


def _files(paths: tuple[str, ...]) -> list[Path]:
    roots = [_PACKAGE / path for path in paths] or [_PACKAGE]
    found = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    model = _PACKAGE / MODEL
    return sorted(
        file
        for file in found
        if file.is_file() and not _NOT_CODE & {*file.parts} and model not in file.parents
    )
