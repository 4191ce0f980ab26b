"""A trust repair takes out what lies outside the profile, and leaves every other byte."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.trust_repair import repair_trust
from panorama_guard.profile.posture import Posture
from tests.builders import GROUP_ROLE, policy, trusting

CEILING = standard_of(GROUP_ROLE, Posture.ACTIVE).trust
SERVICE = '{"Effect" : "Allow", "Principal":{"Service":"greengrass.amazonaws.com"},\t"Action":"sts:AssumeRole"}'
STRANGER = '{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}'
DENIAL = '{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession"}'


def repaired(*statements: str) -> str:
    """Return the first repair of a document of these statements."""
    return repair_trust(document(*statements), CEILING)[0]


def shared(*statements: str, ceiling: Grant = CEILING) -> list[dict[str, object]]:
    """Return the statements of the last repair, which names whom the ceiling lets in."""
    found: list[dict[str, object]] = json.loads(repair_trust(document(*statements), ceiling)[-1])["Statement"]
    return found


def document(*statements: str) -> str:
    """Return a document with white space that nobody would write."""
    return '{ "Id" : "x",\n "Version":"2012-10-17"\t,"Statement":[\r\n  ' + " ,\n\n  ".join(statements) + "\n] } "


@pytest.mark.parametrize(
    ("statements", "kept"),
    [
        ((SERVICE, STRANGER), (SERVICE,)),
        ((STRANGER, SERVICE), (SERVICE,)),
        ((SERVICE, STRANGER, DENIAL), (SERVICE, DENIAL)),
        ((STRANGER, SERVICE, STRANGER, DENIAL, STRANGER), (SERVICE, DENIAL)),
    ],
)
def test_a_statement_outside_the_profile_goes_with_its_comma(
    statements: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    """Statements that stay are the very same bytes, and so is what parts them."""
    assert repaired(*statements) == document(*kept)


def test_a_compliant_trust_stays_as_it_is() -> None:
    """Byte for byte."""
    assert repaired(SERVICE, DENIAL) == document(SERVICE, DENIAL)


def test_only_the_stranger_is_taken_out_of_a_list_of_principals() -> None:
    """Sid, order and white space of the statement stay."""
    mixed = (
        '{"Sid": "a",  "Effect":"Allow","Principal":{"Service": ["greengrass.amazonaws.com", "ec2.amazonaws.com"],'
        '"AWS":"999999999999"} ,"Action":"sts:AssumeRole",\n"Condition": {"Bool":{"aws:SecureTransport":"true"}}}'
    )
    kept = (
        '{"Sid": "a",  "Effect":"Allow","Principal":{"Service": "greengrass.amazonaws.com"}'
        ' ,"Action":"sts:AssumeRole",\n"Condition": {"Bool":{"aws:SecureTransport":"true"}}}'
    )
    assert repaired(mixed) == document(kept)


def test_only_the_further_action_is_taken_out_of_a_list_of_actions() -> None:
    """The principals of the statement are untouched."""
    mixed = (
        '{"Effect":"Allow","Action":["sts:AssumeRole",  "sts:TagSession"],'
        '"Principal":{ "Service":"greengrass.amazonaws.com" }}'
    )
    kept = '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{ "Service":"greengrass.amazonaws.com" }}'
    assert repaired(mixed) == document(kept)


def test_a_single_statement_is_repaired_in_its_place() -> None:
    """`Statement` may be one object."""
    mixed = '{"Effect":"Allow","Principal":{"Service":["greengrass.amazonaws.com","x.com"]},"Action":"sts:AssumeRole"}'
    text = repair_trust(f'{{"Statement": {mixed}, "Version": "2012-10-17"}}', CEILING)[0]
    assert json.loads(text)["Statement"]["Principal"] == {"Service": "greengrass.amazonaws.com"}


@pytest.mark.parametrize(
    "statement", [STRANGER, json.dumps(trusting({"Service": "greengrass.amazonaws.com"}, "sts:TagSession"))]
)
@pytest.mark.parametrize("others", [(), (DENIAL,)])
def test_where_no_allow_would_be_left_there_is_no_repair(statement: str, others: tuple[str, ...]) -> None:
    """A role that nobody may become is not a repaired one."""
    assert repair_trust(document(statement, *others), CEILING) == ()


@pytest.mark.parametrize(
    "statement",
    [
        trusting("*"),
        trusting({"AWS": "*"}, ["sts:AssumeRole", "sts:TagSession"]),
        trusting({"Service": ["greengrass.amazonaws.com", "ec2.amazonaws.com"]}, "sts:Assume*"),
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "NotAction": "sts:TagSession"},
    ],
)
def test_of_a_statement_for_everybody_those_inside_the_profile_are_kept(statement: dict[str, object]) -> None:
    """Under the conditions that it had, and beside what stands there."""
    condition = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    kept = trusting({"Service": "greengrass.amazonaws.com"}, Condition=condition)
    assert shared(json.dumps({**statement, "Condition": condition}), DENIAL) == [kept, json.loads(DENIAL)]


def test_a_principal_that_stands_twice_is_kept_as_one() -> None:
    """The list is narrowed, not dropped."""
    twice = trusting({"Service": ["greengrass.amazonaws.com", "greengrass.amazonaws.com"], "AWS": "999999999999"})
    assert json.loads(repaired(json.dumps(twice)))["Statement"] == [trusting({"Service": "greengrass.amazonaws.com"})]


CONDITIONED = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
TWO_WAYS = read_trust(
    policy(trusting({"Service": "a.amazonaws.com"}, Condition=CONDITIONED), trusting({"Service": "b.amazonaws.com"}))
)


def test_what_a_ceiling_lets_in_under_a_condition_is_kept_under_it() -> None:
    """Each of the ceiling's statements gives one, and only the first bears the Sid."""
    first, second = shared(json.dumps(trusting("*", Sid="All")), ceiling=TWO_WAYS)
    assert (first["Principal"], first["Sid"]) == ({"Service": "a.amazonaws.com"}, "All")
    assert (
        json.dumps(first["Condition"]).lower()
        == json.dumps({"StringEquals": {"aws:SourceAccount": ["111122223333"]}}).lower()
    )
    assert second == trusting({"Service": "b.amazonaws.com"})


