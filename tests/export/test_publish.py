"""Publishing: to a folder, to a real S3 endpoint (moto's server), to a stub of the Hub's client."""

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import traceback
from datetime import timedelta
from hashlib import sha1, sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from published import random_release
from stores import SECRET, client, environment, serving

from pipeline import buckets
from pipeline.errors import ConfigError, ReleaseError
from pipeline.export.publish import publish
from pipeline.export.targets import folder as folders
from pipeline.export.targets import hub as hubs
from pipeline.export.targets import s3
from pipeline.export.targets.target import LATEST, VERSIONS

RUNNER = Path(__file__).with_name("publish_runner.py")


@pytest.fixture(scope="module")
def endpoint():
    """The address of an S3 server of this module's own."""
    with serving() as address:
        yield address


@pytest.fixture
def bucket(endpoint, monkeypatch, request):
    """A versioned bucket of this test's own, as `Remote`; the environment names it."""
    for name, value in environment(endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(s3, "PAUSE", 0.01)
    name = f"b-{sha1(request.node.nodeid.encode()).hexdigest()[:16]}"
    found = client(endpoint)
    found.create_bucket(Bucket=name)
    found.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return Remote(found, name)


class OnDisk:
    """Looks at a folder that was published to, without On Record's help."""

    def __init__(self, root: Path):
        self.root = root
        self.address = str(root)

    def read(self, name: str) -> bytes | None:
        path = self.root / name
        return path.read_bytes() if path.exists() else None

    def names(self) -> list[str]:
        paths = (p for p in self.root.glob("v*/**/*") if p.is_file())
        return sorted(p.relative_to(self.root).as_posix() for p in paths)

    def history(self) -> dict[str, tuple]:
        """For each file of a version, something that changes if it is written again."""
        facts = {name: (self.root / name).stat() for name in self.names()}
        return {name: (fact.st_ino, fact.st_mtime_ns) for name, fact in facts.items()}

    def spoil(self, name: str) -> None:
        (self.root / name).write_bytes(b"other")


class Remote:
    """The same for a bucket."""

    def __init__(self, found, name: str):
        self.client, self.bucket = found, name
        self.address = f"s3://{name}/data/set"

    def read(self, name: str) -> bytes | None:
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=f"data/set/{name}")
        except ClientError:
            return None
        return answer["Body"].read()

    def history(self) -> dict[str, tuple]:
        pages = self.client.get_paginator("list_object_versions").paginate(
            Bucket=self.bucket, Prefix="data/set/v"
        )
        found: dict[str, tuple] = {}
        for page in pages:
            assert not page.get("DeleteMarkers")
            for one in page.get("Versions", ()):
                name = one["Key"].removeprefix("data/set/")
                if name != VERSIONS:
                    found[name] = (*found.get(name, ()), (one["VersionId"], one["ETag"]))
        return found

    def names(self) -> list[str]:
        return sorted(self.history())

    def spoil(self, name: str) -> None:
        self.client.put_object(Bucket=self.bucket, Key=f"data/set/{name}", Body=b"other")


@pytest.fixture(params=["folder", "s3"])
def place(request, tmp_path):
    """Each place that can be looked at: a folder, a bucket."""
    if request.param == "folder":
        return OnDisk(tmp_path / "public")
    return request.getfixturevalue("bucket")


def put(folder: Path, place, **options):
    lines: list[str] = []
    options = {"dry_run": False, "progress": lines.append, **options}
    return publish(folder, place.address, **options), lines


def released(place) -> list[str]:
    return [one["release"] for one in json.loads(place.read(VERSIONS))["versions"]]


def whole(place, release: str) -> dict:
    """Return the manifest of a published version, each of whose files is there as it says."""
    manifest = json.loads(place.read(f"{release}/manifest.json"))
    for name, facts in manifest["files"].items():
        assert sha256(place.read(f"{release}/{name}")).hexdigest() == facts["sha256"]
    assert place.read(f"{release}/SHA256SUMS")
    return manifest


def check_pointer(place) -> str | None:
    """Return the version `latest` names, which must be whole and listed."""
    found = place.read(LATEST)
    if found is None:
        return None
    latest = json.loads(found)
    whole(place, latest["path"])
    manifest = place.read(f"{latest['path']}/manifest.json")
    assert latest["manifest_sha256"] == sha256(manifest).hexdigest()
    assert latest["release"] in released(place)
    return latest["release"]


