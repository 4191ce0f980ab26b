"""A verdict and its reasons, for a person and for a machine."""

import json
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.finding import NO_REACH, Reach
from panorama_guard.containment import Condition, Contained, Escaped, Grant, StatementRef, Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.covering import explain_containment
from panorama_guard.containment.doubt import Cause, Doubt, DoubtExplanation, Unsure, explain_doubt
from panorama_guard.containment.explain import explain_escape
from panorama_guard.containment.extent import measure_escape
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import parse_document_value
from panorama_guard.policy.glob import Glob
from panorama_guard.reporting.doubts import doubt_reason, doubt_words
from panorama_guard.reporting.explanation import Explained, explanation_body, explanation_lines
from panorama_guard.reporting.plain import is_seen
from tests.builders import allow, deny, policy, trusting

BUCKETS = "arn:aws:s3:::*aws-panorama*"


def grant(name: str, *statements: dict[str, Any], boundary: tuple[dict[str, Any], ...] = ()) -> Grant:
    """Return the grant of one document, under a boundary called `limit` if statements are given for one."""
    documents = [
        parse_document_value({"Version": "2012-10-17", "Statement": list(listed)}, name=called)
        for called, listed in ((name, statements), ("limit", boundary))
    ]
    return Grant((documents[0],), ((documents[1],),) if boundary else ())


def explained(inner: Grant, ceiling: Grant) -> Explained:
    """Return the explanation of a verdict."""
    verdict = check(inner, ceiling)
    if isinstance(verdict, Contained):
        return Explained("the grant", verdict, explain_containment(inner, ceiling), NO_REACH, "")
    if isinstance(verdict, Undecided):
        return Explained("the grant", verdict, explain_doubt(inner, ceiling), NO_REACH, "")
    extent = measure_escape(inner, ceiling)
    reach = Reach(extent.text, extent.precision.value)
    return Explained("the grant", verdict, explain_escape(inner, ceiling, verdict), reach, "aws iam x")


