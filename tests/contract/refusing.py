"""A client that AWS does not let make some of its calls, whatever else is asked of it and in which order."""

from typing import Any

from botocore.exceptions import ClientError

DENIED = "UnauthorizedException"


class RefusingTo:
    """A client that AWS does not let make some calls."""

    def __init__(self, client: Any, *beginnings: str, code: str = DENIED, status: int = 403) -> None:
        """Take the client, how the names of the calls begin, and what AWS says to them."""
        self._client, self._beginnings = client, beginnings
        self._said: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def __getattr__(self, name: str) -> Any:
        """Return the call, or what refuses it."""
        if name.startswith(self._beginnings):
            return self._refuse
        return getattr(self._client, name)

    def get_paginator(self, operation: str) -> Any:
        """Return what pages, or what refuses to."""
        is_refused = operation.startswith(self._beginnings)
        return _Refusing(self._refuse) if is_refused else self._client.get_paginator(operation)

    def _refuse(self, **_: object) -> Any:
        raise ClientError(self._said, "call")


class _Refusing:
    """A paginator whose first page is refused."""

    def __init__(self, refuse: Any) -> None:
        """Take what refuses."""
        self.paginate = refuse
