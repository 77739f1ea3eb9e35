import errno
import multiprocessing
import os
import warnings
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock, Timeout

from contradict.benchmark import judging
from contradict.benchmark.judging import folder_size, judge_set, judgements_file, remove_judgements
from contradict.benchmark.records import LabelledSet
from contradict.calibration import Calibration
from contradict.nli import NLI
from toys import WORDS, save_classifier

CHUNK = 8
ROWS = 50


def labelled(pairs, digest="d"):
    premises, hypotheses = ([pair[side] for pair in pairs] for side in (0, 1))
    labels = np.arange(len(pairs)) % 3
    return LabelledSet("toy", premises, hypotheses, labels, False, np.arange(len(pairs)), None, None, digest, {})


def many_pairs(count=ROWS):
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(WORDS, rng.integers(2, 12))) for _ in range(2 * count)]
    return list(zip(texts[:count], texts[count:], strict=True))


def same(one, other):
    return np.array_equal(one.forward, other.forward) and np.array_equal(one.backward, other.backward)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(judging, "_DIRECTIONS_A_CHUNK", CHUNK)


@pytest.fixture(scope="module")
def nli(toy_nli):
    return NLI(toy_nli, device="cpu")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store" / "a.judged"


def test_both_directions_of_each_pair_in_its_row(nli):
    pairs = many_pairs()
    judged, _ = judge_set(nli, labelled(pairs))
    expected = nli.judge(pairs)
    assert judged.forward.dtype == np.float32
    assert np.allclose(judged.scores, [each.score for each in expected], atol=0.01)
    assert np.allclose(judged.backward[:, 0], [each.b_a.entailment for each in expected], atol=0.02)


def test_repeated_pairs_are_judged_once_and_turned_ones_share_their_directions(nli):
    pair, other = many_pairs(2)
    judged, cost = judge_set(nli, labelled([pair, other, pair, pair[::-1], (pair[0], pair[0])]))
    assert cost.directions == 5
    assert np.array_equal(judged.forward[0], judged.forward[2])
    assert np.array_equal(judged.forward[0], judged.backward[3])


def test_tokens_are_those_that_the_model_reads(nli):
    pairs = [*many_pairs(5), ("kota " * 50, "hujan turun " * 20)]
    with pytest.warns(UserWarning, match="1 of 6 pairs of toy are longer than the 62 tokens"):
        _, cost = judge_set(nli, labelled(pairs))
    directions = [*pairs, *((b, a) for a, b in pairs)]
    read = nli.tokenizer(*map(list, zip(*directions, strict=True)), truncation=True, max_length=nli.max_tokens)
    assert cost.tokens == sum(map(len, read["input_ids"]))


def test_pairs_that_are_cut_are_counted_over_the_whole_set_in_every_run(nli, file):
    longer = [(f"kota {word}" * 30, "hujan turun " * 20) for word in WORDS[:20]]
    just_fits = ("kota " * 30, "hujan " * (nli.max_tokens - 30 - 4))
    pairs = [*many_pairs(5), *longer, just_fits, longer[0]]
    for _ in range(2):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            judge_set(nli, labelled(pairs), file)
        (message,) = (str(each.message) for each in told)
        assert message.startswith(f"21 of 27 pairs of toy are longer than the {nli.max_tokens} tokens")


def test_an_empty_text_is_named_by_its_place_in_the_set(nli):
    pairs = many_pairs()
    pairs[37] = (pairs[37][0], " ")
    with pytest.raises(ValueError, match="pair 37 of toy: the hypothesis is empty"):
        judge_set(nli, labelled(pairs))


def test_cost_names_time_memory_disk_and_device(nli, toy_nli):
    _, cost = judge_set(nli, labelled(many_pairs()))
    assert cost.directions == 2 * ROWS
    assert 0 < cost.seconds < 60
    assert 50e6 < cost.peak_memory < 100e9
    assert cost.disk == sum(path.stat().st_size for path in toy_nli.iterdir())
    assert cost.device.startswith("cpu")


