"""containment/role_share.py: what the policy of a resource adds to a role's own grant."""

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Request
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.role_share import RoleIdentity, RoleShare, grants_with, share_of_role
from panorama_guard.policy import Document, parse_document_value

ACCOUNT, OTHER = "111122223333", "999988887777"
BUCKET, OBJECT = "arn:aws:s3:::payroll", "arn:aws:s3:::payroll/x"
ROLE_ID = "AROAEXAMPLEEXAMPLE12"
ARN = f"arn:aws:iam::{ACCOUNT}:role/service-role/App"
ROLE = RoleIdentity(ACCOUNT, ARN, "App", ROLE_ID)
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/ci"


def statement(principal: object, effect: str = "Allow", **more: object) -> dict[str, object]:
    """Return a statement about the bucket's objects."""
    element = "NotPrincipal" if "but" in more else "Principal"
    more.pop("but", None)
    return {"Effect": effect, element: principal, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **more}


def document(*statements: dict[str, object]) -> Document:
    """Parse a document of the statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="bucket policy")


def share(*statements: dict[str, object], account: str = ACCOUNT) -> RoleShare:
    """Return what a bucket policy of the statements adds."""
    return share_of_role(document(*statements), ROLE, resource=BUCKET, account=account)


def gives(part: Document, **context: str) -> bool:
    """Say whether a part lets the role read an object."""
    asked = tuple((key.replace("_", ":"), (value,)) for key, value in context.items())
    return allows(Grant((part,)), Request("s3:GetObject", OBJECT, asked))


@pytest.mark.parametrize("principal", [{"AWS": ARN}, {"AWS": ROLE_ID}, {"AWS": [f"arn:aws:iam::{OTHER}:role/x", ARN]}])
def test_what_names_the_role_is_limited_by_its_boundary(principal: object) -> None:
    """By ARN, or by the id that AWS keeps."""
    found = share(statement(principal))
    assert gives(found.bounded)
    assert not gives(found.unbounded)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_what_names_everybody_is_not(principal: object) -> None:
    """AWS: boundaries do not limit what is granted with a wildcard in the Principal element."""
    found = share(statement(principal))
    assert gives(found.unbounded)
    assert not gives(found.bounded)


def test_what_names_a_session_is_not_and_is_that_sessions() -> None:
    """Its name stands in aws:userid."""
    found = share(statement({"AWS": SESSION}))
    assert gives(found.unbounded, aws_userid=f"{ROLE_ID}:ci")
    assert not gives(found.unbounded, aws_userid=f"{ROLE_ID}:other")
    assert not gives(found.bounded)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": ACCOUNT},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/App"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/App"},
        {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/App/ci"},
        {"AWS": "AROAANOTHERANOTHER12"},
        {"Service": "panorama.amazonaws.com"},
    ],
)
def test_what_names_the_account_or_others_adds_nothing(principal: object) -> None:
    """The account leaves it to the role's own policies."""
    found = share(statement(principal))
    assert (found.bounded.statements, found.unbounded.statements) == ((), ())


def test_what_names_an_identity_provider_may_name_any_session() -> None:
    """AWS says that such a session results from a call of AWS STS, and not which role it is of."""
    assert gives(share(statement({"Federated": "accounts.google.com"})).unbounded)


def test_a_deny_of_all_but_an_identity_provider_is_not_counted_on() -> None:
    """The session may be one of those that are spared."""
    denied = {**statement({"Federated": "accounts.google.com"}), "Effect": "Deny"}
    denied["NotPrincipal"] = denied.pop("Principal")
    assert gives(share(statement("*"), denied).unbounded)


def test_a_session_never_carries_what_a_service_sends() -> None:
    """aws:SourceArn and aws:SourceAccount are set where a service calls by itself."""
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}
    assert not share({**statement("*"), "Condition": condition}).unbounded.statements


def test_every_session_has_a_user_id() -> None:
    """A Deny for all of them leaves nothing, whatever the witness would like to leave out."""
    denied = {**statement("*"), "Effect": "Deny", "Condition": {"StringLike": {"aws:userId": f"{ROLE_ID}:*"}}}
    assert not gives(share(statement("*"), denied).unbounded)


def test_a_resource_of_another_account_adds_nothing() -> None:
    """The role's own policies have to allow it as well."""
    found = share(statement("*"), statement({"AWS": ARN}), account=OTHER)
    assert (found.bounded.statements, found.unbounded.statements) == ((), ())


