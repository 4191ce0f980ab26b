"""No call of a watched service that gives something a role is overlooked: all of botocore's are routed, or say why not.

That a role is passed on is never in the trail, so what gets it is watched instead.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from panorama_guard.case.routes import event_names
from tests.builders import PROFILE

_REASONS = json.loads(Path(__file__).with_name("role_takers.json").read_text(encoding="utf-8"))
_SERVICES = {
    **{name: f"{name}.amazonaws.com" for name in ("s3", "iot", "lambda", "sagemaker", "logs", "secretsmanager")},
    "s3control": "s3.amazonaws.com",
    "cloudwatch": "monitoring.amazonaws.com",
    **dict.fromkeys(("greengrass", "greengrassv2"), "greengrass.amazonaws.com"),
    "rolesanywhere": "rolesanywhere.amazonaws.com",
}
_READS = re.compile("Get|List|Describe|Search|Head|Select|Test|BatchGet|BatchDescribe|DeleteAuditSuppression")
_ROLE = re.compile(r"role(s|_?arn|arns)?$|rolearn", re.IGNORECASE)
_NO_ROLE = re.compile("alias", re.IGNORECASE)


def takers(service: str) -> Iterator[str]:
    """Yield the operations of a service that take a role's ARN, however deep it stands in what they are given."""
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        if shape is not None and not _READS.match(name) and any(_roles(shape, ())):
            yield name


def _roles(shape: Shape, seen: tuple[str, ...]) -> Iterator[str]:
    if shape.name in seen:
        return
    seen = (*seen, shape.name)
    inner = [getattr(shape, name) for name in ("member", "value") if hasattr(shape, name)]
    for name, member in getattr(shape, "members", {}).items():
        if member.type_name == "string" and _ROLE.search(name) and not _NO_ROLE.search(name):
            yield name
        inner.append(member)
    for one in inner:
        yield from _roles(one, seen)


@pytest.mark.parametrize("service", _SERVICES)
def test_whatever_is_given_a_role_is_routed_or_says_why_not(service: str) -> None:
    """A later botocore's new operations too; and no reason is left of one that is gone or routed by now."""
    routed = {name.lower() for name in event_names(_SERVICES[service])}
    others = {name for name in takers(service) if name.lower() not in routed}
    said = {name: why for why, names in _REASONS.get(service, {}).items() for name in names}
    assert others == said.keys()
    trusted = {why.partition("trusts ")[2].partition(",")[0] for why in said.values() if "trusts " in why}
    assert trusted <= set(_REASONS["no guarded role trusts"])


@pytest.mark.parametrize("service", sorted(_REASONS["no guarded role trusts"]))
def test_a_service_that_no_guarded_role_trusts_gets_none(service: str) -> None:
    """Who lets it in first is told of, and in mode enforce it is shut out again."""
    assert service not in {word for role in PROFILE.roles for word in re.findall(r"[\w.-]+\.amazonaws\.com", str(role))}
