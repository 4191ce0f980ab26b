"""What is done about a secret: what offends is taken out of its policy, everything else stays."""

from functools import reduce

from panorama_guard.case import secret
from panorama_guard.case.finding import Finding
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.step import DeletePart, PutPart, apply_step
from panorama_guard.judging.resource import judge_resource
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from tests.builders import ACCOUNT
from tests.unit.named_secrets import OTHERS, STANDARD, a_secret, lets, rotation, text

OWN, THEIRS = lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS})


def planned(snapshot: ResourceSnapshot) -> Plan | Refused:
    """Return what is planned for the one finding on a secret."""
    return plan_for_resource(ResourceSituation(finding_in(snapshot), snapshot, STANDARD))


def finding_in(snapshot: ResourceSnapshot) -> Finding:
    """Return the one finding on a secret."""
    (finding,) = judge_resource(snapshot, STANDARD).findings
    return finding


def plan(snapshot: ResourceSnapshot) -> Plan:
    """Return the proved plan, which leaves nothing to find and can be taken back."""
    made = planned(snapshot)
    assert isinstance(made, Plan), made
    after = reduce(apply_step, made.steps, snapshot)
    assert judge_resource(after, STANDARD).findings == ()
    assert reduce(apply_step, made.inverses, after) == snapshot
    return made


def test_the_offending_statement_goes_and_every_other_byte_stays() -> None:
    """Whoever of the account reads the secret still does."""
    assert plan(a_secret(OWN, THEIRS)).steps == (PutPart(secret.POLICY, text(OWN)),)


def test_a_policy_of_which_nothing_is_left_is_deleted() -> None:
    """There was nothing but the statement."""
    made = plan(a_secret(THEIRS))
    assert made.steps == (DeletePart(secret.POLICY),)
    assert not made.needs_approval


def test_what_is_for_everybody_becomes_what_is_for_the_account() -> None:
    """Nobody inside is shut out."""
    (step,) = plan(a_secret(lets("*"))).steps
    assert isinstance(step, PutPart)
    assert f'"{ACCOUNT}"' in step.text


def test_what_cannot_be_told_apart_goes_at_an_operator_s_word() -> None:
    """An Allow with NotPrincipal."""
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHERS}, "Action": "*", "Resource": "*"}
    made = plan(a_secret(statement))
    assert (made.steps, made.needs_approval) == ((DeletePart(secret.POLICY),), True)


def test_a_rotation_is_never_written() -> None:
    """It is only told."""
    assert isinstance(planned(a_secret(rotation=rotation(OTHERS))), Refused)
