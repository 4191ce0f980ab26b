"""The emulated AWS: moto's server application, called in process under one lock."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from moto.iam.models import IAMBackend, iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.front_errors import UnknownOperationError
from local.moto_quickening import create_app, quicken_moto
from local.moto_repairs import repair_moto

# moto reads this when the first IAM backend is made, so after its import is early enough.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

DEFAULT_ACCOUNT: Final = "123456789012"
PARTITION: Final = "aws"
_NO_ROUTE: Final = b"<!doctype html>"  # how moto's web framework says that no service has the path

# INVARIANT: moto's state is read and written only while this lock is held; its dicts are not safe under threads.
LOCK: Final = threading.RLock()


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire for one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Say whether the call did what it was asked."""
        return self.status < 400  # noqa: PLR2004 - HTTP's own bound


class _Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which looks through its source folders for each request, looking once per host."""

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._found:
            self._found[host] = super().get_backend_for_host(host)
        return self._found[host]

    def __init__(self) -> None:
        super().__init__(create_app)
        self._found: dict[str | None, Any] = {}


class Emulator:
    """moto's server application as a function from a WSGI request to a reply."""

    def __init__(self) -> None:
        """Prepare the dispatcher and the default account's IAM, so that the first call is not slow."""
        repair_moto()
        quicken_moto()
        self._dispatcher = _Dispatcher()
        iam_backend(DEFAULT_ACCOUNT)

    def answer(self, environ: dict[str, Any], body: bytes) -> Reply:
        """Return moto's reply, or raise `UnknownOperationError` for what it lacks. The caller holds `LOCK`."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            started.append((status, headers))

        scope = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        try:
            chunks: Iterable[bytes] = self._dispatcher(scope, start_response)
        except NotImplementedError as error:
            raise UnknownOperationError(str(error)) from None
        content = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        status, headers = started[-1]
        if status.startswith("404") and content.startswith(_NO_ROUTE):
            raise UnknownOperationError(str(environ["PATH_INFO"]))
        return Reply(int(status.split(" ", 1)[0]), tuple(headers), content)


def iam_backend(account: str) -> IAMBackend:
    """Return the account's IAM in moto."""
    return iam_backends[account][PARTITION]


__all__ = ["DEFAULT_ACCOUNT", "LOCK", "PARTITION", "Emulator", "Reply", "iam_backend"]
