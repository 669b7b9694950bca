"""Settings of all tests."""

import gc
import os
import signal

import pytest
from hypothesis import settings

# Property tests try the same examples on every run, however busy the machine is.
settings.register_profile("assay", derandomize=True, database=None, deadline=None)
settings.load_profile("assay")



def pytest_configure() -> None:
    """Tests that are started in the background ignore some signals, as would every command that they start."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: much of the time, tests wait for servers, browsers and other processes."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no worker is left with it when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """The collector has the settings of the command line (scanner/cli), and passes over the libraries that the tests import."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
