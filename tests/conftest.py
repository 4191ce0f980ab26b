"""What runs where: the tests of a file on one worker, and those that share a stack of their own kind too."""

from collections.abc import Iterable
from typing import Final

import pytest

_SHARED: Final = ("observing", "approving")  # stacks that one worker starts for all; each has one in mode enforce


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Group the tests for pytest-xdist, which hands a group to one worker."""
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        group = next((name for name in _SHARED if name in used), item.nodeid.split("::")[0])
        item.add_marker(pytest.mark.xdist_group(group))
