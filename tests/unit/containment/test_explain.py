"""Why a witness escapes: what each statement says of it, by the definition."""

from typing import Any

from panorama_guard.containment import Escaped, Grant, Reading, Request, StatementRef
from panorama_guard.containment.check import check
from panorama_guard.containment.explain import Answer, Obstacle, Part, answers_of, explain_escape
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import Effect, parse_document_value
from panorama_guard.policy.record import replace
from tests.builders import allow, deny, trusting

BUCKETS = "arn:aws:s3:::*aws-panorama*"


def grant(name: str, *statements: dict[str, Any], boundary: tuple[dict[str, Any], ...] = ()) -> Grant:
    """Return the grant of one document, under a boundary called `limit` if statements are given for one."""
    documents = [
        parse_document_value({"Version": "2012-10-17", "Statement": list(listed)}, name=called)
        for called, listed in ((name, statements), ("limit", boundary))
    ]
    return Grant((documents[0],), ((documents[1],),) if boundary else ())


def escaped(wide: Grant, ceiling: Grant) -> Escaped:
    """Return the escape, which there is."""
    verdict = check(wide, ceiling)
    assert isinstance(verdict, Escaped)
    return verdict


def answer(place: tuple[str, int], effect: Effect, *obstacles: Obstacle, sid: str | None = None) -> Answer:
    """Return the answer of a statement that has a place and a Sid."""
    return Answer(StatementRef(place[0], sid, place[1]), effect, obstacles)


RESOURCE = Obstacle(Part.RESOURCE, is_sure=True, patterns=(BUCKETS,))


def other_action(*names: str) -> Obstacle:
    """Return the obstacle of a statement about other actions."""
    return Obstacle(Part.ACTION, is_sure=True, patterns=names)


def test_every_statement_of_both_sides_answers() -> None:
    """The granting one matches; each Deny and each ceiling statement says what does not."""
    wide = grant(
        "policy",
        allow("s3:GetObject", "arn:aws:s3:::payroll/*", Sid="Pay"),
        deny("iam:*"),
        deny("s3:*", "arn:aws:s3:::secret/*"),
        deny("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        boundary=(allow("s3:*"), deny("s3:Put*")),
    )
    ceiling = grant("ceiling", allow("s3:*", BUCKETS), allow("iot:*"))
    why = explain_escape(wide, ceiling, escaped(wide, ceiling))
    (insecure,) = wide.policies[0].statements[3].conditions
    assert why.granted_by == StatementRef("policy", "Pay", 0)
    assert why.reading is Reading.CROSSING
    assert why.policies == (
        answer(("policy", 0), Effect.ALLOW, sid="Pay"),
        answer(("policy", 1), Effect.DENY, other_action("iam:*")),
        answer(("policy", 2), Effect.DENY, Obstacle(Part.RESOURCE, is_sure=True, patterns=("arn:aws:s3:::secret/*",))),
        answer(("policy", 3), Effect.DENY, Obstacle(Part.CONDITION, is_sure=True, conditions=(insecure,))),
    )
    limits = (answer(("limit", 0), Effect.ALLOW), answer(("limit", 1), Effect.DENY, other_action("s3:Put*")))
    assert why.boundaries == (limits,)
    assert why.ceiling == (
        (answer(("ceiling", 0), Effect.ALLOW, RESOURCE), answer(("ceiling", 1), Effect.ALLOW, other_action("iot:*"))),
    )


def test_a_condition_that_is_not_met_is_told_with_what_the_request_has() -> None:
    """Key, values and both sides; beside it, every other element that does not match."""
    wide = grant("policy", allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda"}}))
    ceiling = grant(
        "c", allow("iam:PassRole", "arn:aws:iam::*:role/A", Condition={"StringLike": {"iam:PassedToService": "s*"}})
    )
    why = explain_escape(wide, ceiling, escaped(wide, ceiling))
    ((limit,),) = why.ceiling
    (condition,) = ceiling.policies[0].statements[0].conditions
    assert limit.obstacles == (
        Obstacle(Part.RESOURCE, is_sure=True, patterns=("arn:aws:iam::*:role/A",)),
        Obstacle(Part.CONDITION, is_sure=True, conditions=(condition,), values=("lambda",)),
    )
    assert (limit.matches, limit.is_deny, limit.is_elsewhere) == (False, False, False)


def test_what_the_definition_does_not_know_is_told_as_that() -> None:
    """An operator that nobody knows may or may not be met."""
    (document,) = grant("odd", deny("s3:*", Condition={"Unheard": {"k": "x"}})).policies
    (told,) = answers_of([document], Request("s3:GetObject", "*", (("K", ("v",)),)), Reading.CROSSING)
    (condition,) = document.statements[0].conditions
    assert told.obstacles == (Obstacle(Part.CONDITION, is_sure=False, conditions=(condition,), values=("v",)),)


def test_who_calls_is_told_as_the_principal() -> None:
    """The engine's own words for it are nobody's; a statement that it reads in two ways answers once."""
    strange = {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    wide, ceiling = (
        trust_grant(parse_document_value({"Version": "2012-10-17", "Statement": listed}, name="t"))
        for listed in (
            [strange, {**strange, "Effect": "Deny"}],
            [trusting({"Service": "panorama.amazonaws.com"}), trusting({"AWS": "111122223333"}, "sts:TagSession")],
        )
    )
    (limits,) = (answers_of(ceiling.policies, escaped(ceiling_free(wide), ceiling).witness.request, Reading.CROSSING),)
    panorama = Obstacle(Part.PRINCIPAL, is_sure=True, patterns=("Service panorama.amazonaws.com",))
    assert [limit.obstacles for limit in limits] == [(panorama,), (other_action("sts:TagSession"),)]
    assert len(answers_of(wide.policies, Request("sts:AssumeRole", "*"), Reading.CROSSING)) == 2


def ceiling_free(wide: Grant) -> Grant:
    """Return the grant without its Denies."""
    (document,) = wide.policies
    return Grant(
        (replace(document, statements=tuple(one for one in document.statements if one.effect is Effect.ALLOW)),)
    )


def test_what_a_not_element_leaves_out_is_told_as_that() -> None:
    """It matches everything else."""
    spared = {"Effect": "Deny", "Action": "s3:*", "NotResource": BUCKETS}
    (document,) = grant("p", spared).policies
    (told,) = answers_of([document], Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama"), Reading.CROSSING)
    assert told.obstacles == (replace(RESOURCE, negated=True),)


def test_an_escape_under_one_reading_is_explained_under_it() -> None:
    """What matches under others does not matter."""
    wide, ceiling = grant("policy", allow("s3:GetObject", "arn:aws:s3:::a:b")), grant("c", allow("s3:*", "arn:*:::a:b"))
    escape = escaped(wide, ceiling)
    assert escape.readings == (Reading.SEGMENTED,)
    why = explain_escape(wide, ceiling, escape)
    outside = replace(RESOURCE, patterns=("arn:*:::a:b",))
    assert (why.reading, why.ceiling) == (Reading.SEGMENTED, ((answer(("c", 0), Effect.ALLOW, outside),),))
