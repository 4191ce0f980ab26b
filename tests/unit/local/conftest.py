"""A running front for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.front import FrontServer, serve_front
from tests.unit.local.cloud import Cloud, SpyHooks, clear_iam


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[FrontServer, SpyHooks]]:
    """Run one front for all tests."""
    hooks = SpyHooks()
    server = serve_front(0, hooks=hooks)
    yield server, hooks
    server.close()


@pytest.fixture
def cloud(running: tuple[FrontServer, SpyHooks]) -> Cloud:
    """Return the front with an empty account and empty hooks."""
    server, hooks = running
    clear_iam()
    hooks.__init__()  # type: ignore[misc]
    return Cloud(server, hooks)
