"""Who runs a function, what it runs and as whom, where its events come from and where its results go."""

from dataclasses import replace

import pytest

from panorama_guard.case import function
from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import Subject
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.functions import rule_of
from panorama_guard.judging.part_rule import opened_by, read_part
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from tests.builders import ACCOUNT
from tests.unit.functions import (
    ARN,
    OTHERS,
    OWN,
    PUBLIC_URL,
    RUNNER_KEY,
    RUNNERS,
    STANDARD,
    THEIRS,
    a_function,
    a_url,
    lets,
    lists,
)

FOUND = tuple[Kind, Severity, str]
RULE = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/nightly"


def found(snapshot: ResourceSnapshot) -> list[FOUND]:
    """Return the findings on a function, without their proof."""
    return [(one.kind, one.severity, one.source) for one in judge_resource(snapshot, STANDARD).findings]


def source_is(key: str, value: str) -> dict[str, object]:
    """Return a condition on the source of a service's call."""
    return {"Condition": {"ArnLike" if key.endswith("Arn") else "StringEquals": {f"AWS:{key}": value}}}


@pytest.mark.parametrize(
    "statement",
    [
        OWN,
        lets("role", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Caller"}),
        lets("rule", {"Service": "events.amazonaws.com"}, **source_is("SourceArn", RULE)),
        lets("bucket", {"Service": "s3.amazonaws.com"}, **source_is("SourceAccount", ACCOUNT)),
        lets("any", "*", **source_is("SourceAccount", ACCOUNT)),
        lets("never", "*", Effect="Deny"),
    ],
    ids=lambda statement: str(statement["Sid"]),
)
def test_who_is_inside_is_silent(statement: object) -> None:
    """The account, AWS acting for it, and whatever only denies."""
    assert found(a_function(statement)) == []


@pytest.mark.parametrize(
    ("statement", "severity"),
    [
        (THEIRS, Severity.HIGH),
        (lets("partner", {"AWS": f"arn:aws:iam::{OTHERS}:role/Caller"}), Severity.HIGH),
        (lets("partner", "*"), Severity.CRITICAL),
        (lets("partner", {"Service": "s3.amazonaws.com"}), Severity.HIGH),
        (lets("partner", {"Service": "s3.amazonaws.com"}, **source_is("SourceAccount", OTHERS)), Severity.HIGH),
        (
            lets("partner", {"Service": "sns.amazonaws.com"}, **source_is("SourceArn", RULE.replace(ACCOUNT, OTHERS))),
            Severity.HIGH,
        ),
        (lets("partner", {"AWS": f"arn:aws:iam::{OTHERS}:root"}, Action="lambda:*"), Severity.HIGH),
    ],
)
def test_who_is_outside_is_found_with_a_true_witness(statement: object, severity: Severity) -> None:
    """By a request that the definition allows."""
    snapshot = a_function(OWN, statement)
    (finding,) = judge_resource(snapshot, STANDARD).findings
    assert (finding.kind, finding.severity, finding.source) == (
        Kind.RESOURCE_ESCAPE,
        severity,
        "policy statement partner",
    )
    assert isinstance(finding.verdict, Escaped)
    rule, text = rule_of(finding.source), snapshot.text_of(finding.source)
    assert rule is not None
    assert text is not None
    assert allows(
        opened_by(read_part(Part(finding.source, text), rule, snapshot), rule, snapshot),
        finding.verdict.witness.request,
    )
    assert finding.verdict.witness.resource.startswith(ARN)
    assert describe_principal(finding.verdict.witness)


def test_each_statement_is_found_by_itself() -> None:
    """Each was added by a call of its own."""
    sources = {source for _, _, source in found(a_function(THEIRS, OWN, lets("second", {"AWS": OTHERS})))}
    assert sources == {"policy statement partner", "policy statement second"}


def test_a_deny_of_the_policy_holds_for_every_statement() -> None:
    """A document put whole may have one."""
    assert found(a_function(THEIRS, lets("never", {"AWS": f"arn:aws:iam::{OTHERS}:root"}, Effect="Deny"))) == []


def test_a_url_that_everybody_may_call_is_an_escape() -> None:
    """Lambda asks the policy, which lets everybody in."""
    snapshot = a_function(PUBLIC_URL).with_part(function.url_part(), a_url())
    assert found(snapshot) == [
        (Kind.RESOURCE_ESCAPE, Severity.CRITICAL, "function URL"),
        (Kind.RESOURCE_ESCAPE, Severity.CRITICAL, "policy statement public"),
        (Kind.WEAKNESS, Severity.MEDIUM, "function URL"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        OWN,
        {**PUBLIC_URL, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
        {**PUBLIC_URL, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
    ],
)
def test_a_url_without_signature_that_nobody_may_call_is_a_weakness(statement: object) -> None:
    """Nobody gets through yet, and nothing claims that somebody does."""
    snapshot = a_function(statement).with_part(function.url_part(), a_url())
    assert found(snapshot) == [(Kind.WEAKNESS, Severity.MEDIUM, "function URL")]


def test_the_policy_of_an_alias_opens_the_alias_s_url_alone() -> None:
    """Each has its own."""
    snapshot = a_function(PUBLIC_URL).with_part(function.url_part("prod"), a_url(qualifier="prod"))
    assert (Kind.WEAKNESS, Severity.MEDIUM, "function URL of prod") in found(snapshot)


def test_a_url_that_asks_for_a_signature_is_silent() -> None:
    """Whoever signs is asked for permission."""
    assert found(a_function(OWN).with_part(function.url_part(), a_url("AWS_IAM"))) == []


@pytest.mark.parametrize(
    ("part", "text", "kinds"),
    [
        (function.LAYERS, lists("Layers", {"Arn": f"arn:aws:lambda:us-east-1:{OTHERS}:layer:x:1"}), [Kind.WEAKNESS]),
        (function.LAYERS, lists("Layers", {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:x:1"}), []),
        (function.SOURCES, lists("Sources", {"EventSourceArn": f"arn:aws:sqs:us-east-1:{OTHERS}:q"}), [Kind.WEAKNESS]),
        (function.SOURCES, lists("Sources", {"EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}), []),
        (function.SOURCES, lists("Sources", {"SelfManagedEventSource": {}}), [Kind.UNDECIDED]),
        (
            function.DESTINATIONS,
            lists("Destinations", {"Destination": f"arn:aws:sns:us-east-1:{OTHERS}:t"}),
            [Kind.WEAKNESS],
        ),
        (function.DESTINATIONS, lists("Destinations", {"Destination": f"arn:aws:sns:us-east-1:{ACCOUNT}:t"}), []),
        (function.DESTINATIONS, lists("Destinations", {"Destination": "arn:aws:s3:::a-bucket"}), [Kind.UNDECIDED]),
    ],
)
def test_what_comes_from_others_or_goes_to_them_is_told(part: str, text: str, kinds: list[Kind]) -> None:
    """Where it cannot be known whose it is, that is a doubt."""
    assert [(kind, source) for kind, _, source in found(a_function().with_part(part, text))] == [
        (kind, part) for kind in kinds
    ]


@pytest.mark.parametrize(
    ("name", "count"),
    [("panorama-runtime", 0), ("MyPanoramaFunction-role-x", 0), ("AWSPanoramaGreengrassRole", 0), ("Admin", 1)],
)
def test_a_function_of_the_pattern_runs_as_a_role_of_the_pattern(name: str, count: int) -> None:
    """Or as one of the guarded roles."""
    findings = found(a_function(role=f"arn:aws:iam::{ACCOUNT}:role/service-role/{name}"))
    assert findings == [(Kind.WEAKNESS, Severity.MEDIUM, "execution role")] * count


def test_a_function_outside_the_pattern_that_runs_as_a_guarded_role_is_found() -> None:
    """What the role may do, whoever changes that function's code may do."""
    role = canonical(f"arn:aws:iam::{ACCOUNT}:role/AWSPanoramaServiceRole")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:payroll"
    snapshot = ResourceSnapshot(Subject(ACCOUNT, arn, RUNNER_KEY, arn), function.RUNNER, (Part(function.ROLE, role),))
    (finding,) = judge_resource(snapshot, ResourceStandard(RUNNERS)).findings
    assert (finding.kind, finding.severity, finding.source) == (Kind.WEAKNESS, Severity.HIGH, "execution role")


def test_what_is_unread_is_a_doubt_about_every_statement() -> None:
    """None of them is known to be gone."""
    judgement = judge_resource(replace(a_function(), unread=(Part("policy statement", "AccessDenied"),)), STANDARD)
    assert [one.kind for one in judgement.findings] == [Kind.UNDECIDED]
    assert judgement.has_doubt_about(Kind.RESOURCE_ESCAPE, "policy statement partner of prod")
    assert not judgement.has_doubt_about(Kind.RESOURCE_ESCAPE, "function URL")
