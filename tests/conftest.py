"""What all tests share."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

# A stack in these modes is dear to start, and few tests want it: they come one after another, on one worker.
RARE_STACKS = ("observing_account", "approving_account")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, on one worker, but those of a rare stack with each other."""
    for item in items:
        rare = [name for name in RARE_STACKS if name in getattr(item, "fixturenames", ())]
        item.add_marker(pytest.mark.xdist_group(rare[0] if rare else item.nodeid.partition("::")[0]))


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
