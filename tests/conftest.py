"""Fixtures shared by all tests."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; a test that asks for it is skipped where it is absent."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip("no ../shared/data beside the checkout")
    return data


@pytest.fixture(scope="session")
def xtreme(shared_data: Path) -> Path:
    """The directory in XTREME layout."""
    return shared_data / "xtreme"
