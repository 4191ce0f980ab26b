"""What is done about a function: the statement that lets in others is removed, whole, and no other one."""

import pytest

from panorama_guard.case import function
from panorama_guard.case.finding import Kind
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.step import DeletePart, PutPart, apply_step, invert_step
from panorama_guard.judging.resource import judge_resource
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from tests.builders import ACCOUNT
from tests.unit.functions import OTHERS, OWN, PUBLIC_URL, STANDARD, THEIRS, a_function, a_url, lets

PARTNER = "policy statement partner"


def plan(snapshot: ResourceSnapshot, source: str = PARTNER) -> Plan:
    """Return the plan for the finding of a part."""
    (finding,) = judge_resource(snapshot, STANDARD).of(Kind.RESOURCE_ESCAPE, source)
    made = plan_for_resource(ResourceSituation(finding, snapshot, STANDARD))
    assert isinstance(made, Plan)
    return made


def test_a_statement_for_others_is_removed_and_its_inverse_puts_it_back() -> None:
    """Without anybody's word: nobody inside is shut out."""
    snapshot = a_function(OWN, THEIRS)
    made = plan(snapshot)
    assert (made.steps, made.needs_approval) == ((DeletePart(PARTNER),), False)
    after = apply_step(snapshot, made.steps[0])
    assert after == a_function(OWN)
    assert apply_step(after, invert_step(snapshot, made.steps[0])) == snapshot


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("sns", {"ArnLike": {"AWS:SourceArn": f"arn:aws:sns:us-east-1:{OTHERS}:listen"}}),
        ("s3", {"StringEquals": {"AWS:SourceAccount": OTHERS}}),
        ("s3", {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}, "StringEquals": {"AWS:SourceAccount": OTHERS}}),
    ],
)
def test_a_service_that_acts_for_others_is_taken_out(service: str, condition: dict[str, object]) -> None:
    """The account in a source's ARN is its account: nobody of this one is shut out."""
    made = plan(a_function(lets("partner", {"Service": f"{service}.amazonaws.com"}, Condition=condition)))
    assert (made.steps, made.needs_approval) == ((DeletePart(PARTNER),), False)


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}},
        {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:us-east-1:*:listen"}},
        {"StringEquals": {"AWS:SourceAccount": [OTHERS, ACCOUNT]}},
        {"StringNotEquals": {"AWS:SourceAccount": OTHERS}},
        {"StringEqualsIfExists": {"AWS:SourceAccount": OTHERS}},
    ],
    ids=str,
)
def test_where_a_service_may_act_for_the_account_too_somebody_is_asked(condition: dict[str, object]) -> None:
    """A bucket's ARN does not say whose it is."""
    made = plan(a_function(lets("partner", {"Service": "s3.amazonaws.com"}, Condition=condition)))
    assert (made.steps, made.needs_approval) == ((DeletePart(PARTNER),), True)


def test_a_statement_without_an_id_is_left_to_an_operator_s_hand() -> None:
    """Lambda removes none by its place."""
    statement = {key: value for key, value in THEIRS.items() if key != "Sid"}
    snapshot = a_function(statement)
    (finding,) = judge_resource(snapshot, STANDARD).findings
    assert finding.source == "policy statement without an id, number 1"
    refused = plan_for_resource(ResourceSituation(finding, snapshot, STANDARD))
    assert isinstance(refused, Refused)


def test_a_statement_that_opens_a_url_waits_for_a_word() -> None:
    """It is for everybody, the account's own too. That the URL asks for no signature was found before."""
    snapshot = a_function(PUBLIC_URL).with_part(function.url_part(), a_url())
    made = plan(snapshot, "policy statement public")
    assert (made.steps, made.needs_approval) == ((DeletePart("policy statement public"),), True)


def test_a_statement_that_also_lets_in_the_account_waits_for_a_word() -> None:
    """Lambda writes no statement anew: what goes, goes with whom it lets in of the account."""
    both = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHERS}:root"]}
    for principal in ("*", both, {"Service": "s3.amazonaws.com"}):
        made = plan(a_function(lets("partner", principal)))
        assert (made.steps, made.needs_approval) == ((DeletePart(PARTNER),), True)


def test_a_statement_is_removed_though_the_policy_denies_something_else() -> None:
    """The Deny is a statement of its own, and stays."""
    deny = lets("never", "*", Effect="Deny", Action="lambda:DeleteFunction")
    made = plan(a_function(deny, THEIRS))
    assert made.steps == (DeletePart(PARTNER),)


def test_an_open_url_is_made_to_ask_for_a_signature_at_an_operator_s_word() -> None:
    """Whoever calls it without one is stopped, the account's own callers too."""
    part = function.url_part()
    made = plan(a_function(PUBLIC_URL).with_part(part, a_url()), part)
    assert (made.steps, made.needs_approval) == ((PutPart(part, a_url("AWS_IAM")),), True)
