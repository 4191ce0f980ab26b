"""Who calls is what AWS has proved, and whoever may choose a name is not believed by it."""

from dataclasses import replace

import pytest

from panorama_guard.case.actor import parse_actor
from panorama_guard.case.caller import Caller, SessionNames, parse_caller
from panorama_guard.case.errors import CallerError
from panorama_guard.case.incident import Suspect
from tests.builders import ACCOUNT, CAUSE
from tests.url_events import url_event

ALICE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice"
BOB = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/bob"
USER = f"arn:aws:iam::{ACCOUNT}:user/team/carol"
SIGNED_IN = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Admins_0123456789abcdef"
SUSPECT = Suspect(CAUSE.actor, CAUSE.session_issuer)
ROLE, WHO = SessionNames.PROVE_NOTHING, SessionNames.PROVE_WHO


def caller(arn: str) -> Caller:
    """Return who calls with this ARN."""
    return parse_caller(url_event(arn, {}))


@pytest.mark.parametrize("arn", [ALICE, USER, f"arn:aws:iam::{ACCOUNT}:root"])
def test_the_caller_is_the_authorizers(arn: str) -> None:
    """Account and ARN, whatever the body says."""
    assert caller(arn) == Caller(ACCOUNT, arn)


def test_a_role_is_known_by_its_session() -> None:
    """Of a user there is none."""
    assert (caller(ALICE).role_name, caller(USER).role_name) == ("Admin", "")


@pytest.mark.parametrize(
    "context",
    [
        None,
        "text",
        {},
        {"authorizer": None},
        {"authorizer": {"iam": None}},
        {"authorizer": {"jwt": {"claims": {"userArn": ALICE}}}},
        {"authorizer": {"iam": {"accountId": ACCOUNT}}},
        {"authorizer": {"iam": {"accountId": ACCOUNT, "userArn": 7}}},
        {"authorizer": {"iam": {"accountId": ACCOUNT, "userArn": "alice"}}},
        {"authorizer": {"iam": {"accountId": "999999999999", "userArn": ALICE}}},
        {"authorizer": {"iam": {"accountId": ACCOUNT, "userArn": f"{ALICE}\nroot"}}},
    ],
)
def test_nobody_is_taken_at_his_word(context: object) -> None:
    """Without the block, or with one that AWS does not write, nobody calls."""
    event = url_event(ALICE, {"userArn": ALICE, "requestContext": {"authorizer": {"iam": {"userArn": ALICE}}}})
    with pytest.raises(CallerError, match="identity"):
        parse_caller({**event, "requestContext": context})


def test_all_sessions_of_a_role_are_one_principal() -> None:
    """Whoever may assume a role chooses the session's name."""
    assert caller(ALICE).is_same_as(BOB, ROLE)
    assert caller(ALICE).is_same_as(ALICE.replace("Admin", "ADMIN"), ROLE)
    assert not caller(ALICE).is_same_as(ALICE.replace("Admin", "Other"), ROLE)
    assert not caller(ALICE).is_same_as(ALICE.replace(ACCOUNT, "999999999999"), ROLE)


def test_session_names_are_believed_where_the_operator_says_so() -> None:
    """An identity provider, or a condition on sts:RoleSessionName, sees to it."""
    assert not caller(ALICE).is_same_as(BOB, WHO)
    assert caller(ALICE).is_same_as(ALICE, WHO)


def test_people_who_signed_in_are_told_apart() -> None:
    """IAM Identity Center names the sessions of its roles after them."""
    assert not caller(f"{SIGNED_IN}/alice@example.com").is_same_as(f"{SIGNED_IN}/bob@example.com", ROLE)
    assert caller(f"{SIGNED_IN}/alice@example.com").is_same_as(f"{SIGNED_IN}/alice@example.com", ROLE)


def test_users_are_told_apart_without_case() -> None:
    """IAM lets one user bear a name, in any case."""
    assert caller(USER).is_same_as(USER.replace("carol", "Carol"), ROLE)
    assert not caller(USER).is_same_as(USER.replace("carol", "dave"), ROLE)


def test_the_actor_is_known_by_his_session_and_by_his_role() -> None:
    """In whichever form CloudTrail named him."""
    assert caller(ALICE).is_actor_of(SUSPECT, WHO)
    assert caller(BOB).is_actor_of(SUSPECT, ROLE)
    assert not caller(BOB).is_actor_of(SUSPECT, WHO)
    assert not caller(USER).is_actor_of(SUSPECT, ROLE)
    assert caller(USER).is_actor_of(replace(SUSPECT, actor=USER, session_issuer=""), ROLE)


def test_an_actor_without_an_arn_is_known_by_the_sessions_issuer() -> None:
    """Of some calls CloudTrail says no more."""
    unnamed = replace(SUSPECT, actor="alice", session_issuer=f"arn:aws:iam::{ACCOUNT}:role/team/Admin")
    assert caller(BOB).is_actor_of(unnamed, WHO)
    assert not caller(USER).is_actor_of(unnamed, WHO)
    assert not caller(BOB).is_actor_of(replace(unnamed, session_issuer=""), WHO)


def test_a_user_is_the_actor_of_what_he_did_under_a_federated_name() -> None:
    """He chose the name; CloudTrail says who asked for the session."""
    federated = Suspect(f"arn:aws:sts::{ACCOUNT}:federated-user/anybody", USER)
    assert caller(USER).is_actor_of(federated, ROLE)
    assert caller(USER).is_actor_of(federated, WHO)
    assert not caller(USER.replace("carol", "dave")).is_actor_of(federated, ROLE)
    assert not caller(ALICE).is_actor_of(replace(federated, session_issuer=""), ROLE)


def test_a_federated_caller_is_known_as_such() -> None:
    """Not a user whose path reads alike."""
    assert caller(f"arn:aws:sts::{ACCOUNT}:federated-user/bob").is_federated
    assert not caller(f"arn:aws:iam::{ACCOUNT}:user/federated-user/bob").is_federated


def test_the_longest_arn_of_a_user_is_known_again() -> None:
    """IAM takes paths of 512 characters; whoever gave himself one is the actor all the same."""
    arn = f"arn:aws-us-gov:iam::{ACCOUNT}:user/{'p' * 510}/{'n' * 64}"
    actor = parse_actor({"userIdentity": {"type": "IAMUser", "arn": arn}})
    assert caller(arn).is_actor_of(Suspect(actor.name, actor.session_issuer_arn), ROLE)