@pytest.mark.parametrize(
    ("condition", "given"),
    [
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/service-role/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/App"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, True),
        ({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, True),
        ({"Null": {"aws:username": "true"}}, True),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, False),
        ({"StringEquals": {"aws:PrincipalServiceName": "s3.amazonaws.com"}}, False),
    ],
)
def test_conditions_on_who_calls_are_answered_for_the_role(condition: object, *, given: bool) -> None:
    """What is left of the statement asks nothing that is known."""
    found = share(statement("*", Condition=condition))
    assert gives(found.unbounded) is given
    assert all(not one.conditions for one in found.unbounded.statements)


def test_other_conditions_stay() -> None:
    """The engine decides them with the role's own."""
    found = share(statement("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}))
    assert not gives(found.unbounded)
    assert gives(found.unbounded, **{"aws:PrincipalOrgID": "o-abcdefghij"})


def test_a_condition_on_another_roles_id_is_never_fulfilled() -> None:
    """Every session of the role has the role's own id in aws:userid."""
    found = share(statement("*", Condition={"StringLike": {"aws:userid": "AROAANOTHERANOTHER12:*"}}))
    assert check(Grant((found.unbounded,)), Grant(())) == Contained()
    found = share(statement("*", Condition={"StringLike": {"aws:userid": f"{ROLE_ID}:*"}}))
    assert isinstance(check(Grant((found.unbounded,)), Grant(())), Escaped)


@pytest.mark.parametrize("principal", ["*", {"AWS": ARN}, {"AWS": ROLE_ID}, {"AWS": ACCOUNT}])
def test_a_deny_that_surely_reaches_the_role_counts(principal: object) -> None:
    """An account's Deny reaches all of it."""
    assert not gives(share(statement("*"), statement(principal, "Deny")).unbounded)


def test_a_deny_of_one_session_leaves_the_others() -> None:
    """It counts for that session alone."""
    found = share(statement("*"), statement({"AWS": SESSION}, "Deny"))
    assert gives(found.unbounded, aws_userid=f"{ROLE_ID}:other")
    assert not gives(found.unbounded, aws_userid=f"{ROLE_ID}:ci")


@pytest.mark.parametrize(
    ("named", "left"), [({"AWS": OTHER}, False), ({"AWS": ACCOUNT}, True), ({"AWS": ARN}, True), ("*", True)]
)
def test_a_deny_of_all_but_others_reaches_the_role_only_if_it_may_not_be_one_of_them(
    named: object, *, left: bool
) -> None:
    """Where AWS leaves that open, the Deny is not relied upon."""
    assert gives(share(statement("*"), statement(named, "Deny", but=True)).unbounded) is left


@pytest.mark.parametrize(("named", "given"), [({"AWS": OTHER}, True), ({"AWS": ARN}, True), ("*", False)])
def test_an_allow_of_all_but_others_may_reach_the_role(named: object, *, given: bool) -> None:
    """More may be returned than is given, never less."""
    assert gives(share(statement(named, but=True)).unbounded) is given


@pytest.mark.parametrize("resource", ["*", BUCKET, f"{BUCKET}*", "arn:aws:s3:::*"])
def test_a_deny_reaches_no_other_resource(resource: str) -> None:
    """Whatever it names, it is the policy of this one."""
    found = share(statement("*", Resource="*"), statement("*", "Deny", Action="s3:*", Resource=resource))
    assert allows(Grant((found.unbounded,)), Request("s3:GetObject", OBJECT)) is (resource == BUCKET)
    own = Grant((document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}), found.unbounded))
    assert allows(own, Request("s3:GetObject", "arn:aws:s3:::other/x"))


def test_a_deny_of_all_but_some_resources_is_not_relied_upon() -> None:
    """What it leaves of this resource cannot be written."""
    found = share(
        statement("*"), {k: v for k, v in statement("*", "Deny").items() if k != "Resource"} | {"NotResource": "x"}
    )
    assert gives(found.unbounded)


def test_a_lone_star_is_the_resource_itself() -> None:
    """As a key's policy has it."""
    found = share(statement({"AWS": ARN}, Resource="*"))
    assert gives(found.bounded)
    assert not allows(Grant((found.bounded,)), Request("s3:GetObject", "arn:aws:s3:::other/x"))


def test_both_parts_count_with_every_deny_of_the_role() -> None:
    """A boundary limits the first; an explicit Deny, in whatever policy, both."""
    boundary = document({"Effect": "Allow", "Action": "iot:*", "Resource": "*"})
    own = Grant((), ((boundary,),))
    bounded, unbounded = grants_with(own, share(statement({"AWS": ARN}), statement("*")))
    assert not allows(bounded, Request("s3:GetObject", OBJECT))
    assert allows(unbounded, Request("s3:GetObject", OBJECT))
    deny = document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    for denied in (Grant((deny,)), Grant((), ((boundary, deny),))):
        parts = grants_with(denied, share(statement({"AWS": ARN}), statement("*")))
        assert not any(allows(part, Request("s3:GetObject", OBJECT)) for part in parts)
