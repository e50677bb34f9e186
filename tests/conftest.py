"""Fixtures shared by all tests, and the rule that an unexpected skip is a failure."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["MPLBACKEND"] = "Agg"

SHARED = Path(__file__).resolve().parents[2] / "shared"

NO_SHARED_DATA = "no ../shared/data beside the checkout"
EXPECTED_SKIPS = (NO_SHARED_DATA,)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; a test that asks for it is skipped where it is absent."""
    data = SHARED / "data"
    if not data.is_dir():
        pytest.skip(NO_SHARED_DATA)
    return data


@pytest.fixture(scope="session")
def xtreme(shared_data: Path) -> Path:
    """The directory in XTREME layout."""
    return shared_data / "xtreme"


def is_expected_skip(reason: str) -> bool:
    """Whether a skip is one that a checkout without the real data has to show."""
    return any(expected in reason for expected in EXPECTED_SKIPS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip for any other reason into a failure: a test nobody runs tests nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(call.excinfo.value) if call.excinfo else ""
        if not is_expected_skip(reason):
            report.outcome = "failed"
            report.longrepr = f"unexpected skip: {reason}"
    return report
