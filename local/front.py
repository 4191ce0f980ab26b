"""The front of the local AWS: one port, behind it moto, the recorder, the authorizer and the quotas."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from local import iam_changes, invocation, recorder, trail_names
from local.authorizer import Authorizer
from local.deploy_urls import URL_PREFIX
from local.emulator import LOCK, Emulator, Reply, iam_backend
from local.faults import Fault, Faults, Met
from local.front_errors import LOOPBACK, CallRefusedError, NoAnswerError
from local.hooks import FrontHooks
from local.identity import Identities, Identity, remember_opened
from local.longpoll import is_long_poll, receive_patiently
from local.propagation import Propagation
from local.quotas import check_quotas
from local.refusals import render_refusal
from local.s3_rules import check_s3
from local.server import WsgiServer
from local.urls import Urls
from local.wire import Call, read_access_key, read_call

_CONTROL_PREFIX: Final = "/_local/"
_MOTO_PREFIX: Final = "/moto-api/"
_FAILURE: Final = "InternalFailure"


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply, and what moto changed in IAM on the way to it."""

    reply: Reply
    changes: tuple[recorder.InnerChange, ...] = ()


class Front:
    """A WSGI application that is AWS to its callers."""

    def __init__(self, hooks: FrontHooks, *, propagation_seconds: float = 0) -> None:
        """Stand in front of a fresh emulator."""
        self.authorizer = Authorizer()
        self.identities = Identities()
        self.faults = Faults()
        self._hooks = hooks
        self._urls = Urls(self.authorizer, self.identities, hooks)
        self._emulator = Emulator()
        self._propagation = Propagation(propagation_seconds)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., None]) -> Iterable[bytes]:
        """Answer one request; this is the door, so a failure inside becomes an answer too."""
        body: bytes = environ["wsgi.input"].read()
        call: Call | None = None
        try:
            call = _read(environ, body)
            reply = self._reply(call, environ, body)
        except CallRefusedError as error:
            reply = render_refusal(call, error)
        except NoAnswerError:
            raise  # the server closes the connection
        except Exception as error:  # noqa: BLE001 - the door
            traceback.print_exc(file=sys.stderr)
            reply = render_refusal(call, CallRefusedError(_FAILURE, f"local stack failed: {error!r}", 500))
        start_response(f"{reply.status} {_phrase(reply.status)}", list(reply.headers))
        return [reply.body]

    def _reply(self, call: Call | None, environ: dict[str, Any], body: bytes) -> Reply:
        if str(environ["PATH_INFO"]).startswith(_CONTROL_PREFIX):
            return self._control(environ, body)
        if str(environ["PATH_INFO"]).startswith(URL_PREFIX):
            return self._urls.answer(environ, body)
        if call is None:
            with LOCK:
                self.authorizer.check_unknown(self.identities.identify(read_access_key(environ)))
                return self._emulator.answer(environ, body)
        with LOCK:
            identity = self.identities.identify(call.caller.access_key)
        met = self.faults.meet(call, identity)
        answer = self._answer(call, identity, environ, body, met)
        self._tell(call, identity, answer)
        met.leave(call)
        return answer.reply

    def _control(self, environ: dict[str, Any], body: bytes) -> Reply:
        response = self._hooks.control(environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
        if response is None:
            return Reply(404, (("Content-Type", "application/json"),), b'{"error": "no such path under /_local/"}')
        return Reply(response.status, (("Content-Type", response.content_type),), response.body)

    def _answer(self, call: Call, identity: Identity, environ: dict[str, Any], body: bytes, met: Met) -> _Answer:
        try:
            met.arrive(call)
            with LOCK:
                self.authorizer.check_call(call, identity)
            if invocation.is_invocation(call):
                return _Answer(self._invoke(call, body))
            if is_long_poll(call):
                return _Answer(
                    receive_patiently(call, identity.account, body, lambda short: self._emulator.answer(environ, short))
                )
            with LOCK:
                return self._dispatch(call, identity, environ, body, is_stale=met.fault is Fault.STALE)
        except CallRefusedError as error:
            return _Answer(render_refusal(call, error))

    def _invoke(self, call: Call, body: bytes) -> Reply:
        name, kind = invocation.function_name(call), invocation.invocation_type(call)
        return invocation.render_result(self._hooks.invoke(name, body, kind))

    def _dispatch(
        self, call: Call, identity: Identity, environ: dict[str, Any], body: bytes, *, is_stale: bool
    ) -> _Answer:
        backend = iam_backend(identity.account)
        check_quotas(call, backend)
        check_s3(call, identity.account)
        if call.service == "iam" and trail_names.is_read(call):
            with self._propagation.as_seen(identity.account, is_stale=is_stale):
                return _Answer(self._emulator.answer(environ, body))
        if call.service == "iam":
            self._propagation.before_write(identity.account, keeps_last=self.faults.needs_the_past)
        if not iam_changes.makes_inner_changes(call):
            return _Answer(self._emulator.answer(environ, body))
        self._propagation.before_write(identity.account)
        before = iam_changes.read_iam_state(backend)
        reply = self._emulator.answer(environ, body)
        return _Answer(reply, iam_changes.list_changes(before, iam_changes.read_iam_state(backend)))

    def _tell(self, call: Call, identity: Identity, answer: _Answer) -> None:
        """Publish what was done, now that it is visible, and wake whoever waits for its messages."""
        if call.service == "sts" and answer.reply.is_success:
            self._note_session(call, answer.reply)
        event = recorder.record_call(call, identity, answer.reply)
        if event is not None:
            self._hooks.publish(event)
        inner = recorder.record_inner_changes(call, identity, answer.changes, invoked_by=iam_changes.CLOUDFORMATION)
        for change in inner:
            self._hooks.publish(change)
        if answer.reply.is_success and not trail_names.is_read(call):
            self._hooks.wrote(call.service, call.operation, call.parameters)

    def _note_session(self, call: Call, reply: Reply) -> None:
        with LOCK:
            remember_opened(self.identities, call, recorder.read_outcome(call, reply).parsed)


@dataclass(frozen=True, slots=True)
class FrontServer:
    """A front that listens: where, and how to speak to its parts in process."""

    port: int
    authorizer: Authorizer
    identities: Identities
    faults: Faults
    _server: WsgiServer
    _thread: threading.Thread

    @property
    def endpoint(self) -> str:
        """Return the URL that clients use."""
        return f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve_front(port: int, *, hooks: FrontHooks, propagation_seconds: float = 0) -> FrontServer:
    """Listen on the port (0 picks a free one) and return the running front, or raise `PortInUseError`."""
    front = Front(hooks, propagation_seconds=propagation_seconds)
    server = WsgiServer(port, front)
    thread = server.start()
    return FrontServer(server.server_port, front.authorizer, front.identities, front.faults, server, thread)


def _read(environ: dict[str, Any], body: bytes) -> Call | None:
    """Return the API call of a request, or None for the paths that are the stack's or moto's own."""
    if str(environ["PATH_INFO"]).startswith((_CONTROL_PREFIX, _MOTO_PREFIX, URL_PREFIX)):
        return None
    return read_call(environ, body)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
