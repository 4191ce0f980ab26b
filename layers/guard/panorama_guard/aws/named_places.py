"""Finds in what AWS describes the roles and the places in S3 that it names, however deep they stand."""

from collections.abc import Iterator
from typing import Any

# How a member ends that names a role, in whatever case: `roleArn`, `ExecutionRoleArn`, and `ExecutionRole` of a domain.
_ROLE = ("rolearn", "executionrole")
_PLACES = ("s3uri", "s3outputpath", "s3outputlocation", "modeldataurl", "localmodelpath")
_WRITTEN = ("output", "checkpoint")


def named_roles(value: Any) -> list[str]:
    """Return the ARNs of the roles that a structure names."""
    found = {text for path, text in _texts(value, ()) if path[-1].endswith(_ROLE)}
    return sorted(found)


def named_places(value: Any) -> tuple[list[str], list[str]]:
    """Return the places in S3 that a structure names: those that are read, and those that are written to."""
    places = [(path, text) for path, text in _texts(value, ()) if path[-1] in _PLACES and text]
    written = {text for path, text in places if _is_written(path)}
    return sorted({text for path, text in places if not _is_written(path)}), sorted(written)


def _is_written(path: tuple[str, ...]) -> bool:
    return any(word in name for name in path for word in _WRITTEN)


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of a structure, with the names in lower case that lead to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*path, str(name).lower()))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, path)
    elif isinstance(value, str) and path:
        yield path, value
