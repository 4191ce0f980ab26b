"""Lambda functions for the tests of several rooms."""

import json

from panorama_guard.aws.functions import split_policy
from panorama_guard.case import function
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard
from tests.builders import ACCOUNT, PROFILE

OTHERS = "999999999999"
NAME = "panorama-detector"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{NAME}"
KEY, RUNNER_KEY = resource_key(function.TYPE, NAME), "lambda-runner:payroll"
(FUNCTIONS,) = (one for one in PROFILE.resources if one.type == function.TYPE)
(RUNNERS,) = (one for one in PROFILE.resources if one.type == function.RUNNER)
STANDARD = ResourceStandard(FUNCTIONS)
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/panorama-detector-runtime"


def lets(sid: str, principal: object, **rest: object) -> dict[str, object]:
    """Return a statement of a function's policy that lets somebody run it."""
    own = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Resource": ARN}
    return {**own, **rest}


def a_function(*statements: object, role: str = OWN_ROLE) -> ResourceSnapshot:
    """Return a function with these statements in its policy."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    parts = (Part(function.ROLE, canonical(role)), *split_policy(text, ""))
    return ResourceSnapshot(Subject(ACCOUNT, ARN, KEY, ARN), function.TYPE, in_order(parts))


def a_url(auth_type: str = "NONE", qualifier: str = "") -> str:
    """Return the text of a function URL."""
    return canonical({"Urls": [{"AuthType": auth_type, "InvokeMode": "BUFFERED", "Qualifier": qualifier}]})


def lists(name: str, *entries: object) -> str:
    """Return the text of a part that is a list."""
    return canonical({name: list(entries)})


THEIRS = lets("partner", {"AWS": f"arn:aws:iam::{OTHERS}:root"})
OWN = lets("own", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
BY_URL = {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
PUBLIC_URL = lets("public", "*", Action="lambda:InvokeFunctionUrl", Condition=BY_URL)
