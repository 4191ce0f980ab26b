"""containment/evaluate.py: the definition, one request at a time."""

import pytest

from panorama_guard.containment import Grant, Reading, Request
from panorama_guard.containment.evaluate import allows, decide_request, for_action
from panorama_guard.policy import Document, parse_document_value

OBJECT = "arn:aws:s3:::b/k"


def document(*statements: dict[str, object]) -> Document:
    """Return a document of `statements`, each an Allow of everything but for what it says."""
    body = [
        {
            "Effect": "Allow",
            **({} if "NotAction" in item else {"Action": "*"}),
            **({} if "NotResource" in item else {"Resource": "*"}),
            **item,
        }
        for item in statements
    ]
    return parse_document_value({"Version": "2012-10-17", "Statement": body}, name="x")


def allowed(grant: Grant, action: str = "s3:GetObject", resource: str = OBJECT, **context: str) -> bool:
    """Say whether the request is allowed in a context of single values."""
    return allows(grant, Request(action, resource, tuple((key, (value,)) for key, value in context.items())))


def test_nothing_is_allowed_without_an_allow() -> None:
    """An empty grant, and one of Denies only, allow nothing."""
    assert not allowed(Grant(()))
    assert not allowed(Grant((document({"Effect": "Deny"}),)))


def test_a_deny_anywhere_wins() -> None:
    """Whether in the same policy, another one, or a boundary."""
    everything, deny = document({}), document({"Effect": "Deny"}, {})
    assert allowed(Grant((everything,)))
    assert not allowed(Grant((everything, deny)))
    assert not allowed(Grant((everything,), ((deny,),)))


def test_each_boundary_must_allow() -> None:
    """Boundaries intersect; the documents of one boundary join."""
    puts, gets = document({"Action": "s3:Put*"}), document({"Action": "s3:Get*"})
    assert allowed(Grant((document({}),), ((puts, gets),)))
    assert not allowed(Grant((document({}),), ((puts,), (gets,))))


def test_actions_ignore_case_and_resources_do_not() -> None:
    """`S3:GETOBJECT` is `s3:GetObject`; bucket names differ by case."""
    grant = Grant((document({"Action": "S3:GETOBJECT", "Resource": OBJECT}),))
    assert allowed(grant)
    assert not allowed(grant, resource=OBJECT.upper())


@pytest.mark.parametrize(("action", "expected"), [("iam:GetRole", False), ("S3:getobject", True)])
def test_not_action_is_every_other_action(action: str, expected: object) -> None:
    """Case does not count there either."""
    assert allowed(Grant((document({"NotAction": ["IAM:*"]}),)), action=action) is expected


def test_not_resource_excludes_each_member_and_includes_the_lone_star() -> None:
    """A request without a resource is asked on `*`, which no bucket pattern matches."""
    grant = Grant((document({"NotResource": ["arn:aws:s3:::a*", "arn:aws:s3:::b*"]}),))
    assert [allowed(grant, resource=name) for name in ("arn:aws:s3:::a", OBJECT, "arn:aws:s3:::c", "*")] == [
        False,
        False,
        True,
        True,
    ]


def test_the_colons_of_a_value_part_no_segments() -> None:
    """`*a${k:v}` is no ARN as it is written, and stays none where five colons are put in: its `*` is any text."""
    grant = Grant((document({"Resource": "*a${k:v}"}),))
    request = Request("s3:GetObject", "arn:aws:s3:::a:::::", (("k:v", (":::::",)),))
    assert all(allows(grant, request, reading) for reading in Reading)


def test_all_conditions_of_a_statement_must_hold() -> None:
    """Keys and operators are joined by and."""
    grant = Grant((document({"Condition": {"StringEquals": {"a": "1"}, "Null": {"b": "true"}}}),))
    assert allowed(grant, a="1")
    assert not allowed(grant, a="1", b="1")
    assert not allowed(grant)


def test_context_keys_ignore_case_and_an_empty_value_list_is_absent() -> None:
    """A key without values is not there."""
    grant = Grant((document({"Condition": {"Null": {"aws:SourceIp": "true"}}}),))
    assert allows(grant, Request("s3:GetObject", OBJECT, (("AWS:SOURCEIP", ()),)))
    assert not allows(grant, Request("s3:GetObject", OBJECT, (("AWS:SOURCEIP", ("x",)),)))


def test_what_is_not_understood_is_neither_allowed_nor_refused() -> None:
    """Not-unknown is unknown, for an Allow and for a Deny."""
    odd: dict[str, object] = {"Condition": {"StringSounds": {"a": "1"}}}
    request = Request("s3:GetObject", OBJECT)
    for grant in (Grant((document(odd),)), Grant((document({}, {"Effect": "Deny", **odd}),))):
        assert decide_request(grant, request, Reading.CROSSING) is None
        assert not allows(grant, request)


def test_a_variable_in_a_resource_is_the_value_of_its_key() -> None:
    """Without a value the entry matches nothing."""
    grant = Grant((document({"Resource": ["arn:aws:s3:::${aws:username}/*"]}),))
    assert allowed(grant, **{"aws:username": "b"})
    assert not allowed(grant, **{"aws:username": "c"})
    assert not allowed(grant)


def test_under_not_resource_a_variable_without_value_leaves_nothing_out() -> None:
    """AWS says that it matches no resource there either."""
    grant = Grant((document({"NotResource": "arn:aws:s3:::${aws:username}/*"}),))
    assert decide_request(grant, Request("s3:GetObject", OBJECT), Reading.CROSSING) is True


def test_readings_decide_whether_a_star_crosses_colons() -> None:
    """The same request, the same grant, three readings."""
    grant = Grant((document({"Resource": "arn:aws:iot:*:thing/x:y"}),))
    request = Request("iot:GetThing", "arn:aws:iot:r:a:b:thing/x:y")
    assert [allows(grant, request, reading) for reading in Reading] == [True, False, True]


def test_for_one_action_the_other_statements_may_be_left_out() -> None:
    """The smaller grant answers as the whole one does."""
    grant = Grant((document({"Action": "s3:Get*"}, {"Action": "iam:*"}),), ((document({"NotAction": "iam:*"}),),))
    small = for_action(grant, "s3:GetObject")
    assert [len(layer[0].statements) for layer in small.layers] == [1, 1]
    assert allowed(small) is allowed(grant) is True
