import numpy as np
import pytest

from contradict import Article, Detector, DetectorConfig, screen
from contradict.calibration import FILE_NAME as CALIBRATION_FILE
from contradict.engine import LocalEngine
from contradict.models import embedded
from contradict.models.embedded import nli_folder
from contradict.screen import Screen, inputs
from counting_engine import CountingEngine

TEXTS = ["Jembatan kota ditutup Senin. Pasar desa dibuka.", "Jembatan kota dibuka Senin. Pasar desa ditutup."]


def made(least=0.0, width=2):
    """Keeps pairs whose vectors' first numbers differ by more than 1."""
    return Screen(
        {
            "hidden.weight": np.eye(1, 2 * width + 1),
            "hidden.bias": np.zeros(1),
            "out.weight": np.ones((1, 1)),
            "out.bias": np.array([-1.0]),
            "least": np.array(least),
        }
    )


def test_it_makes_no_difference_which_side_comes_first():
    a, b = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    possible = np.array([0.3, 0.5, 0.0, 1.0])
    np.testing.assert_array_equal(inputs(a, b, possible), inputs(b, a, possible))
    assert np.isfinite(inputs(a, b, possible)).all()


@pytest.mark.parametrize("together", [1, 2, 100])
def test_pairs_in_question_are_kept_by_their_vectors_in_their_order(together, monkeypatch):
    monkeypatch.setattr(screen, "_PAIRS_TOGETHER", together)
    vectors = np.array([[0, 0], [3, 0], [0.5, 0], [9, 9]], np.float32)
    ends = [(0, 1), (0, 2), (2, 1), (0, 3), (2, 3)]
    assert made().worth_reading(vectors, ends, dict.fromkeys([4, 1, 2, 0], 0.5)) == [4, 2, 0]
    assert made(least=5.0).worth_reading(vectors, ends, dict.fromkeys(range(5), 0.5)) == [3, 4]
    assert made().worth_reading(vectors, ends, {}) == []


class Screened(CountingEngine):
    """An engine whose screen lets nothing pass."""

    screen = made(least=np.inf, width=16)

    def judged(self, **config):
        self.read.clear()
        Detector(engine=self, config=DetectorConfig(**config)).scan([Article(text, text, "id") for text in TEXTS])
        return sum(isinstance(each, tuple) for each in self.read)


def test_it_speaks_only_of_claims_and_of_scores_that_it_knows():
    engine = Screened()
    assert engine.judged() == 0
    assert engine.judged(min_score=0.9) == 0
    assert engine.judged(screen=False) > 0
    assert engine.judged(min_score=0.1) > 0
    assert engine.judged(claims=False) > 0


def test_the_embedded_models_have_none_once_they_are_calibrated_anew(monkeypatch, tmp_path):
    own = nli_folder() / CALIBRATION_FILE
    monkeypatch.setattr(embedded, "nli_folder", lambda: tmp_path)
    assert LocalEngine().screen is None
    (tmp_path / CALIBRATION_FILE).write_bytes(own.read_bytes())
    assert isinstance(LocalEngine().screen, Screen)
    (tmp_path / CALIBRATION_FILE).write_text("{}")
    assert LocalEngine().screen is None


def test_other_models_have_none(tmp_path):
    assert LocalEngine(nli=tmp_path).screen is None
    assert LocalEngine(encoder=tmp_path).screen is None
    assert LocalEngine(tagger=tmp_path).screen is None
    assert LocalEngine(calibration=None).screen is None
    assert isinstance(LocalEngine().screen, Screen)
