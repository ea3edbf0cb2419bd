import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.errors import ReleaseError
from pipeline.export import swap


def release(folder: Path, name: str, files: int = 5) -> Path:
    folder.mkdir(parents=True)
    for n in range(files):
        (folder / f"{n}.txt").write_text(name)
    return folder


def contents(folder: Path) -> set[str]:
    return {path.read_text() for path in folder.glob("*.txt")}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = release(tmp_path / "data", "old")
    (folder / ".work" / "store").mkdir(parents=True)
    (folder / ".work" / "lock").touch()
    return folder


def test_swap_in_puts_the_new_release_in_place_and_keeps_the_old_one_and_the_work(out):
    swap.swap_in(release(out / ".work" / "staged", "new", files=3), out)
    assert contents(out) == {"new"}
    assert len(list(out.glob("*.txt"))) == 3
    assert contents(out / ".work" / "previous") == {"old"}
    assert (out / ".work" / "store").is_dir()
    assert not (out.parent / ".data.next").exists()


def test_swap_in_makes_the_first_release_of_a_folder(tmp_path):
    out = tmp_path / "data"
    with swap.locked(out, wait_seconds=0) as work:
        (work / "store").mkdir()
        swap.swap_in(release(work / "staged", "first"), out)
        assert contents(out) == {"first"}


@pytest.mark.parametrize("exchanges", [0, 1, 2])
def test_recover_puts_right_what_a_kill_between_two_steps_left(out, monkeypatch, exchanges):
    real, done = swap._exchange, []

    def killed(one: Path, other: Path) -> None:
        if len(done) == exchanges:
            raise SystemExit
        done.append(one)
        real(one, other)

    monkeypatch.setattr(swap, "_exchange", killed)
    if exchanges == 2:
        monkeypatch.setattr(swap.shutil, "rmtree", _rmtree_but_the_last(swap.shutil.rmtree))
    with pytest.raises(SystemExit):
        swap.swap_in(release(out / ".work" / "staged", "new"), out)
    monkeypatch.undo()
    with swap.locked(out, wait_seconds=0) as work:
        assert (work / "store").is_dir()
        assert contents(out) == ({"new"} if exchanges == 2 else {"old"})
        assert len(list(out.glob("*.txt"))) == 5
        assert not (out.parent / ".data.next").exists()


def _rmtree_but_the_last(real):
    def rmtree(path, **options):
        if Path(path).name == ".work":
            raise SystemExit
        real(path, **options)

    return rmtree


def test_locked_says_who_holds_the_folder(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from pipeline.export.swap import locked\n"
            "with locked(Path(sys.argv[1]), wait_seconds=0):\n"
            "    print('held', flush=True); sys.stdin.read()",
            str(tmp_path / "data"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(ReleaseError, match=f'"pid": {holder.pid}'),
            swap.locked(tmp_path / "data", wait_seconds=0.1),
        ):
            raise AssertionError("the lock was given twice")
        holder.kill()
    with swap.locked(tmp_path / "data", wait_seconds=1) as work:
        assert work.is_dir()


def test_a_run_that_waits_gets_the_lock_across_an_exchange(out):
    order = []

    def second() -> None:
        with swap.locked(out, wait_seconds=20):
            order.append(contents(out))

    with swap.locked(out, wait_seconds=0) as work:
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.5)
        order.append("first")
        swap.swap_in(release(work / "staged", "new"), out)
    waiting.join()
    assert order == ["first", {"new"}]


def test_readers_see_one_whole_release_while_many_are_swapped_in(out):
    seen: list[set[str]] = []
    missing: list[bool] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            # By its path a file is always there, whatever is exchanged meanwhile.
            missing.append(not (out / "1.txt").exists())
            handle = os.open(out, os.O_RDONLY)
            names = [n for n in os.listdir(handle) if n.endswith(".txt")]  # noqa: PTH208
            texts = set()
            for name in names:
                file = os.open(name, os.O_RDONLY, dir_fd=handle)
                texts.add(os.read(file, 100).decode())
                os.close(file)
            os.close(handle)
            seen.append(texts if len(names) == 5 else set())

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(100):
        swap.swap_in(release(out / ".work" / "staged", f"release {n}"), out)
        # The release before the last is gone: a reader must not be held up for two of them.
        before = len(seen)
        while len(seen) == before and reader.is_alive():
            time.sleep(0.002)
    stop.set()
    reader.join()
    assert len(seen) >= 100
    assert not any(missing)
    assert all(len(texts) == 1 for texts in seen)


def test_locked_names_a_folder_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ReleaseError, match="cannot write"),
        swap.locked(tmp_path / "file" / "data", wait_seconds=0),
    ):
        pass