def test_progress_counts_every_direction(nli, file):
    counts = []

    def progress(description, total):
        counts.append(-total)
        return nullcontext(counts.append)

    for _ in range(2):
        judge_set(nli, labelled(many_pairs()), file, progress)
    assert sum(counts) == 0
    assert counts.count(-2 * ROWS) == 2


def test_what_is_saved_is_not_judged_again(nli, file, monkeypatch):
    first, cost = judge_set(nli, labelled(many_pairs()), file)
    assert cost.directions == 2 * ROWS
    monkeypatch.setattr(nli, "predict", None)
    second, cost = judge_set(nli, labelled(many_pairs()), file)
    assert cost is None
    assert same(first, second)


def judge_and_die(model: Path, file: Path, log: Path) -> None:
    """Judges until 30 directions are done, noting each, and dies before those of the fourth chunk are saved."""
    judging._DIRECTIONS_A_CHUNK = CHUNK

    @contextmanager
    def progress(description, total):
        def advance(count):
            with log.open("a") as noted:
                noted.write("." * count)
            if log.stat().st_size >= 30:
                os._exit(9)  # cleans up nothing, as where a process is killed

        yield advance

    judge_set(NLI(model, device="cpu"), labelled(many_pairs()), file, progress)


def test_a_killed_run_goes_on_and_gives_the_same_bits(nli, toy_nli, file, tmp_path):
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=judge_and_die, args=(toy_nli, file, tmp_path / "log"))
    worker.start()
    worker.join()
    assert worker.exitcode == 9
    judged_before = (tmp_path / "log").stat().st_size
    judged, cost = judge_set(nli, labelled(many_pairs()), file)
    assert 0 < cost.directions < 2 * ROWS
    assert 2 * ROWS <= judged_before + cost.directions <= 2 * ROWS + CHUNK
    assert same(judged, judge_set(nli, labelled(many_pairs()))[0])


@pytest.mark.parametrize("lost", [1, 3, CHUNK * 12, CHUNK * 12 + 5])
def test_a_half_written_chunk_is_judged_again(nli, file, lost):
    whole, _ = judge_set(nli, labelled(many_pairs()), file)
    written = file.read_bytes()
    os.truncate(file, 5 * (CHUNK * 12 + 4) - lost)
    judged, cost = judge_set(nli, labelled(many_pairs()), file)
    assert cost.directions == 2 * ROWS - (4 if lost <= CHUNK * 12 + 4 else 3) * CHUNK
    assert same(judged, whole)
    assert file.read_bytes() == written


def test_damaged_or_misplaced_chunks_are_not_believed(nli, file):
    whole, _ = judge_set(nli, labelled(many_pairs()), file)
    written, size = file.read_bytes(), CHUNK * 12 + 4
    for damaged in (
        written[: 2 * size] + bytes([written[2 * size] ^ 1]) + written[2 * size + 1 :],
        written[: 2 * size] + written[size : 2 * size] + written[3 * size :],
    ):
        file.write_bytes(damaged)
        judged, cost = judge_set(nli, labelled(many_pairs()), file)
        assert cost.directions == 2 * ROWS - 2 * CHUNK
        assert same(judged, whole)
        assert file.read_bytes() == written


def test_another_run_on_the_same_judgements_is_told(nli, file):
    file.parent.mkdir()
    told = "another run is judging .*; wait for it, or set CONTRADICT_CACHE"
    with FileLock(f"{file}.lock"), pytest.raises(BlockingIOError, match=told):
        judge_set(nli, labelled(many_pairs()), file)
    assert judge_set(nli, labelled(many_pairs()), file)[1].directions == 2 * ROWS


