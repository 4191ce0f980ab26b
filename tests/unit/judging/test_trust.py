"""Whoever may become the role and is not in the profile is a finding."""

import pytest

from panorama_guard.case.finding import Finding, Kind, Severity
from panorama_guard.containment import Escaped, Undecided
from panorama_guard.containment.assuming import is_dead
from panorama_guard.containment.caller import describe_principal
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import TRUST, judge_trust
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import GROUP_ROLE, PROFILE, ROLES, policy, trusting

SERVICE = {"Service": "greengrass.amazonaws.com"}
CEILING = standard_of(GROUP_ROLE, Posture.ACTIVE).trust


def judged(*statements: dict[str, object]) -> tuple[Finding, ...]:
    """Return the findings on a trust policy of these statements."""
    return judge_trust(policy(*statements), CEILING)


@pytest.mark.parametrize("role", [*ROLES, *PROFILE.watched], ids=lambda role: role.name)
def test_the_profiles_own_trust_is_contained(role: RoleProfile) -> None:
    """What AWS sets is not a finding."""
    assert judge_trust(role.trust_text, standard_of(role, Posture.ACTIVE).trust) == ()


def test_less_than_the_profiles_trust_is_contained() -> None:
    """A condition only narrows, a Deny only takes away."""
    narrowed = trusting(SERVICE, Condition={"StringEquals": {"aws:SourceAccount": "111122223333"}})
    assert judged(narrowed, {**trusting({"AWS": "*"}), "Effect": "Deny"}) == ()


@pytest.mark.parametrize(
    ("statement", "principal"),
    [
        (trusting({"Service": "ec2.amazonaws.com"}), "Service ec2.amazonaws.com"),
        (trusting({"AWS": "arn:aws:iam::999999999999:user/mallory"}), "AWS arn:aws:iam::999999999999:user/mallory"),
        (trusting({"Federated": "cognito-identity.amazonaws.com"}), "Federated cognito-identity.amazonaws.com"),
    ],
)
def test_somebody_else_is_an_escape_who_is_named(statement: dict[str, object], principal: str) -> None:
    """The witness is the principal, beside whatever the profile names."""
    (finding,) = judged(trusting(SERVICE), statement)
    assert isinstance(finding.verdict, Escaped)
    assert describe_principal(finding.verdict.witness) == principal
    assert (finding.kind, finding.severity, finding.source) == (Kind.TRUST_ESCAPE, Severity.CRITICAL, TRUST)
    assert finding.verdict.statement.index == 1


@pytest.mark.parametrize(
    "statement",
    [
        trusting({"AWS": "999999999999"}),
        trusting({"AWS": "arn:aws:iam::999999999999:root"}),
        trusting("*"),
        trusting({"AWS": "*"}),
        trusting({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-example"}}),
        trusting({"AWS": ["111122223333", "999999999999"]}),
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
    ],
)
def test_anybody_wider_is_an_escape(statement: dict[str, object]) -> None:
    """An account, everybody, everybody under a condition, everybody but one."""
    (finding,) = judged(trusting(SERVICE), statement)
    assert finding.kind is Kind.TRUST_ESCAPE


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity", "sts:*", "*", "sts:AssumeRole*"])
def test_a_further_action_of_the_profiles_principal_is_an_escape(action: str) -> None:
    """The right principal may only do what the profile says."""
    (finding,) = judged(trusting(SERVICE, ["sts:AssumeRole", action]))
    assert finding.kind is Kind.TRUST_ESCAPE


def test_of_all_that_escapes_something_that_can_be_called_is_shown() -> None:
    """No role is assumed by the root user, and no service brings a SAML assertion."""
    (finding,) = judged(trusting("*", "sts:*"))
    assert isinstance(finding.verdict, Escaped)
    assert not is_dead(finding.verdict.witness)


def test_a_trust_that_nobody_can_use_is_still_outside_the_profile() -> None:
    """What is dead today may be alive tomorrow; a table does not decide."""
    (finding,) = judged(trusting(SERVICE, "sts:AssumeRoleWithSAML"))
    assert isinstance(finding.verdict, Escaped)
    assert is_dead(finding.verdict.witness)


@pytest.mark.parametrize(
    "text",
    ["{", policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}), policy(trusting({"AWS": "arn:*"}))],
)
def test_a_trust_that_cannot_be_read_is_a_doubt(text: str) -> None:
    """IAM would not have taken it; nothing is guessed."""
    (finding,) = judge_trust(text, CEILING)
    assert (finding.kind, finding.source) == (Kind.UNDECIDED, TRUST)


def test_nobody_is_inside_an_empty_ceiling() -> None:
    """Posture retired: the profile's own trust is an escape."""
    (finding,) = judge_trust(GROUP_ROLE.trust_text, standard_of(GROUP_ROLE, Posture.RETIRED).trust)
    assert finding.kind is Kind.TRUST_ESCAPE


def test_a_principal_under_review_is_no_escape() -> None:
    """The profile holds it for plausible."""
    role = next(role for role in ROLES if role.review_principals)
    service = {"Service": role.review_principals[0]}
    assert judge_trust(policy(trusting(service)), standard_of(role, Posture.ACTIVE).trust) == ()


def test_a_doubt_that_only_denies_leave_is_high() -> None:
    """Everybody is let in, but for a Deny of which AWS does not say whether it denies a word that is no number."""
    wanted = {"StringEquals": {"aws:PrincipalTag/x": "word"}}
    odd = {"NumericNotEquals": {"aws:PrincipalTag/x": "5"}}
    shield = {**trusting({"AWS": "*"}, Condition=odd), "Effect": "Deny"}
    (finding,) = judged(trusting({"AWS": "*"}, Condition=wanted), shield)
    assert (finding.kind, finding.severity) == (Kind.UNDECIDED, Severity.HIGH)


def test_a_doubt_that_a_condition_leaves_is_high_where_it_may_let_somebody_in() -> None:
    """An administrator's trust is no small matter because nobody can say who meets its condition."""
    odd = {"NumericNotEquals": {"aws:PrincipalTag/x": "5"}, "StringEquals": {"aws:PrincipalTag/x": "word"}}
    (finding,) = judged(trusting({"AWS": "*"}, Condition=odd))
    assert (finding.kind, finding.severity) == (Kind.UNDECIDED, Severity.HIGH)
    assert isinstance(finding.verdict, Undecided)
    assert "If a request can meet its conditions, arn:aws:iam::" in finding.verdict.reason.replace(
        "sts:AssumeRole on ", ""
    )


def test_whom_a_variable_names_is_shown_as_somebody_who_can_be() -> None:
    """A user has a name that IAM lets users have."""
    named = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    (finding,) = judged(trusting({"AWS": "*"}, Condition=named))
    assert isinstance(finding.verdict, Escaped)
    assert "Variable" not in repr(finding.verdict.witness)
