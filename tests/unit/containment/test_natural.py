"""containment/natural.py: a witness is a request that there may be, where one escapes."""

from typing import Any

import pytest

from panorama_guard.containment import Escaped, Grant
from panorama_guard.containment.caller import read_caller
from panorama_guard.containment.check import check
from panorama_guard.containment.natural import accounts, more_natural
from panorama_guard.containment.records import Witness
from panorama_guard.containment.resource import resource_grant
from panorama_guard.policy import parse_document
from panorama_guard.policy.condition import CALLER
from tests.builders import allow, policy

QUEUE = "arn:aws:sqs:*:{}:*"
ROLE = "role:{}:{}:{}:arn:aws:iam::{}:role/app"


def identity(*statements: dict[str, Any]) -> Grant:
    """Return the grant of an identity policy."""
    return Grant((parse_document(policy(*statements), name="p"),))


def witness_of(grant: Grant, ceiling: Grant) -> Witness:
    """Return the witness of an escape that there is."""
    verdict = check(grant, ceiling)
    assert isinstance(verdict, Escaped)
    return verdict.witness


def replaced(resource: str = "*", **context: str) -> Witness:
    """Return what is told in the place of a witness that may be anything."""
    told = tuple((key, (text,)) for key, text in context.items())
    return more_natural(Witness("s3:GetObject", resource, told), lambda _: True)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ("arn:aws:sqs:us-east-1:1x:q", "arn:aws:sqs:us-east-1:199999999999:q"),
        ("arn:aws:sqs:us-east-1:1x22:q", "arn:aws:sqs:us-east-1:199999999922:q"),
        ("arn:x:sqs:y:123456789012:q", "arn:aws:sqs:us-east-1:123456789012:q"),
        ("arn:aws:s3:::bucket:", "arn:aws:s3:::bucket-"),
        ("arn:aws:sns:us-east-1:123456789012:topic:id", "arn:aws:sns:us-east-1:123456789012:topic:id"),
        ("arn:aws:iam::aws:policy/x", "arn:aws:iam::aws:policy/x"),
        ("arn:aws-us-gov:s3:::bucket", "arn:aws-us-gov:s3:::bucket"),
        ("*", "*"),
    ],
)
def test_odd_fields_of_a_resource_are_replaced(found: str, told: str) -> None:
    """An account has twelve digits; a name has a colon only where AWS writes one."""
    assert replaced(found).resource == told


@pytest.mark.parametrize(
    ("key", "found", "told"),
    [
        ("aws:SourceAccount", "1example", "199999999999"),
        ("aws:SourceAccount", "123456789012", "123456789012"),
        ("aws:PrincipalAccount", "anonymous", "anonymous"),
        ("aws:PrincipalOrgID", "o-a", "o-a999999999"),
        ("aws:ResourceOrgID", "example", "o-example9999"),
        ("aws:PrincipalArn", "arn:aws:iam::x:role/a", "arn:aws:iam::999999999999:role/a"),
        ("aws:userid", "AROAx:alice", "AROA0EXAMPLE0ROLE0ID:alice"),
        ("aws:userid", "AIDAx", "AIDA0EXAMPLE0USER0ID"),
        ("aws:RequestTag/team", "1example", "1example"),
        (
            CALLER,
            ROLE.format("o-x", "AROAx", "y", "x"),
            ROLE.format("o-x999999999", "AROA0EXAMPLE0ROLE0ID", "example", "9" * 12),
        ),
        (CALLER, "service::::s3.amazonaws.com", "service::::s3.amazonaws.com"),
        (CALLER, "anonymous::::", "anonymous::::"),
    ],
)
def test_odd_values_of_the_context_are_replaced(key: str, found: str, told: str) -> None:
    """Of keys of which AWS says how it writes them; a tag is what somebody wrote."""
    assert replaced(**{key: found}).context == ((key, (told,)),)


def test_the_first_of_several_that_escapes_is_told() -> None:
    """Else the next, and if none does the part stays; the other parts are replaced all the same."""
    found = Witness("sqs:SendMessage", "arn:x:sqs:us-east-1:1x:q")
    one = more_natural(found, lambda other: ":111111111111:" in other.resource or ":1x:" in other.resource)
    assert one.resource == "arn:aws:sqs:us-east-1:111111111111:q"
    assert more_natural(found, lambda other: ":1x:" in other.resource).resource == "arn:aws:sqs:us-east-1:1x:q"


def test_several_values_of_a_key_stay() -> None:
    """Each would have to be another one."""
    several = Witness("s3:GetObject", "*", (("aws:SourceAccount", ("1x", "2x")),))
    assert more_natural(several, lambda _: True) == several


def test_accounts_have_twelve_digits() -> None:
    """However many of them the text has."""
    for text in ("x", "1x", "x1", "1x2", "1" * 20, "1" * 12 + "x2"):
        assert {len(account) for account in accounts(text)} == {12}
        assert all(account.isdigit() for account in accounts(text))


def test_an_account_of_digits_is_told_where_one_escapes() -> None:
    """Of the pattern's accounts, outside the ceiling's."""
    grant, ceiling = (
        identity(allow("sqs:SendMessage", [QUEUE.format(one) for one in listed]))
        for listed in (("?*",), ("123456789012", "999999999999"))
    )
    assert witness_of(grant, ceiling).resource == "arn:aws:sqs:us-east-1:111111111111:example"


def test_an_odd_account_is_told_where_no_other_escapes() -> None:
    """What the policy asks for stays, as does what only its other statement would allow otherwise."""
    odd = allow("sqs:SendMessage", QUEUE.format("1x*"))
    ceiling = identity(allow("sqs:SendMessage", QUEUE.format("9*")))
    assert ":1x-example:" in witness_of(identity(odd), ceiling).resource
    more = identity(odd, allow("sqs:SendMessage", QUEUE.format("1*")))
    verdict = check(more, ceiling)
    assert isinstance(verdict, Escaped)
    assert (":1x" in verdict.witness.resource) is (verdict.statement.index == 0)


def test_a_caller_is_one_that_there_may_be() -> None:
    """With an account of digits and an id that begins as the policy asks."""
    ids = ({"StringLike": {"aws:userid": text}} for text in ("AROA*:a*", "AROA*:a*e*"))
    grant, ceiling = (
        resource_grant(parse_document(policy(allow("s3:GetObject", "*", Principal="*", Condition=one)), name="p"))
        for one in ids
    )
    caller = read_caller(dict(witness_of(grant, ceiling).context)[CALLER][0])
    assert (caller.unique_id, caller.session, caller.account) == ("AROA0EXAMPLE0ROLE0ID", "aa", "999999999999")


def test_a_witness_stays_where_no_work_is_left() -> None:
    """It is an escape all the same."""
    sides = (
        identity(allow("sqs:SendMessage", QUEUE.format("1*"))),
        identity(allow("sqs:SendMessage", QUEUE.format("11*"))),
    )
    verdicts = [check(*sides, budget=budget) for budget in range(1, 300)]
    told = {verdict.witness.resource.split(":")[4] for verdict in verdicts if isinstance(verdict, Escaped)}
    assert told == {"1-example", "199999999999"}
