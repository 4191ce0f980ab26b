"""containment/check.py: verdicts, witnesses, statements, readings and the budget."""

from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, Grant, Reading, StatementRef, Undecided, Verdict, Witness
from panorama_guard.containment.check import check
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import Document, parse_document_value

PATTERN = "arn:aws:s3:::*aws-panorama*"


def allow(
    action: str | list[str] = "s3:GetObject", resource: object = "*", effect: str = "Allow", **more: Any
) -> dict[str, Any]:
    """Return a statement."""
    target = {} if "NotResource" in more else {"Resource": resource}
    return {"Effect": effect, "Action": action, **target, **more}


def document(*statements: dict[str, Any], name: str = "inline") -> Document:
    """Return a document of the statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name=name)


def decide(*statements: dict[str, Any], ceiling: dict[str, Any], budget: int | None = None) -> Verdict:
    """Check a grant of one document against a ceiling of one statement."""
    sides = Grant((document(*statements),)), Grant((document(ceiling),))
    return check(*sides) if budget is None else check(*sides, budget=budget)


def test_a_witness_is_an_action_and_a_resource_that_a_reader_knows() -> None:
    """Administrator access is shown by a published action on a natural resource."""
    assert decide(allow("*"), ceiling=allow(resource=PATTERN)) == Escaped(
        Witness("iam:CreateUser", "arn:aws:iam::123456789012:user/alice"),
        StatementRef("inline", None, 0),
        tuple(Reading),
    )


def test_the_statement_is_the_allow_that_grants_the_witness() -> None:
    """Policy name, Sid and place among the statements of that policy."""
    first = document(allow(resource="arn:aws:s3:::aws-panorama"), name="managed")
    second = document(allow("iam:*", effect="Deny"), allow("sqs:SendMessage", Sid="Drift"), name="added")
    verdict = check(Grant((first, second)), Grant((document(allow(resource=PATTERN)),)))
    assert isinstance(verdict, Escaped)
    assert verdict.statement == StatementRef("added", "Drift", 1)


def test_a_witness_carries_the_context_it_needs_as_the_policy_spells_it() -> None:
    """Only keys that are needed, with values that satisfy the grant's condition."""
    condition = {"StringLike": {"aws:RequestedRegion": "us-*"}, "Null": {"aws:SourceArn": "true"}}
    verdict = decide(allow(Condition=condition), ceiling=allow(resource=PATTERN))
    assert isinstance(verdict, Escaped)
    assert [key for key, _ in verdict.witness.context] == ["aws:RequestedRegion"]


def test_an_escape_under_some_readings_names_them() -> None:
    """The ceiling's star reaches over the colons only where stars may."""
    verdict = decide(allow(resource="arn:aws:iot:a:b:c:1:x"), ceiling=allow(resource="arn:aws:iot:a*:1:x"))
    assert isinstance(verdict, Escaped)
    assert verdict.readings == (Reading.SEGMENTED,)


def test_an_escape_that_only_crossing_stars_allow_is_told() -> None:
    """The grant's star reaches over a colon into a foreign account."""
    verdict = decide(allow(resource="arn:aws:iot:a*b:1:x"), ceiling=allow(resource="arn:aws:iot:a?b:1:x*"))
    assert isinstance(verdict, Escaped)
    assert Reading.CROSSING in verdict.readings


@pytest.mark.parametrize("infixes", [8, 12, 24])
def test_many_infixes_under_not_resource_are_decided(infixes: int) -> None:
    """Each Deny leaves what contains one infix, so the grant must contain all: the classic exponential case."""
    parts = [f"{chr(97 + place)}{chr(98 + place)}" for place in range(infixes)]
    denies = [allow(effect="Deny", NotResource=f"arn:aws:s3:::*{part}*") for part in parts]
    assert decide(allow(), *denies, ceiling=allow(resource="arn:aws:s3:::*bc*")) == Contained()
    assert isinstance(decide(allow(), *denies, ceiling=allow(resource="arn:aws:s3:::*zz*")), Escaped)


def test_a_spent_budget_is_undecided() -> None:
    """Never a guess, never a hang."""
    parts = allow(resource=["arn:aws:s3:::*ab", "arn:aws:s3:::*ab?*"])
    assert decide(allow(resource="arn:aws:s3:::*ab*"), ceiling=parts) == Contained()
    verdict = decide(allow(resource="arn:aws:s3:::*ab*"), ceiling=parts, budget=5)
    assert verdict == Undecided("the question needs more work than its budget")


def test_a_condition_that_nobody_understands_is_undecided() -> None:
    """It may hold or not, so neither proof nor witness is possible."""
    verdict = decide(allow(Condition={"StringSounds": {"k": "a"}}), ceiling=allow(resource=PATTERN))
    assert isinstance(verdict, Undecided)