WIDE = grant(
    "p",
    allow("s3:GetObject", Sid="Pay"),
    allow("s3:Get*"),
    deny("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    deny("iam:*"),
    boundary=(allow("s3:*"), deny("s3:Put*")),
)
CEILING = grant("c", allow("s3:*", BUCKETS, Sid="Buckets"), allow("iot:*"), allow("sqs:*"))


def test_a_person_reads_what_escapes_and_why_nothing_stops_it() -> None:
    """The request, who grants it, each Deny and the boundary, the ceiling, how far it reaches, the command."""
    assert list(explanation_lines(explained(WIDE, CEILING))) == [
        "ESCAPED: the grant reaches outside the ceiling",
        "",
        "For example: s3:GetObject on arn:aws:s3:::example-bucket/records.csv",
        "",
        "Granted by:  p, statement 1 (Pay)",
        "Also by:     p, statement 2",
        "Not denied:  by p, statement 3: Bool aws:SecureTransport false is not met: the request does not have it",
        "Not denied:  by p, statement 4: the action does not match iam:*",
        "Boundary:    lets it pass by limit, statement 1",
        "Not denied:  by limit, statement 2: the action does not match s3:Put*",
        f"Outside:     c, statement 1 (Buckets): the resource does not match {BUCKETS}",
        "Outside:     the action does not match in any of the 2 other statements of the ceiling",
        "",
        f"Escapes:     s3:Get* on everything but {BUCKETS}",
        "But not:     s3:GetObject on everything if Bool aws:SecureTransport false",
        "That is:     all that escapes and nothing else, decided over all requests",
        'As policy:   {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","NotResource":'
        f'"{BUCKETS}"' + "},"
        '{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}',
        "See it:      aws iam x",
    ]


def test_a_machine_reads_the_same() -> None:
    """Every statement of both sides, matching or not, and why."""
    body = explanation_body(explained(WIDE, CEILING))
    assert (body["verdict"], body["about"], body["see_it"]) == ("escaped", "the grant", "aws iam x")
    assert body["policies"][0] == {
        "policy": "p",
        "sid": "Pay",
        "index": 0,
        "effect": "Allow",
        "matches": True,
        "because": [],
    }
    assert body["policies"][2]["because"] == [
        {
            "element": "condition",
            "known": True,
            "words": "Bool aws:SecureTransport false is not met: the request does not have it",
            "condition": {"operator": "Bool", "key": "aws:SecureTransport", "values": ["false"]},
            "request_has": [],
        }
    ]
    assert body["boundaries"][0][1]["because"] == [
        {
            "element": "action",
            "known": True,
            "words": "the action does not match s3:Put*",
            "patterns": ["s3:Put*"],
            "negated": False,
        }
    ]
    assert body["ceiling"][0][0]["because"][0]["patterns"] == [BUCKETS]
    assert body["escape"]["extent"] == "exactly"
    assert body["escape"]["policy"]["Statement"][0]["Action"] == "s3:Get*"
    assert json.loads(json.dumps(body)) == body


def test_what_covers_what_is_told() -> None:
    """Together, under which Denies, and where nothing is left."""
    inner = grant(
        "p",
        allow(["s3:GetObject", "sqs:A"], BUCKETS),
        {"Effect": "Deny", "NotAction": "sqs:*", "Resource": "arn:aws:s3:::*b"},
        allow("iam:*"),
        deny("iam:*"),
        allow("*"),
        boundary=(allow("iot:Get*"), allow("s3:GetObject", BUCKETS)),
    )
    told = explained(inner, CEILING)
    assert list(explanation_lines(told)) == [
        "CONTAINED: the grant stays inside the ceiling",
        "",
        "Covered:     p, statement 1: by c, statements 1, 3",
        "Covered:     p, statement 3 less what is denied by p, statement 4: nothing is left of it",
        "Covered:     p, statement 5 less what the boundary does not allow: by c, statements 1-2",
    ]
    covered = explanation_body(told)["covered"]
    assert covered[0]["by"] == [
        [{"policy": "c", "sid": "Buckets", "index": 0}, {"policy": "c", "sid": None, "index": 2}]
    ]
    assert (covered[1]["less"], covered[1]["by"]) == ([{"policy": "p", "sid": None, "index": 3}], [])
    assert [cover["within_boundary"] for cover in covered] == [False, False, True]


def test_statements_that_the_same_ones_cover_are_one_line() -> None:
    """A run of them; one alone, and one that needs something else, stand for themselves."""
    same = [allow(f"s3:Get{letter}") for letter in "abc"]
    lines = list(explanation_lines(explained(grant("p", *same, allow("s3:Getb")), grant("p", *same))))
    assert lines[2:] == [
        "Covered:     3 statements of p: each by the same statement of the ceiling's",
        "Covered:     p, statement 4: by p, statement 2",
    ]
    assert list(explanation_lines(explained(grant("p", same[0]), grant("p", same[0]))))[2:] == [
        "Covered:     p, statement 1: by p, statement 1"
    ]


def test_many_denies_are_told_by_their_numbers() -> None:
    """A containment has a dozen of them."""
    denies = [deny(f"svc{number}:*") for number in range(12)]
    allows = allow([f"svc{number}:A" for number in range(12)])
    (line,) = list(explanation_lines(explained(grant("p", allows, *denies), CEILING)))[2:]
    assert line == "Covered:     p, statement 1 less what is denied by p, statements 2-13: nothing is left of it"


def test_a_statement_that_matches_nothing_and_a_grant_of_nothing_are_told_as_that() -> None:
    """Silence would look like proof."""
    nothing = explained(grant("p", allow("GetObject")), CEILING)
    assert list(explanation_lines(nothing))[2:] == ["Covered:     p, statement 1: it matches no request"]
    assert list(explanation_lines(explained(Grant(()), CEILING)))[2:] == ["Covered:     nothing is granted"]


def test_notes_stand_below() -> None:
    """Of any verdict, for a person and for a machine."""
    told = replace(explained(Grant(()), CEILING), notes=("one", "two"))
    assert list(explanation_lines(told))[-2:] == ["Note:        one", "Note:        two"]
    assert explanation_body(told)["notes"] == ["one", "two"]


THERE, ELSEWHERE = StatementRef("p", None, 0), StatementRef("q", None, 0)
TEST = Condition("StringEquals", "k", (Glob("v"),))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (allow("s3:*", Condition={"FooEquals": {"aws:X": "1"}}), "the operator FooEquals (on aws:X) is not understood"),
        (allow("s3:*", Condition={"Bool": {"k": "maybe"}}), "the value maybe of Bool k is not understood"),
        (
            allow("s3:*", Condition={"ArnLike": {"aws:SourceArn": "arn:x"}}),
            "AWS does not say what the pattern arn:x of ArnLike aws:SourceArn matches",
        ),
    ],
)
def test_a_doubt_is_told_statement_by_statement(statement: dict[str, Any], words: str) -> None:
    """With the element that is not sure."""
    told = explained(grant("p", allow("iot:*"), statement), grant("c", allow("iot:*")))
    assert list(explanation_lines(told)) == [
        "UNDECIDED: the grant is proved neither to stay inside the ceiling nor to leave it",
        "",
        f"In doubt:    p, statement 2: {words}",
    ]
    body = explanation_body(told)
    assert body["reason"] == f"p, statement 2: {words}"
    (doubt,) = body["doubts"]
    assert (doubt["statement"], doubt["reason"]) == ({"policy": "p", "sid": None, "index": 1}, words)
    assert doubt["causes"][0]["words"] == words
    assert doubt["causes"][0]["condition"]["operator"] == next(iter(statement["Condition"]))


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (Cause(Unsure.OPEN, THERE), "AWS does not settle whom the principal is"),
        (Cause(Unsure.VARIABLE, THERE, (), (Glob("${aws:userid}"),)), "the policy variable in ${aws:userid} may have"),
        (Cause(Unsure.KINDS, THERE, (TEST,)), "StringEquals k is one of several kinds of operators on this key"),
        (Cause(Unsure.OPEN, THERE, (TEST,)), "AWS does not settle when StringEquals k v holds"),
        (Cause(Unsure.WORK, THERE), "it would take more work than one question may cost"),
    ],
)
def test_every_cause_of_a_doubt_has_its_words(cause: Cause, words: str) -> None:
    """And its place, where that is another statement."""
    assert doubt_words(Doubt(THERE, (cause,))).startswith(words)
    assert doubt_words(Doubt(ELSEWHERE, (cause,))).startswith(f"p, statement 1: {words}")


