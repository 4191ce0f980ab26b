"""drafts/plan.py, references.py: what a Terraform plan says of roles, and what is known only after the apply."""

from typing import Any

import pytest

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.node import Hole, node_of
from panorama_guard.drafts.plan import read_plan
from panorama_guard.drafts.references import without_index
from panorama_guard.drafts.roles import Drafted
from tests.builders import PROFILE

GUARDED = [role.name for role in (*PROFILE.roles, *PROFILE.watched)]
SERVICE = "AWSPanoramaServiceRole"
COMPUTED = {"arn": True, "id": True, "inline_policy": True, "managed_policy_arns": True}


def changed(address: str, after: Any, unknown: Any = None) -> dict[str, Any]:
    """Return a change of a plan; nothing after it for what is destroyed."""
    kind = without_index(address).split(".")[-2]
    return {"address": address, "type": kind, "change": {"after": after, "after_unknown": unknown or {}}}


def configured(address: str, **references: list[str]) -> dict[str, Any]:
    """Return a resource of the configuration whose attributes come from elsewhere."""
    expressions = {name: {"references": listed} for name, listed in references.items()}
    return {"address": address, "expressions": expressions}


def read(changes: list[Any], resources: list[Any] | None = None, **root: Any) -> Drafted:
    """Return what a plan holds."""
    configuration = {"root_module": {"resources": resources or [], **root}}
    return read_plan(node_of({"resource_changes": changes, "configuration": configuration}, 1), GUARDED)


ROLE = changed("aws_iam_role.r", {"name": SERVICE, "assume_role_policy": "{}"}, COMPUTED)


def test_what_a_role_does_not_set_is_not_unknown() -> None:
    """Terraform says known after apply of each attribute that the provider fills in."""
    (role,) = read([ROLE], [configured("aws_iam_role.r")]).roles
    assert (role.inline, role.attached, role.boundary) == ((), (), ())
    assert len(role.trust) == 1


def test_a_policy_by_the_roles_id_is_found_by_its_reference() -> None:
    """The id is known after apply; the configuration says whose it is."""
    policy = changed("aws_iam_role_policy.p", {"name": "p", "policy": "{}"}, {"role": True})
    (role,) = read(
        [ROLE, policy], [configured("aws_iam_role_policy.p", role=["aws_iam_role.r.id", "aws_iam_role.r"])]
    ).roles
    assert [one.name for one in role.inline] == ["p"]


def test_without_a_reference_it_is_told_of() -> None:
    """A role that is not known may be the guarded one."""
    policy = changed("aws_iam_role_policy.p", {"name": "p", "policy": "{}"}, {"role": True})
    assert read([policy]).notes == ("not judged: aws_iam_role_policy.p: it concerns a role whose name is not known",)


def test_a_policy_that_is_known_after_apply_is_a_hole() -> None:
    """It may be any document."""
    policy = changed("aws_iam_role_policy.p", {"name": "p", "role": SERVICE}, {"policy": True})
    (role,) = read([policy]).roles
    (document,) = role.inline[0].documents
    assert document.value == Hole("a value that is known after apply")


def test_inline_policies_that_are_set_and_not_known_are_a_hole() -> None:
    """The configuration sets them, so they are not merely unset."""
    resource = configured("aws_iam_role.r", inline_policy=["data.x.y"])
    (role,) = read([ROLE], [resource]).roles
    assert isinstance(role.inline[0].documents[0].value, Hole)


def test_an_attached_policy_is_found_by_arn_or_by_reference() -> None:
    """Of the plan, or of what the plan has read from the account."""
    own = changed("aws_iam_policy.p", {"name": "p", "path": "/", "policy": "own"}, {"arn": True})
    first = changed("aws_iam_role_policy_attachment.a", {"role": SERVICE}, {"policy_arn": True})
    second = changed("aws_iam_role_policy_attachment.b", {"role": SERVICE, "policy_arn": "arn:aws:iam::1:policy/q"})
    third = changed("aws_iam_policy_attachment.c", {"roles": ["x", SERVICE], "policy_arn": "arn:aws:iam::1:policy/z"})
    resource = configured("aws_iam_role_policy_attachment.a", policy_arn=["aws_iam_policy.p.arn", "aws_iam_policy.p"])
    read_before = {"type": "aws_iam_policy", "values": {"arn": "arn:aws:iam::1:policy/q", "policy": "theirs"}}
    plan = {
        "resource_changes": [own, first, second, third],
        "configuration": {"root_module": {"resources": [resource]}},
        "prior_state": {"values": {"root_module": {"child_modules": [{"resources": [read_before]}]}}},
    }
    roles = {role.name: role for role in read_plan(node_of(plan, 1), GUARDED).roles}
    assert [(one.name, [node.value for node in one.documents]) for one in roles[SERVICE].attached] == [
        ("arn:aws:iam::123456789012:policy/p", ["own"]),
        ("arn:aws:iam::1:policy/q", ["theirs"]),
        ("arn:aws:iam::1:policy/z", []),
    ]


