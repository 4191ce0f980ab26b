"""A data file is read strictly: every mistake is one line that names the field and its value."""

import json
from typing import Any

import pytest

from panorama_guard.profile import Certainty, Enrolment, ProfileError, load_profile, parse_profile
from panorama_guard.profile.loader import join_profiles

ARN = "arn:aws:iam::aws:policy/service-role/ExamplePolicy"


def statement(**elements: object) -> dict[str, object]:
    """Return a document of one Allow statement with these elements."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]}


def example() -> dict[str, Any]:
    """Return the data of a small profile of some other service: one role, and nothing watched."""
    policy = {
        "arn": ARN,
        "version_id": "v3",
        "edited": "2024-02-29",
        "document": statement(Action="sqs:SendMessage", Resource="arn:aws:sqs:*:*:example-*"),
    }
    trust = {
        "certainty": "inferred",
        "source": "the guide",
        "review_principals": ["old.example.amazonaws.com"],
        "document": statement(Action="sts:AssumeRole", Principal={"Service": "example.amazonaws.com"}),
    }
    role = {"name": "ExampleRole", "paths": ["/service-role/", "/"], "policies": [policy], "trust": trust}
    stated = {
        "principals": ["222233334444"],
        "services": ["example.amazonaws.com"],
        "sources": ["arn:aws:example:*:222233334444:*"],
        "organisation": "o-exampleorgid",
    }
    resource = {"type": "s3-bucket", "names": ["example-*"], "enrolment": "enrolled", "stated": stated}
    return {
        "name": "example",
        "partition": "aws",
        "patterns": {"sqs": statement(Action="sqs:*", Resource="arn:aws:sqs:*:*:example-*")},
        "roles": [role],
        "watched": [],
        "resources": [resource],
    }


def changed(place: str, value: object) -> str:
    """Return the text of the example with another value at a place such as `roles.0.name`."""
    data = example()
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    node: Any = data
    for step in steps:
        node = node[step]
    node[last] = value
    return json.dumps(data)


def without(place: str) -> str:
    """Return the text of the example without the field at a place."""
    data = example()
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    node: Any = data
    for step in steps:
        node = node[step]
    del node[last]
    return json.dumps(data)


def test_a_profile_of_another_service_needs_only_a_file() -> None:
    """Nothing in the reader knows which service the roles belong to."""
    role = parse_profile(json.dumps(example())).roles[0]
    assert (role.name, role.paths, role.enrolment) == ("ExampleRole", ("/service-role/", "/"), Enrolment.ENROLLED)
    assert role.trust_certainty is Certainty.INFERRED
    assert role.managed_policies == (ARN,)


def test_documents_are_named_after_where_they_come_from() -> None:
    """A verdict can say whether baseline or pattern decided."""
    role = parse_profile(json.dumps(example())).roles[0]
    assert [document.name for document in role.ceiling.policies] == [ARN, "pattern/sqs"]


def test_principals_under_review_widen_the_reviewed_trust_only() -> None:
    """The trust of AWS stays what it is; the reviewed trust adds a statement."""
    role = parse_profile(json.dumps(example())).roles[0]
    assert len(role.trust.statements) == 1
    assert len(role.reviewed_trust.statements) == len(role.trust.statements) + 1


def test_without_principals_under_review_the_two_trusts_are_one() -> None:
    """A role whose trust is known has nothing to review."""
    role = parse_profile(changed("roles.0.trust.review_principals", [])).roles[0]
    assert role.reviewed_trust == role.trust


def test_the_text_of_a_trust_is_the_document_of_the_file() -> None:
    """A role can be created with the trust that its profile gives."""
    role = parse_profile(json.dumps(example())).roles[0]
    assert json.loads(role.trust_text) == example()["roles"][0]["trust"]["document"]


def test_watched_roles_are_alert_only() -> None:
    """The list that a role stands in says whether it may be written to."""
    data = example()
    data["watched"], data["roles"] = data["roles"], []
    assert [role.enrolment for role in parse_profile(json.dumps(data)).watched] == [Enrolment.ALERT_ONLY]


FIELDS = [
    "name",
    "partition",
    "patterns",
    "roles",
    "watched",
    "resources",
    "resources.0.type",
    "resources.0.names",
    "resources.0.enrolment",
    "resources.0.stated",
    "resources.0.stated.principals",
    "resources.0.stated.services",
    "resources.0.stated.sources",
    "resources.0.stated.organisation",
    "roles.0.name",
    "roles.0.paths",
    "roles.0.policies",
    "roles.0.trust",
    "roles.0.trust.certainty",
    "roles.0.trust.source",
    "roles.0.trust.review_principals",
    "roles.0.trust.document",
    "roles.0.policies.0.arn",
    "roles.0.policies.0.version_id",
    "roles.0.policies.0.edited",
    "roles.0.policies.0.document",
]


@pytest.mark.parametrize("place", FIELDS)
def test_a_missing_field_is_an_error(place: str) -> None:
    """Every field is required."""
    with pytest.raises(ProfileError, match=r"\A[^\n]* is missing, the fields are: `[^\n]*`\Z"):
        parse_profile(without(place))


@pytest.mark.parametrize("place", FIELDS)
@pytest.mark.parametrize("value", [None, 7, True, "\u0000", [7], {"a": 7}, [[]]])
def test_a_value_of_a_wrong_type_is_an_error_of_one_line(place: str, value: object) -> None:
    """No field takes a value of another type or form."""
    with pytest.raises(ProfileError, match=r"\A[^\n]{10,300}`\Z"):
        parse_profile(changed(place, value))


@pytest.mark.parametrize("place", ["", "roles.0.", "roles.0.trust.", "roles.0.policies.0."])
def test_an_unknown_field_is_an_error(place: str) -> None:
    """A field that nobody reads would be silently without effect."""
    with pytest.raises(ProfileError, match=r"^[a-z0-9.\[\]]*colour is an unknown field: `red`$"):
        parse_profile(changed(f"{place}colour", "red"))


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("name", "Big Name", r"^name is not a lower-case name: `Big Name`$"),
        ("roles.0.name", "a/b", r"^roles\[0\]\.name is not a role name: `a/b`$"),
        ("roles.0.name", "A" * 65, r"^roles\[0\]\.name is not a role name: `A+`$"),
        ("roles.0.paths.1", "service-role", r"^roles\[0\]\.paths\[1\] is not an IAM path: `service-role`$"),
        ("roles.0.paths", [], r"^roles\[0\]\.paths is not a list of one or more different paths: `\[\]`$"),
        ("roles.0.paths", ["/", "/"], r"^roles\[0\]\.paths is not a list of one or more different paths: "),
        ("roles.0.trust.certainty", "guess", r"certainty is not one of documented, inferred: `guess`$"),
        ("roles.0.trust.review_principals.0", "*", r"review_principals\[0\] is not a service principal: `\*`$"),
        ("roles.0.policies.0.version_id", "3", r"version_id is not a version id: `3`$"),
        ("roles.0.policies.0.edited", "2023-02-29", r"edited is not a day of the calendar: `2023-02-29`$"),
        ("roles.0.policies.0.edited", "20230228", r"edited is not a day, year-month-day: `20230228`$"),
        ("roles.0.policies.0.arn", "ExamplePolicy", r"arn is not the ARN of a managed policy in partition aws: `"),
        ("partition", "aws-cn", r"arn is not the ARN of a managed policy in partition aws-cn: `arn:aws:iam"),
        ("patterns.sqs.Statement.0.Effect", "Perhaps", r"^patterns\.sqs is not a policy document, .*`Perhaps`$"),
        ("patterns.sqs.Statement.0.Colour", "red", r"^patterns\.sqs is not a policy document, .*Colour"),
        ("patterns.sqs", statement(Action="a:b", Principal="*"), r"^patterns\.sqs is not a policy about resources: "),
        ("roles.0.trust.document", statement(Action="a:b", Resource="*"), r"document is not a trust policy: "),
        ("patterns.sqs.Statement.0.Action", [], r"^patterns\.sqs names no action in statement 1: "),
        ("patterns.sqs.Statement.0.Action", "sqs.SendMessage", r"not a policy document, .*`sqs\.SendMessage`$"),
        (
            "patterns.sqs.Statement.0.Action",
            "sqsSendMessage",
            r"^patterns\.sqs names `sqsSendMessage` in statement 1, and ",
        ),
        (
            "patterns.sqs.Statement.0.Action",
            ["sqs:*", ":x"],
            r"^patterns\.sqs names `:x` in statement 1, and an action ",
        ),
        ("patterns.sqs.Statement.0.Resource", [], r"^patterns\.sqs names no resource in statement 1: "),
        ("roles.0.trust.document.Statement.0.Principal", {}, r"document names no principal in statement 1: "),
        (
            "roles.0.trust.document.Statement.0.Principal",
            {"Service": []},
            r"document names no principal in statement 1",
        ),
    ],
)
def test_an_error_names_the_field_and_its_value(place: str, value: object, message: str) -> None:
    """The author of a profile reads from the error what to mend."""
    with pytest.raises(ProfileError, match=message):
        parse_profile(changed(place, value))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100_000])
def test_a_text_that_is_no_object_is_an_error(text: str) -> None:
    """What is no JSON object is no profile."""
    with pytest.raises(ProfileError, match=r"^the profile is not "):
        parse_profile(text)


def test_a_field_given_twice_is_an_error() -> None:
    """One of two values of one name would be silently without effect."""
    with pytest.raises(ProfileError, match=r"^a field is given twice: `name`$"):
        parse_profile('{"name": "a", "name": "b"}')


def test_two_roles_of_one_name_are_an_error() -> None:
    """IAM has one role for both spellings, so that only one entry could hold."""
    data = example()
    data["watched"] = [{**data["roles"][0], "name": "EXAMPLEROLE"}]
    text = json.dumps(data)
    with pytest.raises(ProfileError, match=r"^two roles have one name: `examplerole`$"):
        parse_profile(text)


def test_joined_profiles_guard_the_roles_of_all() -> None:
    """A second file adds its roles, each with its own pattern."""
    first, second = parse_profile(json.dumps(example())), parse_profile(changed("roles.0.name", "OtherRole"))
    assert [role.name for role in join_profiles((first, second)).roles] == ["ExampleRole", "OtherRole"]


def test_joined_profiles_may_not_share_a_role() -> None:
    """Two files cannot both say what one role may be."""
    profile = parse_profile(json.dumps(example()))
    with pytest.raises(ProfileError, match=r"^two roles have one name: `examplerole`$"):
        join_profiles((profile, profile))


def test_the_shipped_profile_loads() -> None:
    """The library's own files are read without complaint."""
    assert load_profile().name == "panorama"
