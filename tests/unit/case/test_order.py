"""Orders on one role queue up behind one another, and a repeated one is known by its attempt."""

from dataclasses import replace

from panorama_guard.case.order import RemediationOrder

ORDER = RemediationOrder("111122223333", "AWSPanoramaServiceRole", "slot", "inc-1", 1)


def test_orders_on_one_role_have_one_group_whatever_the_case_of_its_name() -> None:
    """IAM compares names without case."""
    assert replace(ORDER, role_name="awspanoramaservicerole").group == ORDER.group


def test_orders_on_other_roles_and_accounts_have_other_groups() -> None:
    """One role's failing order holds up no other role."""
    assert len({ORDER.group, replace(ORDER, role_name="R").group, replace(ORDER, account="9" * 12).group}) == 3


def test_orders_on_resources_whose_names_differ_in_case_have_groups_of_their_own() -> None:
    """They are two, and one's failing order holds up no other."""
    one = replace(ORDER, role_name="secret:panorama-x")
    assert one.group != replace(one, role_name="secret:Panorama-x").group


def test_a_repeated_order_is_the_same_and_another_attempt_is_not() -> None:
    """An escape that is added again must not vanish in the queue's deduplication."""
    assert ORDER.deduplication_id == replace(ORDER, slot="other").deduplication_id
    assert ORDER.deduplication_id != replace(ORDER, attempt=2).deduplication_id


def test_the_queue_takes_group_and_deduplication_id() -> None:
    """SQS: up to 128 characters, letters, digits and punctuation."""
    assert ORDER.group.isalnum()
    assert len(ORDER.group) <= 128
    assert len(ORDER.deduplication_id) <= 128