def test_instances_of_one_index_belong_together() -> None:
    """With count and for_each, each policy goes to the role of its own key."""
    roles = [
        changed(f'aws_iam_role.r["{name}"]', {"name": name}, COMPUTED) for name in (SERVICE, "AWSPanoramaApplianceRole")
    ]
    policies = [
        changed(f'aws_iam_role_policy.p["{name}"]', {"name": name, "policy": "{}"}, {"role": True})
        for name in (SERVICE, "AWSPanoramaApplianceRole")
    ]
    found = read([*roles, *policies], [configured("aws_iam_role_policy.p", role=["aws_iam_role.r"])]).roles
    assert [(role.name, [one.name for one in role.inline]) for role in found] == [
        (SERVICE, [SERVICE]),
        ("AWSPanoramaApplianceRole", ["AWSPanoramaApplianceRole"]),
    ]


def test_references_lead_into_modules_and_out_of_them() -> None:
    """A variable of the caller's, and an output of another module."""
    role = changed("module.roles.aws_iam_role.r", {"name": SERVICE}, COMPUTED)
    policy = changed("module.extra[0].aws_iam_role_policy.p[1]", {"name": "p", "policy": "{}"}, {"role": True})
    calls = {
        "roles": {"module": {"outputs": {"name": {"expression": {"references": ["aws_iam_role.r.id"]}}}}},
        "extra": {
            "expressions": {"role": {"references": ["module.roles.name", "module.roles"]}},
            "module": {"resources": [configured("aws_iam_role_policy.p", role=["var.role"])]},
        },
    }
    (found,) = read([role, policy], module_calls=calls).roles
    assert [one.name for one in found.inline] == ["p"]


def test_references_that_go_round_end() -> None:
    """A variable that is made from itself leads nowhere."""
    policy = changed("module.m.aws_iam_role_policy.p", {"name": "p"}, {"role": True})
    outputs = {"o": {"expression": {"references": ["module.m.o"]}}}
    module = {
        "resources": [configured("aws_iam_role_policy.p", role=["module.m.o"])],
        "outputs": outputs,
        "module_calls": {},
    }
    module["module_calls"] = {"m": {"module": {"outputs": {"o": {"expression": {"references": ["var.v"]}}}}}}
    calls = {"m": {"module": module, "expressions": {"v": {"references": ["module.m.o"]}}}}
    assert read([policy], module_calls=calls).roles == ()


def test_what_is_destroyed_is_not_there() -> None:
    """Nothing after it."""
    assert read([changed("aws_iam_role_policy_attachment.a", None)]).roles == ()


def test_what_other_providers_make_is_told_of() -> None:
    """A role of the Cloud Control provider, or a template in a stack, is not passed over in silence."""
    changes = [
        changed("awscc_iam_role.r", {"role_name": SERVICE}),
        changed("aws_cloudformation_stack.s", {"name": "s"}),
    ]
    assert [note.split(":")[1].strip() for note in read(changes).notes] == [
        "awscc_iam_role.r",
        "aws_cloudformation_stack.s",
    ]


def test_a_plan_without_changes_is_refused() -> None:
    """It does not say what is known only after the apply."""
    with pytest.raises(DraftError, match="terraform show -json"):
        read_plan(node_of({"planned_values": {}}, 1), GUARDED)


@pytest.mark.parametrize("odd", [None, 1, "x", [], [1, None], {"a": 1}, [{"type": "aws_iam_role", "change": 5}]])
def test_odd_shapes_end_in_no_roles(odd: Any) -> None:
    """Nothing of a plan that is none ends in a stack trace."""
    plan = node_of({"resource_changes": odd, "configuration": odd, "prior_state": odd}, 1)
    assert read_plan(plan, GUARDED).roles == ()


def test_a_guarded_role_in_what_is_not_understood_is_a_doubt() -> None:
    """Of another provider, or in the template of a stack; a document that was only read gives a role nothing."""
    template = '{"Resources": {"P": {"Properties": {"RoleName": "AWSPanoramaServiceRole"}}}}'
    found = read(
        [
            changed("awscc_iam_role.r", {"role_name": SERVICE, "policies": [{"policy_name": "p"}]}),
            changed("module.m.aws_cloudformation_stack.s[0]", {"name": "s", "template_body": template}),
            changed("aws_cloudformation_stack.other", {"name": f"{SERVICE}-2"}),
            changed("data.aws_iam_policy_document.d", {"json": f"arn:aws:iam::1:role/{SERVICE}"}),
        ]
    )
    assert [(doubt.about, doubt.reason.partition(" ")[0]) for doubt in found.doubts] == [
        (SERVICE, "awscc_iam_role.r"),
        (SERVICE, "module.m.aws_cloudformation_stack.s[0]"),
    ]
