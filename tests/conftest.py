"""What all tests share."""

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import settings

settings.register_profile("tests", deadline=None)  # no test depends on how busy the machine is
settings.load_profile("tests")


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