def test_of_many_doubts_the_first_are_told() -> None:
    """And how many more there are; without any, the engine's own reason."""
    doubts = tuple(Doubt(StatementRef("p", None, place), (Cause(Unsure.WORK, THERE),)) for place in range(1, 9))
    assert doubt_reason("x", DoubtExplanation(doubts)).endswith(" and 5 more")
    assert doubt_reason("x", DoubtExplanation(())) == "x"


def test_a_request_that_does_not_meet_a_condition_is_told_with_what_it_has() -> None:
    """And an escape under one reading says so."""
    tested = {"StringEquals": {"iam:PassedToService": ["a", "b"]}}
    inner = grant("p", allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "z"}}))
    lines = list(explanation_lines(explained(inner, grant("c", allow("iam:PassRole", Condition=tested)))))
    assert "With:        iam:PassedToService = z" in lines
    assert "Outside:     c, statement 1: StringEquals iam:PassedToService a, b is not met: the request has z" in lines
    only = explained(grant("p", allow("s3:*", "arn:aws:s3:::a:b")), grant("c", allow("s3:*", "arn:*:::a:b")))
    assert "Reading:     only where no wildcard crosses a segment" in list(explanation_lines(only))


def test_a_ceiling_may_deny_and_may_be_empty() -> None:
    """Both are told."""
    denied = explained(grant("p", allow("s3:A")), grant("c", allow("s3:*"), deny("s3:A")))
    assert "Outside:     c, statement 2 of the ceiling denies it" in list(explanation_lines(denied))
    empty = explained(grant("p", allow("s3:A")), Grant(()))
    assert "Outside:     the ceiling allows nothing" in list(explanation_lines(empty))


@pytest.mark.parametrize(
    ("ceiling", "words"),
    [
        ([allow("iot:*")], "in the only statement of the ceiling"),
        ([allow("iot:*"), allow("sqs:*")], "in any of the 2 statements of the ceiling"),
        ([allow("s3:A", "arn:aws:s3:::a"), allow("iot:*")], "in the other statement of the ceiling"),
    ],
)
def test_statements_about_other_actions_are_counted(ceiling: list[dict[str, Any]], words: str) -> None:
    """As others only where some stand before them."""
    lines = list(explanation_lines(explained(grant("p", allow("s3:A")), grant("c", *ceiling))))
    assert f"Outside:     the action does not match {words}" in lines


def test_trust_is_told_in_principals() -> None:
    """Nobody knows the engine's resources."""
    trust, ceiling = (
        trust_grant(parse_document_value(json.loads(policy(trusting(principal))), name="trust policy"))
        for principal in ({"AWS": "999999999999"}, {"Service": "panorama.amazonaws.com"})
    )
    verdict = check(trust, ceiling)
    assert isinstance(verdict, Escaped)
    why = explain_escape(trust, ceiling, verdict)
    reach = Reach(policy(trusting({"AWS": "999999999999"})), "exactly")
    lines = list(explanation_lines(Explained("the trust", verdict, why, reach, "x")))
    assert "For example: sts:AssumeRole by AWS arn:aws:iam::999999999999:root" in lines
    outside = "Outside:     trust policy, statement 1: the principal does not match Service panorama.amazonaws.com"
    assert outside in lines


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202egnp", "a\nSeverity: LOW", "\u2066x\u2069"])
def test_hostile_text_cannot_create_lines_nor_act_on_a_terminal(text: str) -> None:
    """Names, Sids, patterns, keys and values are somebody's."""
    tested = {"StringEquals": {f"k{text}": text}}
    inner = grant(text, allow("s3:*", f"arn:aws:s3:::{text}", Sid=text, Condition=tested), deny("s3:*", text, Sid=text))
    ceiling = grant(text, allow("s3:*", f"arn:aws:s3:::a{text}", Sid=text, Condition=tested))
    lines = list(explanation_lines(explained(inner, ceiling)))
    harmless = grant(
        "n", allow("s3:*", "arn:aws:s3:::x", Sid="s", Condition={"StringEquals": {"k": "v"}}), deny("s3:*", "y")
    )
    again = grant("n", allow("s3:*", "arn:aws:s3:::ax", Sid="s", Condition={"StringEquals": {"k": "v"}}))
    assert all(is_seen(char) for line in lines for char in line)
    assert len(lines) == len(list(explanation_lines(explained(harmless, again))))
