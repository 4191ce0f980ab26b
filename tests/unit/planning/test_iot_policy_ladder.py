"""An IoT policy goes back to an earlier version: where that is proved by itself, else at an operator's word."""

import pytest

from panorama_guard.case import iot
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import digest
from panorama_guard.case.step import PutPart
from panorama_guard.judging.resource import judge_resource
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.resource_ladder import ResourceSituation, plan_for_resource
from tests.unit.devices import EVERYTHING, OWN, STANDARDS, a_policy, document, found_in_iot, lets

MORE = document(
    lets("iot:Connect", "client/panorama-gate"),
    lets("iot:Publish", "topic/panorama-gate/events"),
    lets("iot:Publish", "topic/payroll"),
)


def plan(snapshot: ResourceSnapshot, *remembered: str) -> Plan | Refused:
    """Return the plan for the one finding on a resource, with what is remembered of it."""
    standard = STANDARDS[snapshot.type]
    (finding,) = judge_resource(snapshot, standard).findings
    memory = Memory(snapshot.subject.unique_id, contained=tuple(map(digest, remembered)))
    return plan_for_resource(ResourceSituation(finding, snapshot, standard, memory=memory))


def test_a_version_by_which_nobody_inside_loses_anything_is_put_in_force() -> None:
    """The version that escapes gave no more inside the profile; its inverse puts it back."""
    found = plan(a_policy(MORE, OWN))
    assert isinstance(found, Plan)
    assert (found.steps, found.inverses) == ((PutPart(iot.DEFAULT, OWN),), (PutPart(iot.DEFAULT, MORE),))
    assert not found.needs_approval
    assert "everybody inside the profile" in found.proof


def test_the_version_that_was_judged_contained_is_put_in_force_without_a_word() -> None:
    """What only the version that escapes had given, inside the profile too, is withdrawn, and said."""
    found = plan(a_policy(EVERYTHING, OWN), OWN)
    assert isinstance(found, Plan)
    assert (found.steps, found.needs_approval) == ((PutPart(iot.DEFAULT, OWN),), False)
    assert "when the policy was last judged contained" in found.proof


def test_a_version_that_nobody_has_seen_in_force_waits_for_a_word() -> None:
    """Whoever wrote the version that escapes may have written that one too."""
    found = plan(a_policy(EVERYTHING, OWN))
    assert isinstance(found, Plan)
    assert (found.steps, found.needs_approval) == ((PutPart(iot.DEFAULT, OWN),), True)


def test_of_several_versions_the_latest_is_taken_that_is_inside() -> None:
    """One that escapes too is none."""
    older = document(lets("iot:Connect", "client/panorama-gate"))
    found = plan(a_policy(MORE, older, OWN, EVERYTHING))
    assert isinstance(found, Plan)
    assert found.steps == (PutPart(iot.DEFAULT, OWN),)


@pytest.mark.parametrize("earlier", [(), (EVERYTHING,)])
def test_without_a_version_inside_the_profile_there_is_no_plan(earlier: tuple[str, ...]) -> None:
    """No document is written here: to do so would be a right to let devices do anything."""
    assert isinstance(plan(a_policy(document(lets("iot:Publish", "*")), *earlier), *earlier), Refused)


def test_what_a_device_has_by_a_policy_of_another_name_is_not_written() -> None:
    """The reason is told."""
    found = plan(found_in_iot(iot.THING, "panorama-gate", **{iot.attached_part("fleet", "cert/0f"): EVERYTHING}))
    assert isinstance(found, Refused)
    assert "may be attached to devices that the guard never touches" in found.reason
