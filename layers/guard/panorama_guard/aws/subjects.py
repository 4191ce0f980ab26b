"""Reads and writes whatever is guarded, each by the adapter of its kind.

An adapter is made when it is first needed: a change of a role loads no model of S3.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, code_of, message_of
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.resource import ResourceSnapshot, is_resource_key, service_of
from panorama_guard.case.step import DeletePart, PartStep, PutPart, Step


class Reader(Protocol):
    """Reads the resources of one type."""

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource of this key."""
        ...

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of what a call names by something else."""
        ...

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all resources of a type."""
        ...


class RoleWriter(Protocol):
    """Writes to roles."""

    def apply(self, role_name: str, step: Step) -> None:
        """Carry out one step."""
        ...


class PartWriter(Protocol):
    """Writes to the resources of one type."""

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step."""
        ...


class Resources:
    """Every resource, by the reader of its type, or of its service, which is the first word of its key."""

    def __init__(self, readers: Mapping[str, Callable[[], Reader]]) -> None:
        """Take what makes each reader, by the type that it reads, or by the first word of all its types."""
        self._readers = readers

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource of this key, or None if the account has none."""
        return self._reader(key).read_resource(key)

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of what a call names by something else."""
        return self._reader(key).behind(key)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all resources of a type; raise UnlistedError where AWS does not let them be listed."""
        try:
            return self._reader(kind).resource_keys(kind)
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            message = f"AWS does not let the guard list what is of type `{kind}`: {message_of(error)}"
            raise UnlistedError(message) from error

    def _reader(self, key: str) -> Reader:
        made = self._readers.get(key.partition(":")[0]) or self._readers[service_of(key)]
        return made()


class SubjectWriter:
    """Writes to a role or a resource, by the writer of its kind."""

    def __init__(self, roles: RoleWriter, parts: Mapping[str, Callable[[], PartWriter]]) -> None:
        """Take what writes to roles, and what makes the writer of each service's resources."""
        self._roles = roles
        self._parts = parts

    def apply(self, name: str, step: Step) -> None:
        """Carry out one step."""
        if is_resource_key(name) and isinstance(step, PutPart | DeletePart):
            self._parts[service_of(name)]().apply(name, step)
        else:
            self._roles.apply(name, step)
