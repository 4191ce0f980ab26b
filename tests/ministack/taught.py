"""Starts ministack with what it has to know of AWS to take the guard; run by ministack's own Python.

Without the resource type it refuses the template whole, which a test asserts: what it does know could not be tried.
Where it enforces permissions it asks for one of `sqs:SendMessageBatch`, which AWS does not have: there it is
`sqs:SendMessage` (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html).
"""

from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
KIND = "AWS::Events::EventBusPolicy"
ACTIONS = {"sqs:SendMessageBatch": "sqs:SendMessage"}

_extract = iam_actions.extract_iam_action


def _create(_: str, properties: Properties, __: str) -> tuple[str, Properties]:
    """Add the statement to the policy that ministack keeps of the bus, as its own PutPermission does."""
    bus, sid = properties["EventBusName"], properties["StatementId"]
    policy = eventbridge._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})  # noqa: SLF001
    policy["Statement"].append({"Sid": sid, **properties["Statement"]})
    return f"{bus}|{sid}", {}


def _delete(_: str, properties: Properties) -> None:
    """Take the statement away; with the bus its policy is gone."""
    policy = eventbridge._event_bus_policies.get(properties["EventBusName"], {"Statement": []})  # noqa: SLF001
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != properties["StatementId"]]


def _update(_: str, old: Properties, new: Properties, stack: str) -> tuple[str, Properties]:
    """Put the new statement in the place of the old one."""
    _delete("", old)
    return _create("", new, stack)


def _action_of(*request: Any) -> str | None:
    """Return the action that AWS would ask a permission of."""
    action = _extract(*request)
    return None if action is None else ACTIONS.get(action, action)


if __name__ == "__main__":
    if KIND in provisioners._RESOURCE_HANDLERS:  # noqa: SLF001
        message = f"ministack knows the type by now, and needs no teaching: `{KIND}`"
        raise SystemExit(message)
    provisioners._RESOURCE_HANDLERS[KIND] = {"create": _create, "update": _update, "delete": _delete}  # noqa: SLF001
    iam_actions.extract_iam_action = _action_of
    app._port_is_bindable = lambda *_: False  # noqa: SLF001 - it would take port 443 of the machine as well
    app.main()
