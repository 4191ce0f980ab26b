"""What all tests share."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader


@pytest.fixture(scope="session", autouse=True)
def models_read_once() -> Iterator[None]:
    """Read each model of botocore once: moto makes a new session for each test, which would read them all again."""
    read: Any = JSONFileLoader.load_file

    @cache
    def read_once(path: str) -> Any:
        return read(JSONFileLoader(), path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read_once(path))
        yield
