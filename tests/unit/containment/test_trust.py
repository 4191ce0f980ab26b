"""containment/trust.py: who may become a role, decided by the same engine."""

from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, check, describe_principal, trust_grant
from panorama_guard.policy import DocumentError, parse_document_value

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/App"


def trust(principal: Any, action: str = "sts:AssumeRole", element: str = "Principal", **more: object) -> Any:
    """Return the grant of a trust document of one statement."""
    body = {"Effect": "Allow", element: principal, "Action": action, **more}
    return trust_grant(parse_document_value({"Version": "2012-10-17", "Statement": [body]}, name="trust"))


PANORAMA = {"Service": "panorama.amazonaws.com"}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (PANORAMA, PANORAMA),
        (PANORAMA, {"Service": ["iot.amazonaws.com", "panorama.amazonaws.com"]}),
        ({"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        ({"AWS": ROLE}, {"AWS": ACCOUNT}),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session"}, {"AWS": ROLE}),
        ({"AWS": "*"}, "*"),
        (PANORAMA, "*"),
        ({"Federated": "cognito-identity.amazonaws.com"}, {"Federated": "cognito-identity.amazonaws.com"}),
        ({"AWS": []}, PANORAMA),
    ],
)
def test_principals_inside_others_are_contained(inner: object, outer: object) -> None:
    """An account covers its roles, a role its sessions, everyone covers everyone."""
    assert check(trust(inner), trust(outer)) == Contained()


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({"AWS": "999999999999"}, "AWS arn:aws:iam::999999999999:root"),
        ({"AWS": ROLE}, f"AWS {ROLE}"),
        ({"Service": "lambda.amazonaws.com"}, "Service lambda.amazonaws.com"),
        ({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}, f"Federated arn:aws:iam::{ACCOUNT}:saml-provider/x"),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, "AWS AROAEXAMPLEEXAMPLE12"),
        ({"CanonicalUser": "79a59df900b949e5"}, "CanonicalUser 79a59df900b949e5"),
        ("*", "AWS *"),
    ],
)
def test_a_stranger_is_the_witness(principal: object, shown: str) -> None:
    """The escape names the principal as a policy would."""
    verdict = check(trust(principal), trust(PANORAMA))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.action == "sts:AssumeRole"
    assert describe_principal(verdict.witness.resource) == shown


def test_an_account_does_not_cover_its_identity_providers() -> None:
    """Federated principals are another kind."""
    assert isinstance(
        check(trust({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"}), trust({"AWS": ACCOUNT})), Escaped
    )


def test_another_action_is_an_escape() -> None:
    """Tagging the session is more than assuming the role."""
    assert isinstance(check(trust(PANORAMA, "sts:TagSession"), trust(PANORAMA)), Escaped)


def test_a_condition_that_the_ceiling_asks_for_may_not_be_missing() -> None:
    """The confused deputy's protection counts."""
    limit = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert isinstance(check(trust(PANORAMA), trust(PANORAMA, Condition=limit)), Escaped)
    assert check(trust(PANORAMA, Condition=limit), trust(PANORAMA)) == Contained()


def test_not_principal_is_everyone_else() -> None:
    """It lets strangers in, whoever is named."""
    assert isinstance(check(trust({"AWS": ACCOUNT}, element="NotPrincipal"), trust({"AWS": ACCOUNT})), Escaped)


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, "trust: statement 0: Principal: wildcard inside a principal"),
        ({"AWS": "somebody"}, "trust: statement 0: Principal: not a principal `somebody`"),
    ],
)
def test_principals_that_iam_would_refuse_are_errors(principal: object, message: str) -> None:
    """They are not guessed at."""
    with pytest.raises(DocumentError, match=message):
        trust(principal)


def test_a_trust_policy_has_principals_and_no_resource() -> None:
    """A document of another kind is refused."""
    with pytest.raises(DocumentError, match="Resource: not allowed in a trust policy"):
        trust(PANORAMA, Resource="*")
    plain = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    with pytest.raises(DocumentError, match="Principal: missing in trust policy"):
        trust_grant(parse_document_value(plain, name="trust"))