def test_a_single_statement_may_become_two() -> None:
    """`Statement` becomes a list then."""
    text = repair_trust(json.dumps({"Version": "2012-10-17", "Statement": trusting("*")}), TWO_WAYS)[-1]
    assert len(json.loads(text)["Statement"]) == 2


def test_where_statement_and_ceiling_ask_for_one_key_nothing_is_written() -> None:
    """Two conditions on one key cannot stand in one block; the next candidate is tried."""
    other = trusting("*", Condition={"StringEquals": {"AWS:SourceAccount": "999999999999"}})
    assert [one["Principal"] for one in shared(json.dumps(other), ceiling=TWO_WAYS)] == [{"Service": "b.amazonaws.com"}]


def test_a_key_written_with_an_escape_is_the_same_key() -> None:
    """JSON allows it; the statement is found."""
    text = '{"State\\u006dent": [' + SERVICE + "," + STRANGER + '], "Version": "2012-10-17"}'
    assert repair_trust(text, CEILING) == ('{"State\\u006dent": [' + SERVICE + '], "Version": "2012-10-17"}',)


PRINCIPALS = st.sampled_from(["greengrass.amazonaws.com", "ec2.amazonaws.com", "iot.amazonaws.com"])
ACTIONS = st.sampled_from(["sts:AssumeRole", "sts:TagSession", "sts:Assume*", "sts:*"])
SERVICES = st.lists(PRINCIPALS, min_size=1, max_size=3).map(lambda services: {"Service": services})
STATEMENTS = st.builds(
    lambda principal, actions, rest: trusting(principal, actions, **rest),
    SERVICES | st.sampled_from(["*", {"AWS": "*"}, {"AWS": "999999999999"}]),
    st.lists(ACTIONS, min_size=1, max_size=3, unique=True),
    st.sampled_from([{}, {}, {"Condition": CONDITIONED}]),
)


@settings(max_examples=40)
@given(st.lists(STATEMENTS, min_size=1, max_size=3))
def test_a_repair_is_inside_the_profile_and_inside_what_was(statements: list[dict[str, object]]) -> None:
    """Whatever is left was there before and lies inside; the last repair leaves out nobody who does."""
    before = read_trust(policy(*statements))
    repaired = [read_trust(repair) for repair in repair_trust(policy(*statements), CEILING)]
    for after in repaired:
        assert check(after, CEILING) == Contained()
        assert check(after, before) == Contained()
    kept = repaired[-1] if repaired else Grant(())
    assert check(Grant(before.policies, (CEILING.policies,)), kept) == Contained()
