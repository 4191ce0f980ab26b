"""What AWS IoT holds, for the tests of several rooms."""

import json

from panorama_guard.case import iot
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard
from tests.builders import ACCOUNT, PROFILE

ARN = f"arn:aws:iot:us-east-1:{ACCOUNT}:"
CERTIFICATE = f"{ARN}cert/{'0f' * 32}"
APPLIANCE = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanoramaApplianceRole"
STANDARDS = {one.type: ResourceStandard(one) for one in PROFILE.resources if one.type.startswith("iot-")}
NAMES = {
    iot.POLICY: "policy/panorama-gate",
    iot.THING: "thing/panorama-gate",
    iot.ALIAS: "rolealias/panorama-appliance",
}


def lets(action: str | list[str], resource: str, **rest: object) -> dict[str, object]:
    """Return a statement of an IoT policy; the resource is what stands behind the account in its ARN."""
    return {"Effect": "Allow", "Action": action, "Resource": resource if resource == "*" else ARN + resource, **rest}


def document(*statements: object) -> str:
    """Return a policy with white space of its own."""
    return '{ "Version": "2012-10-17",\n  "Statement": [ ' + " ,\n ".join(map(json.dumps, statements)) + " ] }"


OWN = document(lets("iot:Connect", "client/panorama-gate"), lets("iot:Publish", "topic/panorama-gate/events"))
EVERYTHING = document(lets("iot:*", "*"))


def found_in_iot(kind: str, key: str, /, **parts: object) -> ResourceSnapshot:
    """Return a resource of AWS IoT with parts under their names with `_` for a blank, each as text or as structure."""
    texts = {name.replace("_", " "): one if isinstance(one, str) else canonical(one) for name, one in parts.items()}
    made = in_order(tuple(Part(name, text) for name, text in texts.items()))
    arn = ARN + NAMES.get(kind, f"{kind}/{key}")
    return ResourceSnapshot(Subject(ACCOUNT, arn, resource_key(kind, key), arn), kind, made)


def a_policy(text: str = OWN, *earlier: str, targets: tuple[dict[str, object], ...] = ()) -> ResourceSnapshot:
    """Return an IoT policy of the naming pattern with a document in force, and earlier versions that are not."""
    attachments = {"attachments": {"Targets": list(targets)}} if targets else {}
    policy = found_in_iot(iot.POLICY, "panorama-gate", **{"default version": text, **attachments})
    facts = tuple(Part(iot.version_fact(str(number)), one) for number, one in enumerate(earlier, start=1))
    return ResourceSnapshot(policy.subject, policy.type, policy.parts, facts=facts)
