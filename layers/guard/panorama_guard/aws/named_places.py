"""Finds in what AWS describes the roles and the places in S3 that it names, however deep they stand."""

from collections.abc import Iterator
from typing import Any

# How a member ends that names a role, in whatever case: `roleArn`, `ExecutionRoleArn`, and `ExecutionRole` of a domain.
_ROLE = ("rolearn", "rolearnforlogging", "executionrole", "clusterrole", "validationrole")
_PLACES = ("s3uri", "s3outputpath", "s3outputlocation", "modeldataurl", "localmodelpath")
_SCHEME = "s3://"  # what has it is a place whatever its member is called: `OutputS3Uri`, `DestinationS3Uri`
_WRITTEN = ("output", "checkpoint", "destination", "artifact", "debug", "tensorboard")
_DERIVED = ("s3modelartifacts", "resolvedoutputs3uri")  # under an output that is named beside it
_OF_THE_CONTAINER = ("environment", "hyperparameters", "statichyperparameters")  # what it does with them is its own


def named_roles(value: Any) -> list[str]:
    """Return the ARNs of the roles that a structure names."""
    found = {text for path, text in _texts(value, ()) if path[-1].endswith(_ROLE)}
    return sorted(found)


def named_places(value: Any) -> tuple[list[str], list[str]]:
    """Return the places in S3 that a structure names: those that are read, and those that are written to."""
    places = [(path, text) for path, text in _texts(value, ()) if _is_place(path, text)]
    written = {text for path, text in places if _is_written(path)}
    return sorted({text for path, text in places if not _is_written(path)}), sorted(written)


def _is_place(path: tuple[str, ...], text: str) -> bool:
    if path[-1] in _PLACES:
        return bool(text)
    return text.startswith(_SCHEME) and path[-1] not in _DERIVED and not any(name in _OF_THE_CONTAINER for name in path)


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
