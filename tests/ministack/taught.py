"""Starts ministack with the one resource type of the template that it does not know; run by ministack's own Python.

Without it ministack refuses the template whole, which a test asserts: what it does know could not be tried.
"""

from typing import Any

from ministack.app import main
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
KIND = "AWS::Events::EventBusPolicy"


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


if __name__ == "__main__":
    if KIND in provisioners._RESOURCE_HANDLERS:  # noqa: SLF001
        message = f"ministack knows the type by now, and needs no teaching: `{KIND}`"
        raise SystemExit(message)
    provisioners._RESOURCE_HANDLERS[KIND] = {"create": _create, "update": _update, "delete": _delete}  # noqa: SLF001
    main()
