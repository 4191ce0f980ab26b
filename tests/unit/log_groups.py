"""Log groups for the tests of several rooms."""

import json

from panorama_guard.case import log_group
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard
from tests.builders import ACCOUNT, PROFILE

OTHERS = "999999999999"
NAME = "/aws/panorama/devices/gate"
ARN = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{NAME}"
KEY = resource_key(log_group.TYPE, NAME)
(GROUPS,) = [one for one in PROFILE.resources if one.type == log_group.TYPE]
STANDARD = ResourceStandard(GROUPS)
FILTER = log_group.filter_part("copy")
POLICY = log_group.policy_part("of-others")
SUBSCRIPTION = log_group.subscription_part("all")


def destination(account: str) -> str:
    """Return the ARN of a destination of an account."""
    return f"arn:aws:logs:us-east-1:{account}:destination:central"


def filters(target: str) -> str:
    """Return a filter that sends events to a target."""
    return canonical({"Filters": [{"filterName": "copy", "filterPattern": "", "destinationArn": target}]})


def lets(principal: object, action: str = "logs:FilterLogEvents", **rest: object) -> dict[str, object]:
    """Return a statement of a resource policy that lets somebody in."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": f"{ARN}:*", **rest}


def text(*statements: object) -> str:
    """Return a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def a_group(*parts: tuple[str, str], destinations: str = "") -> ResourceSnapshot:
    """Return a log group with these parts."""
    facts = (Part(log_group.DESTINATIONS, destinations),) if destinations else ()
    own = in_order(tuple(Part(name, value) for name, value in parts))
    return ResourceSnapshot(Subject(ACCOUNT, ARN, KEY, f"{ARN}@1"), log_group.TYPE, own, (), facts)
