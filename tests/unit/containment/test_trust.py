"""containment/trust.py and assuming.py: who may become a role, decided by the same engine."""

from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Undecided
from panorama_guard.containment.assuming import callable_part, is_dead
from panorama_guard.containment.caller import describe_principal
from panorama_guard.containment.check import check
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import DocumentError, parse_document_value

ACCOUNT, OTHER = "123456789012", "999999999999"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/App"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/App/session"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/x"
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


def trust(
    principal: Any, action: str | list[str] = "sts:AssumeRole", element: str = "Principal", **more: object
) -> Grant:
    """Return the grant of a trust document of one statement."""
    return trusts({"Effect": "Allow", element: principal, "Action": action, **more})


def trusts(*statements: dict[str, object]) -> Grant:
    """Return the grant of a trust document."""
    return trust_grant(parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="trust"))


def all_but(named: list[str]) -> dict[str, object]:
    """Return a Deny of everybody else."""
    return {"Effect": "Deny", "NotPrincipal": {"AWS": named}, "Action": "sts:AssumeRole"}


PANORAMA = {"Service": "panorama.amazonaws.com"}
EVERYBODY: dict[str, object] = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (PANORAMA, PANORAMA),
        (PANORAMA, {"Service": ["iot.amazonaws.com", "panorama.amazonaws.com"]}),
        ({"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": ACCOUNT}),
        ({"AWS": ROLE}, {"AWS": ACCOUNT}),
        ({"AWS": SESSION}, {"AWS": ACCOUNT}),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:federated-user/bob"}, {"AWS": ACCOUNT}),
        ({"AWS": "*"}, "*"),
        (PANORAMA, "*"),
        ({"Federated": "cognito-identity.amazonaws.com"}, {"Federated": "cognito-identity.amazonaws.com"}),
        ({"AWS": []}, PANORAMA),
    ],
)
def test_principals_inside_others_are_contained(inner: object, outer: object) -> None:
    """An account covers everybody of it, everyone covers everyone."""
    assert check(trust(inner), trust(outer)) == Contained()


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ({"AWS": OTHER}, f"AWS arn:aws:iam::{OTHER}:root"),
        ({"AWS": ROLE}, f"AWS {ROLE}"),
        ({"AWS": SESSION}, f"AWS {SESSION}"),
        ({"AWS": f"arn:aws:iam::{OTHER}:user/x/bob"}, f"AWS arn:aws:iam::{OTHER}:user/x/bob"),
        ({"AWS": f"arn:aws:sts::{OTHER}:federated-user/bob"}, f"AWS arn:aws:sts::{OTHER}:federated-user/bob"),
        ({"Service": "lambda.amazonaws.com"}, "Service lambda.amazonaws.com"),
        ({"Service": "logs.eu-central-1.amazonaws.com"}, "Service logs.eu-central-1.amazonaws.com"),
        ({"Federated": SAML}, f"Federated {SAML}"),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, "AWS AROAEXAMPLEEXAMPLE12"),
        ({"AWS": "AIDAEXAMPLEEXAMPLE12"}, "AWS AIDAEXAMPLEEXAMPLE12"),
        ({"CanonicalUser": "79a59df900b949e5"}, "CanonicalUser 79a59df900b949e5"),
        ("*", f"AWS arn:aws:iam::{OTHER}:root"),
    ],
)
def test_a_stranger_is_the_witness(principal: object, shown: str) -> None:
    """The escape names the principal as a policy would."""
    verdict = check(trust(principal), trust(PANORAMA))
    assert isinstance(verdict, Escaped)
    assert verdict.witness.action == "sts:AssumeRole"
    assert describe_principal(verdict.witness) == shown


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ({"Federated": SAML}, {"AWS": ACCOUNT}),
        (PANORAMA, {"AWS": ACCOUNT}),
        ({"AWS": ACCOUNT}, {"AWS": ROLE}),
        ({"AWS": ROLE}, {"AWS": SESSION}),
        ({"AWS": SESSION}, {"AWS": ROLE}),  # of a role of that name at whatever path it is made again
        ({"AWS": ROLE}, {"AWS": ROLE.replace("App", "app")}),
        ({"Service": "logs.eu-central-1.amazonaws.com"}, {"Service": "logs.amazonaws.com"}),
        ({"AWS": "AROAEXAMPLEEXAMPLE12"}, {"AWS": ACCOUNT}),
    ],
)
def test_nobody_covers_somebody_of_another_kind(inner: object, outer: object) -> None:
    """Who is named otherwise is somebody else, as far as anybody can tell."""
    assert isinstance(check(trust(inner), trust(outer)), Escaped)


