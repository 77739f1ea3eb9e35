import json
import math

import numpy as np
import pytest

from contradict.calibration import Calibration, CalibrationError, read_calibration, write_calibration

LOGITS = np.array([[2.0, 0.5, -1.0], [-3.0, 1.0, 4.0], [0.0, 0.0, 0.0]], np.float32)


def test_logits_are_divided_and_then_weighted():
    calibration = Calibration(2.0, (0.0, -0.1, -1.5))
    odds = [[math.exp(z / 2 + w) for z, w in zip(row, (0.0, -0.1, -1.5), strict=True)] for row in LOGITS.tolist()]
    expected = [[value / sum(row) for value in row] for row in odds]
    assert calibration.apply(LOGITS) == pytest.approx(np.array(expected), abs=1e-6)
    assert calibration.apply(LOGITS).dtype == np.float32


def test_large_logits_give_finite_probabilities():
    probabilities = Calibration(0.01).apply(np.array([[500.0, -500.0, 499.0]], np.float32))
    assert probabilities[0].tolist() == pytest.approx([1, 0, 0], abs=1e-6)


def test_a_calibration_is_read_as_it_was_written(tmp_path):
    calibration = Calibration(1.5, (0.1, 0.1, -2.0), 0.25, {"sets": [{"name": "berita", "rows": 90}]}, "ab12")
    write_calibration(calibration, tmp_path / "c.json")
    assert read_calibration(tmp_path / "c.json") == calibration


def test_a_calibration_may_be_fitted_to_a_file_whose_name_is_not_utf_8(tmp_path):
    calibration = Calibration(fitted_on={"sets": [{"name": "caf\udce9", "file": "é\udce9.csv"}]})
    write_calibration(calibration, tmp_path / "c.json")
    assert read_calibration(tmp_path / "c.json") == calibration


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, "temperature is 0.0; it must be above 0"),
        ({"temperature": math.nan}, "temperature is nan"),
        ({"log_weights": (0.0, 0.0)}, "it must be 3 finite numbers"),
        ({"log_weights": (0.0, 0.0, -math.inf)}, "it must be 3 finite numbers"),
        ({"threshold": 30.0}, "threshold is 30.0; it must be from 0 to 1, or None"),
    ],
)
def test_impossible_values_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Calibration(**settings)


def changed(**changes):
    return json.dumps(Calibration(digest="ab12").to_json() | changes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Expecting value"),
        ('{"schema": 1, "temperature": 1', "Expecting ',' delimiter"),
        (b"\xff\xfe\x00", "can't decode|Expecting value"),
        ("[" * 100_000, "recursion"),
        ("[]", 'an object with "schema": 1 is wanted'),
        ('{"method": "isotonic"}', 'an object with "schema": 1 is wanted'),
        (changed(schema=2), 'an object with "schema": 1 is wanted'),
        ('{"schema": 1, "temperature": 2}', "it lacks log_weights, threshold, fitted_on, digest"),
        (changed(temperature="1.5"), "temperature is '1.5'; it must be a number"),
        (changed(temperature=True), "temperature is True; it must be a number"),
        (changed(temperature=-1), "temperature is -1.0; it must be above 0"),
        (changed(temperature=math.inf), "temperature is inf"),
        (changed(temperature=10**400), "too large"),
        (changed(log_weights=0), "log_weights is 0; it must be a list of 3 numbers"),
        (changed(log_weights=[0, 0, None]), "log_weights is None; it must be a number"),
        (changed(threshold=[]), r"threshold is \[\]; it must be a number"),
        (changed(fitted_on=None), "fitted_on is None; it must be an object"),
        (changed(digest=12), "digest is 12; it must be a string or null"),
    ],
)
def test_what_is_no_calibration_is_refused_with_file_reason_and_way_out(tmp_path, content, reason):
    path = tmp_path / "c.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CalibrationError, match=reason) as error:
        read_calibration(path)
    assert str(error.value).startswith(f"{path}: no calibration: ")
    assert "--calibration none" in str(error.value)


def test_a_file_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    with pytest.raises(FileNotFoundError, match="no directory"):
        write_calibration(Calibration(), tmp_path / "absent" / "c.json")
    write_calibration(Calibration(), tmp_path / "c.json")
    with pytest.raises(TypeError):
        write_calibration(Calibration(fitted_on={"rows": object()}), tmp_path / "c.json")
    assert read_calibration(tmp_path / "c.json") == Calibration()
