"""Small releases on disk, for tests of publishing."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from random import Random

from pipeline.export.release import MANIFEST, SUMS, Manifest, Versions, release_file


def write_release(folder: Path, release: str, contents: Mapping[str, bytes]) -> Path:
    """Write a release of just these files; Parquet files are tables, named after them."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        table = name.removesuffix(".parquet") if name.endswith(".parquet") else None
        file = asdict(release_file(folder, path, table=table))
        facts[file.pop("path")] = file
    manifest = Manifest(
        release=release,
        created_at="2024-06-01T00:00:00+00:00",
        pipeline_version="0.1.0",
        versions=Versions(inputs="0" * 64, code="1" * 64, model="none", schema="1.0.0"),
        counts={},
        history=[],
        files=facts,
    )
    text = json.dumps(asdict(manifest), indent=2) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8")
    sums = {name: file["sha256"] for name, file in facts.items()}
    sums[MANIFEST] = sha256(text.encode()).hexdigest()
    lines = (f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return folder


def random_release(folder: Path, release: str, *, seed: int, files: int = 5) -> Path:
    """Write a release of files of random bytes, one of them empty and one in a folder below."""
    chance = Random(seed)
    contents = {f"{n}.bin": chance.randbytes(chance.randrange(1, 30_000)) for n in range(files)}
    return write_release(
        folder, release, {**contents, "empty.txt": b"", "changelog/all.bin": chance.randbytes(99)}
    )