def test_another_action_is_an_escape() -> None:
    """Tagging the session is more than assuming the role."""
    assert isinstance(check(trust(PANORAMA, "sts:TagSession"), trust(PANORAMA)), Escaped)


def test_a_condition_that_the_ceiling_asks_for_may_not_be_missing() -> None:
    """The confused deputy's protection counts."""
    limit = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert isinstance(check(trust(PANORAMA), trust(PANORAMA, Condition=limit)), Escaped)
    assert check(trust(PANORAMA, Condition=limit), trust(PANORAMA)) == Contained()


def test_everybody_under_a_condition_on_the_account_is_that_account() -> None:
    """Who calls and what AWS says of who calls are one thing."""
    limit = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert check(trust("*", Condition=limit), trust({"AWS": ACCOUNT})) == Contained()
    assert check(trust({"AWS": ACCOUNT}), trust("*", Condition=limit)) == Contained()


def test_not_principal_is_everyone_else() -> None:
    """It lets strangers in, whoever is named."""
    verdict = check(trust({"AWS": ACCOUNT}, element="NotPrincipal"), trust({"AWS": ACCOUNT}))
    assert isinstance(verdict, Escaped)
    assert describe_principal(verdict.witness) == f"AWS arn:aws:iam::{OTHER}:root"


def test_a_deny_of_all_but_named_ones_leaves_no_stranger() -> None:
    """NotPrincipal with Deny spares who is named, as far as AWS says."""
    assert check(trusts(EVERYBODY, all_but([ROLE, ACCOUNT])), trust({"AWS": ACCOUNT})) == Contained()


def test_a_deny_of_all_but_a_session_its_role_and_its_account_spares_it() -> None:
    """All three are named, as AWS asks."""
    grant = trusts({**EVERYBODY, "Principal": {"AWS": SESSION}}, all_but([ACCOUNT, ROLE, SESSION]))
    verdict = check(grant, trust(PANORAMA))
    assert isinstance(verdict, Escaped)
    assert describe_principal(verdict.witness) == f"AWS {SESSION}"


def test_whether_not_principal_spares_a_whole_account_is_not_known() -> None:
    """AWS says that the Deny might apply to whoever of the account is not named."""
    root = trust("*", Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}})
    assert isinstance(check(trusts(EVERYBODY, all_but([ACCOUNT])), root), Undecided)


@pytest.mark.parametrize(
    ("principal", "message"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, "trust: statement 1: Principal: wildcard inside a principal"),
        ({"Service": "*"}, "trust: statement 1: Principal: wildcard inside a principal"),
        ({"AWS": "somebody"}, "trust: statement 1: Principal: not a principal `somebody`"),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:group/x"}, "trust: statement 1: Principal: not a principal"),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/App"}, "trust: statement 1: Principal: not a principal"),
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


@pytest.mark.parametrize(
    ("principal", "action", "dead"),
    [
        (PANORAMA, "sts:AssumeRole", False),
        (PANORAMA, "sts:TagSession", False),
        (PANORAMA, "sts:AssumeRoleWithSAML", True),
        ({"Federated": SAML}, "sts:AssumeRoleWithSAML", False),
        ({"Federated": SAML}, "sts:AssumeRoleWithWebIdentity", True),
        ({"Federated": SAML}, "sts:AssumeRole", True),
        ({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", False),
        ({"Federated": GITHUB}, "sts:AssumeRoleWithSAML", True),
        ({"Federated": "cognito-identity.amazonaws.com"}, "sts:AssumeRoleWithWebIdentity", False),
        ({"AWS": ROLE}, "sts:AssumeRole", False),
        ({"AWS": ROLE}, "sts:AssumeRoleWithWebIdentity", True),
        ({"CanonicalUser": "79a59df900b949e5"}, "sts:AssumeRole", True),
        (PANORAMA, "sts:Imagined", True),
    ],
)
def test_a_grant_that_nobody_can_use_is_an_escape_and_is_told_to_be_dead(
    principal: object, action: str, *, dead: bool
) -> None:
    """The table of calls never makes a contained of it."""
    verdict = check(trust(principal, action), Grant(()))
    assert isinstance(verdict, Escaped)
    assert is_dead(verdict.witness) is dead


def test_the_part_that_can_be_called_shows_a_witness_that_can_be_shown() -> None:
    """Of everybody and every call, one that is possible."""
    verdict = check(callable_part(trust("*", "sts:*")), Grant(()))
    assert isinstance(verdict, Escaped)
    assert not is_dead(verdict.witness)
