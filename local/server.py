"""An HTTP/1.1 server that keeps connections alive and hands each request to a WSGI application."""

from __future__ import annotations

import io
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_to_bytes

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

from local.front_errors import LOOPBACK, PortInUseError

type_app = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]
BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_key_of = lru_cache(maxsize=1024)(environ_key_for_header)


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests whole, answers each in one write."""

    protocol_version = "HTTP/1.1"
    raw_requestline: bytes
    disable_nagle_algorithm = True
    server: WsgiServer

    def parse_request(self) -> bool:
        """Read the head of a request; the base class would have a parser of mail read the headers, which is slow."""
        self.requestline = self.raw_requestline.decode("latin-1").strip()
        self.command, self.request_version, words = "", self.protocol_version, self.requestline.split()
        if len(words) != len(("GET", "/", "HTTP/1.1")) or not words[-1].startswith("HTTP/1."):
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        self.command, self.path, self.request_version = words
        self.headers = self._read_headers()
        connection = self.headers.get("Connection", "").lower()
        self.close_connection = connection == "close" or (words[-1] == "HTTP/1.0" and connection != "keep-alive")
        expects = self.headers.get("Expect", "").lower() == "100-continue"
        return not expects or self.handle_expect_100()

    def _read_headers(self) -> HTTPMessage:
        headers = HTTPMessage()
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers.set_raw(name, value.strip())
        return headers

    def handle_request(self) -> None:
        """Answer one request of any method."""
        body = self._read_body()
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            started.append((status, headers))

        content = b"".join(self.server.application(self._environ(body), start_response))
        status, headers = started[-1]
        self._write(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = handle_request  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the recorder is the log."""

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._read_chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _read_chunks(self) -> Iterable[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _environ(self, body: bytes) -> dict[str, Any]:
        # A client that takes this for a proxy writes the whole URL.
        is_whole = self.path.startswith("http://")
        target = "/" + self.path.removeprefix("http://").partition("/")[2] if is_whole else self.path
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            # PEP 3333: the path is decoded to bytes and carried as latin-1.
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "RAW_URI": target,
            "REQUEST_URI": target,
            "QUERY_STRING": query,
            "SERVER_NAME": LOOPBACK,
            "SERVER_PORT": str(self.server.server_port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input": io.BytesIO(body),
        }
        self._add_headers(environ)
        environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def _add_headers(self, environ: dict[str, Any]) -> None:
        names: dict[str, str] = {}
        for name, value in self.headers.items():
            if name.lower() == "transfer-encoding":
                continue  # the body is whole by now
            preserved = should_preserve_original_header_name(name)
            if "_" in name and not preserved:
                continue
            key = _key_of(name)
            if preserved:
                names[key] = name
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = names

    def _write(self, status: str, headers: list[tuple[str, str]], content: bytes) -> None:
        code = int(status.split(" ", 1)[0])
        sized = any(name.lower() == "content-length" for name, _ in headers)
        keeps_length = self.command == "HEAD" and sized
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{n}: {v}" for n, v in headers if keeps_length or n.lower() not in {"content-length", "connection"}]
        if code not in BODILESS and not keeps_length:
            lines.append(f"Content-Length: {len(content)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        has_no_body = self.command == "HEAD" or code in BODILESS
        self.wfile.write(head if has_no_body else head + content)


class WsgiServer(ThreadingHTTPServer):
    """A listening socket on the loopback address and a thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: type_app) -> None:
        """Listen on the port, or raise `PortInUseError`."""
        self.application = application
        try:
            super().__init__((LOOPBACK, port), _Handler)
        except OSError as error:
            raise PortInUseError(port, error) from None

    def server_bind(self) -> None:
        """Bind without looking up the host's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name = LOOPBACK
        self.server_port = self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that went away; let every other error be seen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def start(self) -> threading.Thread:
        """Serve in a thread of its own, and return it."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        return thread
