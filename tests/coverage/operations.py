"""Every operation of the watched services that writes, from botocore's models, and what the guard makes of each.

The models are those of the botocore that the tests run with: an operation that a later one has is in none of the lists.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from moto.core.utils import get_service_model

from local.trail_names import event_name, event_source, is_recorded
from local.wire import Call, Caller
from panorama_guard.case.routes import route_of, without_version

_FOLDERS = (Path(__file__).parent, Path(__file__).parents[1] / "unit/case")  # patterns here, names there
IGNORED: dict[str, dict[str, list[str]]] = {
    service: reasons
    for folder in _FOLDERS
    for service, reasons in json.loads((folder / "ignored.json").read_text(encoding="utf-8")).items()
}


_MODELS = {"greengrass": ("greengrass", "greengrassv2")}
_READS = ("BatchDescribe", "Render")  # beside those that the recorder of the local stack knows


@dataclass(frozen=True)
class Operation:
    """One operation that writes, and under which name CloudTrail records it."""

    service: str
    name: str
    source: str
    event: str

    @property
    def is_routed(self) -> bool:
        """Say whether the guard looks at what it was done to."""
        return route_of(self.source, self.event) is not None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why it is ignored, by each pattern that is about it."""
        listed = IGNORED[self.service].items()
        return tuple(why for why, patterns in listed if any(re.fullmatch(one, self.name) for one in patterns))


def operations() -> Iterator[Operation]:
    """Yield every operation of the services in `ignored.json` that CloudTrail logs as a management event."""
    for service in IGNORED:
        for model, name in names_in_models(service):
            call = a_call(model, name)
            if is_recorded(call) and not name.startswith(_READS):
                source = event_source(model)
                yield Operation(service, name, source, without_version(source, event_name(call)))


def names_in_models(service: str) -> Iterator[tuple[str, str]]:
    """Yield every operation of a service with its model; Greengrass has two, and CloudTrail one source for both."""
    session = botocore.session.get_session()
    for model in _MODELS.get(service, (service,)):
        yield from ((model, name) for name in session.get_service_model(model).operation_names)


@cache
def _by_event() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in operations():
        found.setdefault((one.source, one.event), []).append(one.name)
    return found


def names_of(source: str, event: str) -> list[str]:
    """Return by which operations an event comes about; by its own name where no model is read of its service."""
    return _by_event().get((source, event), [event])


def a_call(service: str, name: str) -> Call:
    """Return a call of an operation, as the recorder of the local stack sees it."""
    model = get_service_model(service).operation_model(name)
    return Call(service, name, "us-east-1", "", Caller(None, "", ""), {}, model)
