"""What all tests share."""

import gc
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import settings

from local.moto_quickening import quicken_moto

settings.register_profile("tests", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("tests")
quicken_moto()  # for the tests that have moto in their own process, as for the stack


def pytest_collection_finish() -> None:
    """Leave what is loaded by now to itself: to look through it for garbage, again and again, takes a tenth of all."""
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
    """Mix the files of the running stack with all others, so that one computes while another waits."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = [path for path in files if path.parent.name == "stack"]
    quick = [path for path in files if path.parent.name != "stack"]
    share = len(quick) / max(len(slow), 1)
    place = {path: (index + 0.5) * share for index, path in enumerate(slow)}
    place |= {path: float(index) for index, path in enumerate(quick)}
    items[:] = [item for path in sorted(files, key=place.__getitem__) for item in files[path]]
