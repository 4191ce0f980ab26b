"""Reads and writes whatever is guarded, each by the adapter of its kind.

An adapter is made when it is first needed: a change of a role loads no model of S3.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, runtime_checkable

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_OPTED_IN, code_of, message_of
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.region import in_region, is_regional, region_of, without_region
from panorama_guard.case.resource import ResourceSnapshot, is_resource_key, kind_of, service_of
from panorama_guard.case.step import DeletePart, PartStep, PutPart, Step
from panorama_guard.case.sweeping import Seen
from panorama_guard.policy.record import replace


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


@runtime_checkable
class Walker(Protocol):
    """Looks at one resource after another to find those of its type, and can begin anywhere."""

    def walk(self, kind: str, after: str) -> Iterable[Seen]:
        """Yield what it looks at after a key, in order."""
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


Readers = Mapping[str, Callable[[], Reader]]
Writers = Mapping[str, Callable[[], PartWriter]]


class Resources:
    """Every resource, by the reader of its type, or of its service, which is the first word of its key.

    A reader knows one region, and none of the names of regions: what it reads elsewhere is named here.
    """

    def __init__(self, readers_in: Callable[[str], Readers], regions: tuple[str, ...] = ()) -> None:
        """Take what makes each reader of a region, by the type that it reads, or by the first word of all its types.

        The guard's own region is the empty text; `regions` are the others in which resources are listed.
        """
        self._readers_in = readers_in
        self._regions = regions

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource of this key, or None if the account has none there."""
        found = self._reader(key).read_resource(without_region(key))
        return found and replace(found, subject=replace(found.subject, name=key))

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of what a call names by something else, in the region of the call."""
        found = self._reader(key).behind(without_region(key))
        return tuple(in_region(one, region_of(key)) for one in found)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all resources of a type; raise UnlistedError where AWS does not let them be listed."""
        return tuple(in_region(key, region) for region in self._where(kind) for key in self._keys(kind, region))

    def _keys(self, kind: str, region: str) -> tuple[str, ...]:
        try:
            return self._reader(in_region(f"{kind}:", region)).resource_keys(kind)
        except ClientError as error:
            raise _unlisted(kind, region, error) from error

    def walk(self, kind: str, after: str) -> Iterator[Seen]:
        """Yield the resources of a type after a key, in order, with what has to be looked at to find them.

        Raises UnlistedError as `resource_keys` does. The home region's come first: so their keys are in order.
        """
        begun = region_of(after)
        for region in self._where(kind):
            if region >= begun:
                yield from self._walk(kind, region, without_region(after) if region == begun else "")

    def _walk(self, kind: str, region: str, after: str) -> Iterator[Seen]:
        reader = self._reader(in_region(f"{kind}:", region))
        if not isinstance(reader, Walker):
            keys = sorted(key for key in self._keys(kind, region) if key > after)
            yield from (Seen(in_region(key, region), is_there=True) for key in keys)
            return
        try:
            yield from (replace(one, key=in_region(one.key, region)) for one in reader.walk(kind, after))
        except ClientError as error:
            raise _unlisted(kind, region, error) from error

    def _where(self, kind: str) -> tuple[str, ...]:
        return ("", *sorted(self._regions)) if is_regional(kind) else ("",)

    def _reader(self, key: str) -> Reader:
        readers = self._readers_in(region_of(key))
        made = readers.get(kind_of(key)) or readers[service_of(key)]
        return made()


def _unlisted(kind: str, region: str, error: ClientError) -> Exception:
    """Return the error that says that AWS does not let something be listed; any other one as it is."""
    if code_of(error) not in DENIED | NOT_OPTED_IN:
        return error
    place = f" in {region}" if region else ""
    return UnlistedError(f"AWS does not let the guard list what is of type `{kind}`{place}: {message_of(error)}")


class SubjectWriter:
    """Writes to a role or a resource, by the writer of its kind, in its region."""

    def __init__(self, roles: RoleWriter, parts_in: Callable[[str], Writers]) -> None:
        """Take what writes to roles, and what makes the writer of each service's resources in a region."""
        self._roles = roles
        self._parts_in = parts_in

    def apply(self, name: str, step: Step) -> None:
        """Carry out one step."""
        if is_resource_key(name) and isinstance(step, PutPart | DeletePart):
            self._parts_in(region_of(name))[service_of(name)]().apply(without_region(name), step)
        else:
            self._roles.apply(name, step)
