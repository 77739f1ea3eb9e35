import errno
import multiprocessing
import os
import time
from pathlib import Path

import pytest

from contradict.models import cache


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(folder: Path) -> None:
    (folder / "a").write_text("whole")


def fill_slowly(folder: Path) -> None:
    with (cache.cache_root() / "made.log").open("a") as log:
        log.write("made\n")
    (folder / "a").write_text("half")
    time.sleep(0.5)
    (folder / "a").write_text("whole")


def die_in_the_middle(folder: Path) -> None:
    (folder / "a").write_text("half")
    os._exit(9)


def test_folder_is_made_once(own_cache):
    made = []
    for _ in range(2):
        folder = cache.cached_folder("encoder-1", lambda part: (made.append(1), fill(part)), 1)
    assert (folder / "a").read_text() == "whole"
    assert made == [1]


def test_two_processes_at_once_make_one_whole_folder(own_cache):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=cache.cached_folder, args=("encoder-1", fill_slowly, 1)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (own_cache / "encoder-1" / "a").read_text() == "whole"
    assert (own_cache / "made.log").read_text() == "made\n"


def test_a_kill_in_the_middle_leaves_nothing_under_the_name_and_the_next_one_clears_up(own_cache):
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=cache.cached_folder, args=("encoder-1", die_in_the_middle, 1))
    worker.start()
    worker.join()
    assert worker.exitcode == 9
    assert not (own_cache / "encoder-1").exists()
    assert (cache.cached_folder("encoder-1", fill, 1) / "a").read_text() == "whole"
    assert sorted(path.name for path in own_cache.iterdir()) == ["encoder-1", "encoder-1.lock"]


def test_full_disk_says_where_and_how_much(own_cache):
    def no_room(part: Path) -> None:
        fill(part)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match=r"about 490 MB are needed.*CONTRADICT_CACHE") as caught:
        cache.cached_folder("encoder-1", no_room, 490)
    assert str(own_cache) in str(caught.value)
    assert [path.name for path in own_cache.iterdir()] == ["encoder-1.lock"]


def test_a_place_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONTRADICT_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="CONTRADICT_CACHE") as caught:
        cache.cached_folder("encoder-1", fill, 1)
    assert str(tmp_path / "file") in str(caught.value)


def test_clearing_removes_only_what_is_ours(own_cache):
    cache.cached_folder("encoder-1", fill, 1)
    (own_cache / "somebody-else").mkdir()
    assert cache.cache_size() == len("whole")
    assert cache.clear_cache() == len("whole")
    assert sorted(path.name for path in own_cache.iterdir()) == ["encoder-1.lock", "somebody-else"]
