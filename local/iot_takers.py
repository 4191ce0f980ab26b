"""What of AWS IoT acts as a role: moto has little of it. It is kept as it was asked for, each kind by its own calls.

https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.iot.exceptions import IoTClientError, ResourceNotFoundException
from moto.iot.responses import IoTResponse

from panorama_guard.case.iot_takers import DESTINATION, REGISTRATION, TAKERS, name_in

Answer = Callable[[IoTResponse], ActionResult]

_PUT: Final = ("Create", "Update", "Register", "Start")
_SHOW: Final = ("Describe", "Get")
# Calls that keep what there is one of, that show it and that take it away.
_SETTINGS: Final = (
    ("SetLoggingOptions", "GetLoggingOptions", ""),
    ("SetV2LoggingOptions", "GetV2LoggingOptions", ""),
    ("UpdateAccountAuditConfiguration", "DescribeAccountAuditConfiguration", "DeleteAccountAuditConfiguration"),
    ("UpdateEncryptionConfiguration", "DescribeEncryptionConfiguration", ""),
    ("UpdatePackageConfiguration", "GetPackageConfiguration", ""),
)


def taker_repairs() -> Iterator[tuple[type, str, object]]:
    """Yield the operations by which AWS IoT keeps what acts as a role, of every kind."""
    model = get_service_model("iot")
    for kind, (word, member) in TAKERS.items():
        named = {
            **{f"{verb}{word}": _putting(kind, member) for verb in _PUT},
            **{f"{verb}{word}": _showing(kind) for verb in _SHOW},
            f"Delete{word}": _deleting(kind),
            f"List{word}s": _listing(kind, member, f"List{word}s"),
        }
        yield from (
            (IoTResponse, xform_name(name), one) for name, one in named.items() if name in model.operation_names
        )
    yield IoTResponse, "stop_thing_registration_task", _stop_registration
    for put, show, delete in _SETTINGS:
        yield IoTResponse, xform_name(put), _setting(show)
        yield IoTResponse, xform_name(show), _showing_setting(show)
        if delete:
            yield IoTResponse, xform_name(delete), _unsetting(show)


def hidden(what: str) -> IoTClientError:
    """Return what AWS says of a rule or a destination that is not there: that it lets nobody read it."""
    return IoTClientError("UnauthorizedException", f"Access to {what} was denied")


def _not_configured() -> IoTClientError:
    return IoTClientError("NotConfiguredException", "The resource is not configured.")


def _kept(response: IoTResponse, kind: str) -> dict[str, Any]:
    """Return what is kept of a kind, which the backend forgets with everything else."""
    kinds: dict[str, dict[str, Any]] = response.iot_backend.__dict__.setdefault("takers", {})
    return kinds.setdefault(kind, {})


def _body(response: IoTResponse) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.body or "{}")
    return body


def _named(response: IoTResponse) -> str:
    """Return what the path names, as the guard calls it; an empty text where it names nothing."""
    return name_in(unquote(next(iter(response.uri_match.values()), "")))


def _putting(kind: str, member: str) -> Answer:
    def put(response: IoTResponse) -> ActionResult:
        name, asked, kept = _named(response) or _made_name(kind), _body(response), _kept(response, kind)
        known = _arn(response, name) if kind == DESTINATION else name
        asked |= {member: known, "name": name, "status": "InProgress"}
        vpc = asked.get("destinationConfiguration", {}).get("vpcConfiguration", {})
        asked |= {"topicRuleDestination": {"arn": known, "vpcProperties": vpc}, "streamInfo": {**asked}}
        kept[name] = {**kept.get(name, {}), **asked}
        return ActionResult(kept[name])

    return put


def _made_name(kind: str) -> str:
    if kind == DESTINATION:
        return f"vpc/{uuid.uuid4()}"
    return str(uuid.uuid4()) if kind == REGISTRATION else uuid.uuid4().hex * 2


def _arn(response: IoTResponse, name: str) -> str:
    return f"arn:aws:iot:{response.region}:{response.current_account}:ruledestination/{name}"


def _showing(kind: str) -> Answer:
    def show(response: IoTResponse) -> ActionResult:
        name = _named(response)
        if name in _kept(response, kind):
            return ActionResult(_kept(response, kind)[name])
        if kind == DESTINATION:
            raise hidden(name)
        raise ResourceNotFoundException

    return show


def _deleting(kind: str) -> Answer:
    def delete(response: IoTResponse) -> ActionResult:
        _kept(response, kind).pop(_named(response), None)
        return ActionResult({})

    return delete


def _listing(kind: str, member: str, operation: str) -> Answer:
    members = get_service_model("iot").operation_model(operation).output_shape.members
    listed = next(name for name, shape in members.items() if shape.type_name == "list")

    def list_all(response: IoTResponse) -> ActionResult:
        entries = list(_kept(response, kind).values())
        if kind == REGISTRATION:
            status = response._get_param("status")
            return ActionResult({listed: [one[member] for one in entries if status in (None, one["status"])]})
        return ActionResult({listed: entries})

    return list_all


def _stop_registration(response: IoTResponse) -> ActionResult:
    _kept(response, REGISTRATION)[_named(response)]["status"] = "Cancelled"
    return ActionResult({})


def _setting(show: str) -> Answer:
    def put(response: IoTResponse) -> ActionResult:
        asked = _body(response)
        _kept(response, show).update(asked.get("loggingOptionsPayload", asked))
        return ActionResult({})

    return put


def _showing_setting(show: str) -> Answer:
    def shown(response: IoTResponse) -> ActionResult:
        if show == "GetV2LoggingOptions" and not _kept(response, show):
            raise _not_configured()
        return ActionResult(_kept(response, show))

    return shown


def _unsetting(show: str) -> Answer:
    def delete(response: IoTResponse) -> ActionResult:
        _kept(response, show).clear()
        return ActionResult({})

    return delete
