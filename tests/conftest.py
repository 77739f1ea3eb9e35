"""Fixtures that all tests share."""

from pathlib import Path

import pytest

from toys import save_classifier, save_encoder, save_tagger


@pytest.fixture(scope="session")
def toy_nli(tmp_path_factory) -> Path:
    return save_classifier(tmp_path_factory.mktemp("nli"))


@pytest.fixture(scope="session")
def toy_encoder(tmp_path_factory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def toy_tagger(tmp_path_factory) -> Path:
    return save_tagger(tmp_path_factory.mktemp("tagger"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the data beside the project, which is not part of it."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip(f"no data beside the project ({folder.name}/)")
    return folder
