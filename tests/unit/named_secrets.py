"""Secrets for the tests of several rooms."""

import json

from panorama_guard.case import secret
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard
from tests.builders import ACCOUNT, PROFILE

OTHERS = "999999999999"
NAME = "panorama-camera-1"
ARN = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:{NAME}-a1B2c3"
KEY = resource_key(secret.TYPE, NAME)
(SECRETS,) = [one for one in PROFILE.resources if one.type == secret.TYPE]
STANDARD = ResourceStandard(SECRETS)


def lets(principal: object, action: str = "secretsmanager:GetSecretValue", **rest: object) -> dict[str, object]:
    """Return a statement of a secret's policy that lets somebody in."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **rest}


def text(*statements: object) -> str:
    """Return a policy with white space of its own."""
    return '{ "Version": "2012-10-17",\n  "Statement": [ ' + " ,\n ".join(map(json.dumps, statements)) + " ] }"


def a_secret(*statements: object, **parts: str) -> ResourceSnapshot:
    """Return a secret with a policy of these statements, and parts under their names with `_` for a blank."""
    policy = (Part(secret.POLICY, text(*statements)),) if statements else ()
    others = tuple(Part(name.replace("_", " "), value) for name, value in parts.items())
    return ResourceSnapshot(Subject(ACCOUNT, ARN, KEY, ARN), secret.TYPE, in_order((*policy, *others)))


def rotation(account: str) -> str:
    """Return that a function of an account rotates the secret."""
    return canonical({"Rotations": [{"RotationLambdaARN": f"arn:aws:lambda:us-east-1:{account}:function:rotate"}]})
