"""What all tests share."""

import gc
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import settings
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

FIGURE = "figure"
SHARED_STACKS = ("remediating_account", "approving_account", "observing_account")

settings.register_profile("tests", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("tests")


def pytest_collection_finish() -> None:
    """Quicken moto, and leave what is loaded to itself: to look through it for garbage costs a tenth."""
    if "moto" in sys.modules:
        from local.moto_quickening import quicken_moto  # noqa: PLC0415 - the engine's tests have no need of moto

        quicken_moto()  # as in the stack, for the tests that have moto in their own process
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def models_read_once() -> Iterator[None]:
    """Read each model of botocore once: moto makes a new session for each test, which would read them all again.

    But those of S3: botocore changes their paths in place as a client calls, and moto reads the paths.
    """
    read: Any = JSONFileLoader.load_file
    read_once = cache(lambda path: read(JSONFileLoader(), path))

    def load_file(loader: JSONFileLoader, path: str) -> Any:
        return read(loader, path) if f"{os.sep}s3" in path else read_once(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mix the files of the running stack with all others, so that one computes while another waits.

    First come the tests that share a second, third or fourth stack: each of these is started by one worker alone.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = [path for path in files if path.parent.name == "stack"]
    quick = [path for path in files if path.parent.name != "stack"]
    share = len(quick) / max(len(slow), 1)
    place = {path: (index + 0.5) * share for index, path in enumerate(slow)}
    place |= {path: float(index) for index, path in enumerate(quick)}
    mixed = [item for path in sorted(files, key=place.__getitem__) for item in files[path]]
    shares = {item: _shared_stack(item) for item in mixed}
    for item in mixed:
        if shares[item]:
            item.add_marker(pytest.mark.xdist_group(shares[item]))
    items[:] = sorted(mixed, key=lambda item: not shares[item])


def _shared_stack(item: pytest.Item) -> str:
    """Return which of the stacks beside the first a test needs."""
    return next((name for name in SHARED_STACKS if name in getattr(item, "fixturenames", ())), "")


class ByFileAndStack(LoadGroupScheduling):  # type: ignore[misc]
    """Gives a worker the tests of a file, or those that share a stack."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if group == nodeid else group


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileAndStack | None:
    """Have tests distributed so with `--dist loadgroup`."""
    return ByFileAndStack(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Take lines that are shown at the end of the run."""
    lines: list[str] = []
    yield lines
    request.node.user_properties += [(FIGURE, line) for line in lines]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that tests came to, on whichever worker: this file is read by what they all report to, too."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind if isinstance(one, pytest.TestReport)]
    for name, figure in (pair for report in reports if report.when == "teardown" for pair in report.user_properties):
        if name == FIGURE:
            terminalreporter.write_line(str(figure))
