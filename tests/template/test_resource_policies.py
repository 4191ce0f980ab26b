"""By its own policy no queue, topic or bucket of the guard takes a call of another account; services still get in."""

from typing import Any

import pytest

from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from tests.architecture.test_template_roles import ACCOUNT, parsed, resolved
from tests.template.reading import Template, actions, as_list, of_type
from tests.template.resource_policies import POLICIES
from tests.template.test_member import MEMBER
from tests.template.translation import read_source, translate

# Who asks, as AWS puts it into a request.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# A service that speaks in its own name has no account; what it does for somebody is that one's call.
CALLERS: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("a role of this account", {"aws:PrincipalAccount": ACCOUNT, "aws:PrincipalIsAWSService": "false"}, True),
    ("a service in its own name", {"aws:PrincipalIsAWSService": "true"}, True),
    ("a service with an account of AWS", {"aws:PrincipalAccount": "1" * 12, "aws:PrincipalIsAWSService": "true"}, True),
    ("a role of a member", {"aws:PrincipalAccount": "2" * 12, "aws:PrincipalIsAWSService": "false"}, False),
    ("nobody", {"aws:PrincipalAccount": "anonymous"}, False),
    ("nobody, and nothing is said", {}, False),
)
EVERYBODY = {"Sid": "Everybody", "Effect": "Allow", "Action": "*", "Resource": "*"}


def denials() -> list[Any]:
    """Return each policy of a queue, topic or bucket of the home, of a forwarder and of a member, its Denies alone."""
    templates: dict[str, Template] = {
        "home": translate(),
        "forwarder": translate(part="forward"),
        "member": read_source(MEMBER),
    }
    return [
        pytest.param(
            [one for one in as_list(policy["PolicyDocument"]["Statement"]) if one["Effect"] == "Deny"],
            id=f"{part}-{name}",
        )
        for part, template in templates.items()
        for name, policy in of_type(template, *POLICIES).items()
    ]


@pytest.mark.parametrize(("who", "context", "is_let_in"), CALLERS, ids=[one[0] for one in CALLERS])
@pytest.mark.parametrize("denied", denials())
def test_a_call_of_another_account_is_denied_whatever_allows_it(
    denied: list[dict[str, Any]], who: str, context: dict[str, str], *, is_let_in: bool
) -> None:
    """Each action that the policy may name, beside an Allow of everything to everybody."""
    statements = [{key: each for key, each in resolved(one).items() if key != "Principal"} for one in denied]
    grant = Grant((parsed({"Version": "2012-10-17", "Statement": [EVERYBODY, *statements]}, "policy"),))
    asked = (*((key, (value,)) for key, value in context.items()), ("aws:SecureTransport", ("true",)))
    for action in (name.replace("*", "Anything") for one in denied for name in actions(one)):
        for resource in as_list(resolved(denied[-1])["Resource"]):
            request = Request(action, resource.replace("*", "x"), asked)
            assert allows(grant, request) is is_let_in, who


def test_the_policies_of_all_three_are_asked() -> None:
    """None is left out because it is called otherwise."""
    assert {each.id.partition("-")[0] for each in denials()} == {"home", "forwarder", "member"}