def test_what_is_not_understood_does_not_hide_an_escape_beside_it() -> None:
    """Another statement's escape is still found."""
    odd = allow(Condition={"StringSounds": {"k": "a"}})
    assert isinstance(decide(odd, allow("sqs:SendMessage"), ceiling=allow(resource=PATTERN)), Escaped)


def test_a_variable_that_cannot_matter_leaves_a_proof() -> None:
    """Whatever the user's name is, the object lies under the pattern."""
    assert (
        decide(allow(resource="arn:aws:s3:::aws-panorama/${aws:username}/*"), ceiling=allow(resource=PATTERN))
        == Contained()
    )


def test_the_witness_of_a_variable_gives_it_a_value() -> None:
    """The value stands in the context, so that the request can be replayed."""
    verdict = decide(allow(resource="arn:aws:s3:::${aws:username}/*"), ceiling=allow(resource=PATTERN))
    assert isinstance(verdict, Escaped)
    assert dict(verdict.witness.context)["aws:username"]


def test_a_ceiling_may_have_denies_and_boundaries() -> None:
    """Both sides are grants: the planner asks whether nothing is lost."""
    everything, pattern = document(allow("*")), document(allow(resource=PATTERN))
    bounded = Grant((everything,), ((pattern,),))
    assert check(Grant((pattern,)), bounded) == Contained()
    assert isinstance(check(Grant((everything,)), bounded), Escaped)
    denying = Grant((document(allow("*"), allow("s3:*", effect="Deny")),))
    assert isinstance(check(Grant((pattern,)), denying), Escaped)


def test_the_containing_deny_of_an_escape_is_proved_and_loses_nothing() -> None:
    """Compliant after, and grant inside the ceiling still allowed: the same function asked twice."""
    ceiling = Grant((document(allow(resource=PATTERN)),))
    before = Grant((document(allow()),))
    after = Grant((document(allow()), document(allow(effect="Deny", NotResource=PATTERN))))
    assert check(after, ceiling) == Contained()
    assert check(Grant(before.policies, (ceiling.policies,)), after) == Contained()


def test_an_escape_that_only_the_lone_star_shows_names_an_action_without_resources() -> None:
    """`NotResource: arn:*` leaves what is asked on no resource."""
    verdict = decide(allow("*", NotResource="arn:*"), ceiling=allow(resource=PATTERN))
    assert isinstance(verdict, Escaped)
    assert (verdict.witness.action, verdict.witness.resource) == ("iam:ListUsers", "*")


WORDS = ("ala", "bra", "cha", "del", "ech", "fox", "gol", "hot", "ind", "jul", "kil", "lim")
HARD: dict[str, list[dict[str, Any]]] = {
    # Which order of the words does no Deny forbid? Asked in general, a question of exponentially many orders.
    "all of many words in an order that nothing forbids": [
        allow("s3:*", "arn:aws:s3:::*"),
        *(allow("s3:*", effect="Deny", NotResource=f"arn:aws:s3:::*{word}*") for word in WORDS),
        *(
            allow("s3:*", f"arn:aws:s3:::*{WORDS[one]}*{WORDS[two]}*", effect="Deny")
            for one in range(len(WORDS))
            for two in range(len(WORDS))
            if (one < two) is not ((one, two) in {(0, 11), (11, 0)})
        ),
    ],
    "many infixes denied and allowed": [
        allow([f"s3:*{one}*{two}*" for one in "abcdefghij" for two in "klmnopqrst"]),
        allow([f"s3:*{one}*{two}*" for one in "klmnopqrst" for two in "abcdefghij"], effect="Deny"),
        allow("s3:*", effect="Deny", NotResource=PATTERN),
    ],
}


@pytest.mark.parametrize("name", HARD)
def test_a_hard_question_ends_with_its_budget(name: str) -> None:
    """Every kind of work is charged, so the same question ends at the same place whatever was asked before."""
    first, second = (decide(*HARD[name], ceiling=allow("s3:*", PATTERN), budget=20_000) for _ in range(2))
    assert first == second
    assert isinstance(first, Undecided)


def test_a_statement_without_a_resource_is_about_every_resource() -> None:
    """As in a trust document: whatever it allows is outside a ceiling that allows nothing."""
    trust = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    grant = trust_grant(parse_document_value({"Statement": trust}, name="trust"))
    verdict = check(grant, Grant((parse_document_value({"Statement": []}, name="nothing"),)))
    assert isinstance(verdict, Escaped)
    assert check(grant, grant) == Contained()
