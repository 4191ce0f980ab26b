"""What the front can refuse or fail with.

FrontError
├── PortInUseError     the port is taken
├── CallRefusedError   a call is answered with a service's error
└── NoAnswerError      a call is never answered
"""

from __future__ import annotations


class FrontError(Exception):
    """The front cannot do what it was asked."""


class PortInUseError(FrontError):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        """Name the port."""
        super().__init__(f"port is already in use, choose another with PORT=: `{port}`")
        self.port = port


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
