"""What the front can refuse or fail with.

FrontError
├── PortInUseError     the port is taken
├── CallRefusedError   a call is answered with a service's error
└── NoAnswerError      a call is never answered
"""

from __future__ import annotations

import errno
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class FrontError(Exception):
    """The front cannot do what it was asked."""


class PortInUseError(FrontError):
    """Something else listens on the port, or the system lets nobody listen there."""

    def __init__(self, port: int, error: OSError) -> None:
        """Name the port, and say why it cannot be had."""
        why = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
        super().__init__(f"port {why}, choose another with PORT=: `{port}`")
        self.port = port


def refuse_taken_port(port: int) -> None:
    """Raise `PortInUseError` where nobody could listen on the port now; 0 stands for any that is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as a server does
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PortInUseError(port, error) from None


class CallRefusedError(FrontError):
    """A call is answered with this error in the service's own shape."""

    def __init__(self, code: str, message: str, status: int) -> None:
        """Carry the error code, its message and the HTTP status."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class UnknownOperationError(CallRefusedError):
    """moto has no such operation, so the local AWS has not either."""

    def __init__(self, operation: str) -> None:
        """Say what moto said."""
        super().__init__("NotImplemented", f"the local AWS does not have this operation: `{operation}`", 501)


class NoAnswerError(FrontError, ConnectionError):
    """The connection ends without an answer."""