def test_no_room_for_a_chunk_is_told_and_the_next_run_goes_on(nli, file):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (250, limits[1]))
    try:
        with pytest.raises(OSError, match=r"cannot save judgements.*a\.judged"):
            judge_set(nli, labelled(many_pairs()), file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    judged, cost = judge_set(nli, labelled(many_pairs()), file)
    assert cost.directions == 2 * ROWS - 2 * CHUNK
    assert same(judged, judge_set(nli, labelled(many_pairs()))[0])


def test_full_disk_is_called_so(nli, file, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"the disk is full \(set CONTRADICT_CACHE to use another place\)"):
        judge_set(nli, labelled(many_pairs()), file)


def test_a_place_that_cannot_be_written_is_named(nli, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cannot save judgements.*file"):
        judge_set(nli, labelled(many_pairs()), tmp_path / "file" / "a.judged")


def test_judgements_are_removed_with_their_lock(nli, file):
    judge_set(nli, labelled(many_pairs()), file)
    remove_judgements(file)
    remove_judgements(file)
    assert list(file.parent.iterdir()) == []


def test_the_lock_is_let_go_before_it_is_removed_as_some_systems_want(nli, file, monkeypatch):
    unlink = Path.unlink

    def unlink_nothing_open(path, missing_ok=False):
        if path.suffix == ".lock":
            try:
                FileLock(path, timeout=0).acquire().lock.release()
            except Timeout as error:
                raise PermissionError(errno.EACCES, "in use", str(path)) from error
        unlink(path, missing_ok)

    judge_set(nli, labelled(many_pairs()), file)
    monkeypatch.setattr(Path, "unlink", unlink_nothing_open)
    remove_judgements(file)
    assert list(file.parent.iterdir()) == []


def test_a_lock_that_cannot_be_removed_does_no_harm(nli, file, monkeypatch):
    unlink = Path.unlink

    def unlink_no_lock(path, missing_ok=False):
        if path.suffix == ".lock":
            raise PermissionError(errno.EACCES, "in use", str(path))
        unlink(path, missing_ok)

    judge_set(nli, labelled(many_pairs()), file)
    monkeypatch.setattr(Path, "unlink", unlink_no_lock)
    remove_judgements(file)
    assert not file.exists()


def test_judgements_that_another_run_makes_are_left_alone(nli, file):
    judge_set(nli, labelled(many_pairs()), file)
    written = file.read_bytes()
    with FileLock(f"{file}.lock"):
        remove_judgements(file)
        with pytest.raises(BlockingIOError):
            judge_set(nli, labelled(many_pairs()), file)
    assert file.read_bytes() == written


def test_file_depends_on_everything_that_judgements_do(nli, toy_nli, tmp_path):
    def name(model=nli, digest="d", weights="w"):
        return judgements_file(tmp_path, model, labelled(many_pairs(2), digest), weights).name

    other_names = save_classifier(tmp_path / "other", ("contradiction", "neutral", "entailment"))
    names = [
        name(),
        name(digest="e"),
        name(weights="x"),
        name(NLI(toy_nli, device="cpu", calibration=Calibration(2.0))),
        name(NLI(toy_nli, device="cpu", labels=("neutral", "entailment", "contradiction"))),
        name(NLI(other_names, device="cpu")),
    ]
    assert len(set(names)) == len(names)
    assert name() == name(NLI(toy_nli, device="cpu"))
    assert len(name()) == 64 + len(".judged")


def test_calibration_with_another_threshold_shares_its_judgements(toy_nli, tmp_path):
    files = {
        judgements_file(
            tmp_path, NLI(toy_nli, device="cpu", calibration=Calibration(2.0, threshold=at)), labelled([]), "w"
        )
        for at in (0.2, 0.6)
    }
    assert len(files) == 1


def test_files_with_two_names_count_once_and_links_are_followed(tmp_path):
    folder, elsewhere = tmp_path / "model", tmp_path / "blob"
    folder.mkdir()
    elsewhere.write_bytes(b"x" * 1000)
    (folder / "one").write_bytes(b"x" * 100)
    os.link(folder / "one", folder / "two")
    (folder / "three").symlink_to(elsewhere)
    assert folder_size(folder) == 1100