def test_a_published_version_is_whole_listed_and_pointed_to(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    done, lines = put(folder, place)
    assert check_pointer(place) == "v2024.6.0"
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    names = [p.relative_to(folder).as_posix() for p in files]
    assert place.names() == [f"v2024.6.0/{name}" for name in names]
    assert done.address == f"{place.address}/v2024.6.0"
    assert (done.files, done.uploaded, done.already_there) == (len(names), len(names), 0)
    assert done.bytes == sum(p.stat().st_size for p in files)
    assert sorted(line.split()[-1] for line in lines) == names
    (entry,) = json.loads(place.read(VERSIONS))["versions"]
    assert entry["created_at"] == "2024-06-01T00:00:00+00:00"
    assert entry["schema_version"] == "1.0.0"
    assert entry["bytes"] == done.bytes


def test_publishing_again_writes_nothing(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    put(folder, place)
    before = place.history(), place.read(LATEST), place.read(VERSIONS)
    done, lines = put(folder, place)
    assert (done.uploaded, done.already_there) == (0, done.files)
    assert (place.history(), place.read(LATEST), place.read(VERSIONS)) == before
    assert not lines


@pytest.mark.parametrize("same_size", [True, False], ids=["same-size", "other-size"])
def test_a_version_published_with_other_bytes_is_refused_and_not_touched(
    place, tmp_path, same_size
):
    put(random_release(tmp_path / "one", "v2024.6.0", seed=1), place)
    before = place.history(), place.read(LATEST), place.read(VERSIONS)
    other = random_release(tmp_path / "two", "v2024.6.0", seed=1 if same_size else 2)
    if same_size:
        rewritten = (other / "SHA256SUMS").read_text().replace("0", "1")
        (other / "SHA256SUMS").write_text(rewritten)
    with pytest.raises(ReleaseError, match=r"v2024\.6\.0 is published with other bytes"):
        put(other, place)
    assert (place.history(), place.read(LATEST), place.read(VERSIONS)) == before


def test_a_damaged_version_is_refused(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    put(folder, place)
    place.spoil("v2024.6.0/2.bin")
    with pytest.raises(ReleaseError, match=r"2\.bin is not the file of this release"):
        put(folder, place)


def test_a_file_that_no_release_knows_is_refused(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    put(folder, place)
    place.spoil("v2024.6.0/articles-00000-of-00002.parquet")
    with pytest.raises(ReleaseError, match="articles-00000-of-00002"):
        put(folder, place)


def test_an_older_version_is_listed_and_the_pointer_stays(place, tmp_path):
    for release in ("v2024.9.0", "v2024.10.0", "v2024.9.11", "v2024.9.2"):
        put(random_release(tmp_path / release, release, seed=3), place)
    assert check_pointer(place) == "v2024.10.0"
    assert released(place) == ["v2024.10.0", "v2024.9.11", "v2024.9.2", "v2024.9.0"]


def test_a_dry_run_says_what_is_missing_and_touches_nothing(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    done, lines = put(folder, place, dry_run=True)
    assert done.uploaded == done.files == len(lines)
    assert all(line.startswith("would upload ") for line in lines)
    assert not place.names()
    assert not (tmp_path / "public").exists()
    put(folder, place)
    done, lines = put(folder, place, dry_run=True)
    assert (done.uploaded, lines) == (0, [])


def test_publishers_at_once_lose_nothing(place, tmp_path):
    """Eight publishers, two of each of four releases."""
    made = [random_release(tmp_path / f"{n}", f"v2024.6.{n}", seed=n, files=2) for n in range(4)]
    failed: list[BaseException] = []

    def work(folder: Path) -> None:
        try:
            put(folder, place)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(folder,)) for folder in made * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert check_pointer(place) == "v2024.6.3"
    assert released(place) == [f"v2024.6.{n}" for n in (3, 2, 1, 0)]
    for release in released(place):
        whole(place, release)
    if isinstance(place, Remote):
        assert all(len(versions) == 1 for versions in place.history().values())


def test_two_releases_of_one_name_at_once_never_mix(place, tmp_path):
    made = [random_release(tmp_path / f"{n}", "v2024.6.0", seed=n) for n in range(2)]
    refused: list[str] = []

    def work(folder: Path) -> None:
        try:
            put(folder, place)
        except ReleaseError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=work, args=(folder,)) for folder in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "other bytes" in refused[0]
    assert check_pointer(place) == "v2024.6.0"


def test_a_release_that_changes_while_it_is_published_is_not(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    data = (folder / "3.bin").read_bytes()
    (folder / "3.bin").write_bytes(data[:-1] + b"?")
    with pytest.raises(ReleaseError, match=r"3\.bin is not as manifest\.json says"):
        put(folder, place)
    assert place.read(LATEST) is None
    (folder / "3.bin").write_bytes(data)
    put(folder, place)
    assert check_pointer(place) == "v2024.6.0"


def test_a_list_that_is_not_ours_is_left_alone(place, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    if isinstance(place, OnDisk):
        place.root.mkdir()
    place.spoil(VERSIONS)
    with pytest.raises(ReleaseError, match=r"versions\.json or latest\.json"):
        put(folder, place)
    assert place.read(VERSIONS) == b"other"


@pytest.mark.slow
def test_killed_publishers_leave_whole_versions_and_the_last_completes(place, tmp_path):
    """Twenty kills at random moments; after each, everything is looked at from outside."""
    for n in range(30):
        random_release(tmp_path / "releases" / f"{n:02}", f"v2024.6.{n}", seed=n, files=4)
    single = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
    runner = subprocess.Popen(
        [sys.executable, RUNNER, tmp_path / "releases", place.address, "20240601", "20"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **single},
    )
    before: dict[str, tuple] = {}
    kills, latest = 0, -1
    with runner:
        for line in runner.stdout:
            ended = json.loads(line)
            assert ended["killed"] or ended["code"] == 0
            kills += ended["killed"]
            now = place.history()
            assert {name: now[name] for name in before} == before, "something was written twice"
            if isinstance(place, Remote):
                assert all(len(versions) == 1 for versions in now.values())
            before = now
            pointed = check_pointer(place)
            assert int(pointed.rpartition(".")[2]) >= latest
            latest = int(pointed.rpartition(".")[2])
            runner.stdin.write("\n")
            runner.stdin.flush()
    assert runner.returncode == 0
    assert kills == 20
    assert ended["code"] == 0
    assert released(place) == [f"v2024.6.{n}" for n in range(latest, -1, -1)]
    assert {name.split("/")[0] for name in place.names()} == set(released(place))
    for release in released(place):
        whole(place, release)
    if isinstance(place, OnDisk):
        assert not list(place.root.glob(".v*"))


# Folders only


def test_a_folder_has_a_link_to_the_latest_version(tmp_path):
    place = OnDisk(tmp_path / "public")
    for n in range(2):
        put(random_release(tmp_path / f"{n}", f"v2024.6.{n}", seed=n), place)
        assert (place.root / "latest").readlink() == Path(f"v2024.6.{n}")
    assert (place.root / "latest" / "manifest.json").is_file()


def test_a_file_system_without_links_has_the_pointer_all_the_same(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    place = OnDisk(tmp_path / "public")
    put(random_release(tmp_path / "release", "v2024.6.0", seed=1), place)
    assert check_pointer(place) == "v2024.6.0"
    assert not (place.root / "latest").exists()


def test_a_folder_is_never_seen_with_half_a_version(tmp_path, monkeypatch):
    place = OnDisk(tmp_path / "public")
    seen = []
    copy = folders.shutil.copyfile
    monkeypatch.setattr(
        folders.shutil, "copyfile", lambda *paths: (seen.append(place.names()), copy(*paths))
    )
    put(random_release(tmp_path / "release", "v2024.6.0", seed=1), place)
    assert len(seen) > 3
    assert not any(seen)


def test_what_was_staged_is_used_as_far_as_it_is_right(tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    staged = tmp_path / "public" / ".v2024.6.0.part"
    staged.mkdir(parents=True)
    (staged / "0.bin").write_bytes((folder / "0.bin").read_bytes())
    (staged / "1.bin").write_bytes((folder / "1.bin").read_bytes()[:-5])
    (staged / "articles.parquet").write_bytes(b"of another release")
    kept = (staged / "0.bin").stat().st_mtime_ns
    place = OnDisk(tmp_path / "public")
    put(folder, place)
    whole(place, "v2024.6.0")
    assert (place.root / "v2024.6.0" / "0.bin").stat().st_mtime_ns == kept
    assert not (place.root / "v2024.6.0" / "articles.parquet").exists()


def test_a_file_url_is_a_folder(tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    publish(folder, (tmp_path / "a b").as_uri(), dry_run=False, progress=print)
    assert check_pointer(OnDisk(tmp_path / "a b")) == "v2024.6.0"


@pytest.mark.parametrize("inside", [".", "published", "changelog/x"])
def test_a_release_is_not_published_into_itself(tmp_path, inside):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ConfigError, match="lies in the release"):
        publish(folder, str(folder / inside), dry_run=False, progress=print)


def test_another_release_is_no_destination(tmp_path):
    for name in ("one", "two"):
        random_release(tmp_path / name, "v2024.6.0", seed=1)
    with pytest.raises(ConfigError, match="is itself a release"):
        publish(tmp_path / "one", str(tmp_path / "two"), dry_run=False, progress=print)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ReleaseError, match=r"cannot publish to .*file/data: Not a directory"):
        publish(folder, str(tmp_path / "file" / "data"), dry_run=False, progress=print)


@pytest.mark.parametrize(
    ("name", "message"),
    [("../secret", "no file in a release"), ("/etc/hosts", "no file in a release")],
)
def test_a_manifest_that_leads_out_of_the_release_is_refused(tmp_path, name, message):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = manifest["files"]["0.bin"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ReleaseError, match=message):
        publish(folder, str(tmp_path / "public"), dry_run=False, progress=print)
    assert not (tmp_path / "public").exists()


def test_only_a_release_is_published(tmp_path):
    with pytest.raises(ReleaseError, match="holds no release"):
        publish(tmp_path, str(tmp_path / "public"), dry_run=False, progress=print)


@pytest.mark.parametrize(
    "destination",
    [
        "",
        "ftp://key:wJalrNeverToBeSeen@host/path",
        "s3://key:wJalrNeverToBeSeen@bucket/path",
        "s3://",
        "s3://bucket/path?token=wJalrNeverToBeSeen",
        "hf://owner/name",
        "hf://datasets/owner",
        "hf://datasets/owner/name/folder",
        "hf://user:wJalrNeverToBeSeen@datasets/owner/name",
        "file://host/path",
    ],
)
def test_a_destination_that_is_none_is_refused_without_repeating_secrets(tmp_path, destination):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ConfigError) as caught:
        publish(folder, destination, dry_run=False, progress=print)
    assert SECRET not in everything(caught.value)


def everything(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


# S3 only


def test_objects_carry_their_hash_type_and_caching(bucket, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    put(folder, bucket)
    key = "data/set/v2024.6.0/manifest.json"
    head = bucket.client.head_object(Bucket=bucket.bucket, Key=key, ChecksumMode="ENABLED")
    digest = sha256((folder / "manifest.json").read_bytes())
    assert head["Metadata"]["sha256"] == digest.hexdigest()
    assert head["ContentType"] == "application/json"
    pointer = bucket.client.head_object(Bucket=bucket.bucket, Key=f"data/set/{LATEST}")
    assert pointer["CacheControl"] == "no-cache"


def test_an_object_that_was_stored_wrong_is_found(bucket, tmp_path, monkeypatch):
    """The upload succeeds, and what the store then has is something else."""
    real = s3.obstore.put

    def put_wrong(store, path, data, **options):
        return real(store, path, b"wrong" if path.endswith("1.bin") else data, **options)

    monkeypatch.setattr(s3.obstore, "put", put_wrong)
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ReleaseError, match=r"1\.bin is not the file of this release"):
        put(folder, bucket)
    assert bucket.read(LATEST) is None


def test_where_the_tag_is_no_md5_the_object_is_downloaded_and_hashed(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(s3, "_stored", lambda meta: s3.Stored(meta["size"], "no-md5"))
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    put(folder, bucket)
    done, _ = put(folder, bucket)
    assert done.uploaded == 0
    bucket.spoil("v2024.6.0/empty.txt")
    with pytest.raises(ReleaseError, match=r"empty\.txt"):
        put(folder, bucket)


def test_an_upload_whose_answer_is_lost_is_found_done(bucket, tmp_path, monkeypatch):
    real, lost = s3.obstore.put, set()

    def put_and_lose(store, path, data, **options):
        result = real(store, path, data, **options)
        if path not in lost:
            lost.add(path)
            raise s3.GenericError("error sending request")
        return result

    monkeypatch.setattr(s3.obstore, "put", put_and_lose)
    put(random_release(tmp_path / "release", "v2024.6.0", seed=1), bucket)
    assert check_pointer(bucket) == "v2024.6.0"
    assert all(len(versions) == 1 for versions in bucket.history().values())
    assert len(lost) == len(bucket.names()) + 2


def test_a_store_that_fails_for_good_is_given_up(bucket, tmp_path, monkeypatch):
    tried = []

    def fail(store, path, data, **options):
        tried.append(path)
        raise s3.GenericError(f"status code: 503 {SECRET}")

    monkeypatch.setattr(s3.obstore, "put", fail)
    with pytest.raises(ReleaseError, match="answers 503") as caught:
        put(random_release(tmp_path / "release", "v2024.6.0", seed=1), bucket)
    assert tried == ["v2024.6.0/manifest.json"] * 5
    assert SECRET not in everything(caught.value)


def test_a_bucket_that_is_not_there_is_named(bucket, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ReleaseError, match="s3://no-bucket/x: there is no such bucket"):
        publish(folder, "s3://no-bucket/x", dry_run=True, progress=print)


def test_a_store_that_does_not_answer_is_said_to(bucket, tmp_path, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET}@127.0.0.1:{port}")
    monkeypatch.setattr(s3, "RETRY", {"max_retries": 1, "retry_timeout": timedelta(seconds=5)})
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    with pytest.raises(ReleaseError, match="cannot be reached") as caught:
        put(folder, bucket)
    assert SECRET not in everything(caught.value)


class Refusing:
    """An S3 endpoint that refuses every request and repeats it, as S3 does for a bad signature."""

    def __init__(self, secret: str):
        self.secret = secret

    def __call__(self, environ, start):
        start("403 Forbidden", [("Content-Type", "application/xml")])
        repeated = environ.get("HTTP_X_AMZ_SECURITY_TOKEN", "no token was sent")
        code = "<Code>SignatureDoesNotMatch</Code>"
        return [f"<Error>{code}<CanonicalRequest>{repeated}</CanonicalRequest></Error>".encode()]


def test_refused_credentials_are_said_to_be_and_never_shown(bucket, tmp_path, monkeypatch, caplog):
    from werkzeug.serving import make_server

    caplog.set_level(logging.DEBUG)
    server = make_server("127.0.0.1", 0, Refusing(SECRET))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"token{SECRET}")
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    try:
        with pytest.raises(ReleaseError, match="credentials found do not allow it") as caught:
            put(folder, bucket)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert SECRET not in everything(caught.value)
    assert SECRET not in caplog.text


def test_http_is_used_only_where_an_endpoint_says_so(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://storage.example")
    assert not buckets.endpoint().startswith("http://")
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert buckets.endpoint() == ""


# The Hub only


class StubApi:
    """Stands for `huggingface_hub.HfApi`: a list of commits, each a whole tree.

    What passes here shows in which order, on top of what and with which content commits are asked
    for, and what is made of the Hub's refusals. It does not show that the Hub works as the stub
    does: that needs an account.
    """

    def __init__(self):
        self.trees = [{}]
        self.commits = []
        self.before_commit = []

    def repo_info(self, repo_id, repo_type):
        assert (repo_id, repo_type) == ("owner/name", "dataset")
        return SimpleNamespace(sha=str(len(self.trees) - 1))

    def list_repo_tree(self, repo_id, *, path_in_repo, recursive, revision, repo_type):
        tree = {
            path: data
            for path, data in self.trees[int(revision)].items()
            if path.startswith(f"{path_in_repo}/")
        }
        if not tree:
            raise missing()
        for path, data in tree.items():
            yield repo_file(path, data)

    def hf_hub_download(self, repo_id, *, filename, revision, cache_dir, repo_type):
        if filename not in self.trees[int(revision)]:
            raise missing()
        path = Path(cache_dir) / filename
        path.write_bytes(self.trees[int(revision)][filename])
        return str(path)

    def create_commit(self, repo_id, *, operations, commit_message, parent_commit, repo_type):
        if self.before_commit:
            self.before_commit.pop(0)()
        if parent_commit != str(len(self.trees) - 1):
            raise refused(412)
        changed = {}
        for operation in operations:
            with operation.as_file() as file:
                changed[operation.path_in_repo] = file.read()
        self.trees.append({**self.trees[-1], **changed})
        self.commits.append((commit_message, sorted(changed)))


def refused(status: int) -> Exception:
    from huggingface_hub.errors import HfHubHTTPError

    error = HfHubHTTPError.__new__(HfHubHTTPError)
    error.response = SimpleNamespace(status_code=status)
    error.args = (f"signed address with {SECRET}",)
    return error


def missing() -> Exception:
    from huggingface_hub.errors import RemoteEntryNotFoundError

    error = RemoteEntryNotFoundError.__new__(RemoteEntryNotFoundError)
    error.response = SimpleNamespace(status_code=404)
    return error


def repo_file(path: str, data: bytes):
    from huggingface_hub import RepoFile

    lfs = {"size": len(data), "oid": sha256(data).hexdigest(), "pointerSize": 1}
    git = sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return RepoFile(
        path=path, size=len(data), oid=git, **({"lfs": lfs} if path.endswith(".bin") else {})
    )


@pytest.fixture
def hub(monkeypatch):
    api = StubApi()
    monkeypatch.setattr("huggingface_hub.HfApi", lambda: api)
    monkeypatch.setattr(hubs, "PAUSE", 0)
    return api


def to_hub(folder: Path, **options):
    options = {"dry_run": False, "progress": lambda _: None, **options}
    return publish(folder, "hf://datasets/owner/name", **options)


def test_the_hub_gets_a_commit_for_the_version_and_one_for_the_pointer(hub, tmp_path):
    folder = random_release(tmp_path / "release", "v2024.6.0", seed=1)
    done = to_hub(folder)
    (first, files), (_, documents) = hub.commits
    assert first == "Release v2024.6.0"
    assert len(files) == done.files == done.uploaded
    assert all(name.startswith("v2024.6.0/") for name in files)
    assert documents == [LATEST, VERSIONS]
    assert json.loads(hub.trees[-1][LATEST])["release"] == "v2024.6.0"
    to_hub(folder)
    assert len(hub.commits) == 2


def test_the_hub_is_not_touched_by_a_dry_run(hub, tmp_path):
    to_hub(random_release(tmp_path / "release", "v2024.6.0", seed=1), dry_run=True)
    assert not hub.commits


def test_the_hub_refuses_other_bytes(hub, tmp_path):
    to_hub(random_release(tmp_path / "one", "v2024.6.0", seed=1))
    with pytest.raises(ReleaseError, match="other bytes"):
        to_hub(random_release(tmp_path / "two", "v2024.6.0", seed=2))
    assert len(hub.commits) == 2


@pytest.mark.parametrize("when", [0, 1], ids=["version", "pointer"])
def test_who_is_overtaken_on_the_hub_builds_on_the_other(hub, tmp_path, when):
    other = random_release(tmp_path / "other", "v2024.6.1", seed=2)
    hub.before_commit = [lambda: None] * when + [lambda: to_hub(other)]
    to_hub(random_release(tmp_path / "release", "v2024.6.0", seed=1))
    tree = hub.trees[-1]
    listed = [one["release"] for one in json.loads(tree[VERSIONS])["versions"]]
    assert listed == ["v2024.6.1", "v2024.6.0"]
    assert json.loads(tree[LATEST])["release"] == "v2024.6.1"


def test_another_release_of_the_name_that_comes_first_on_the_hub_stays(hub, tmp_path):
    other = random_release(tmp_path / "other", "v2024.6.0", seed=2)
    hub.before_commit = [lambda: to_hub(other)]
    with pytest.raises(ReleaseError, match="other bytes"):
        to_hub(random_release(tmp_path / "release", "v2024.6.0", seed=1))
    assert [message for message, _ in hub.commits].count("Release v2024.6.0") == 1


@pytest.mark.parametrize(
    ("status", "message"),
    [(404, "no such dataset"), (403, "does not allow"), (503, "answers 503"), (None, "reached")],
)
def test_what_the_hub_refuses_is_said_without_its_words(
    hub, tmp_path, monkeypatch, status, message
):
    def fail(**_):
        raise refused(status) if status else ConnectionError(SECRET)

    monkeypatch.setattr(hub, "repo_info", fail)
    with pytest.raises(ReleaseError, match=message) as caught:
        to_hub(random_release(tmp_path / "release", "v2024.6.0", seed=1))
    assert SECRET not in everything(caught.value)
