"""containment/traits.py: what documents are about."""

from panorama_guard.containment.records import Grant
from panorama_guard.containment.traits import Traits, remembered, size_of, traits_of
from panorama_guard.policy.record import replace
from tests.unit.containment.questions import document, statement


def test_a_variable_is_seen_wherever_it_stands() -> None:
    """In a resource or in a condition's value, of any statement, in any layer; an escape is none."""
    plain = document(statement("arn:aws:s3:::a${*}"))
    in_resource = document(statement(), statement("arn:aws:s3:::${aws:username}"))
    in_condition = document(statement(Condition={"StringLike": {"a": "${b}"}}))
    assert traits_of(Grant((plain,))) == Traits(
        has_principal=False, asks_who_calls=False, has_variables=False, compares_bytes=False
    )
    assert traits_of(Grant((in_resource,))).has_variables
    assert traits_of(Grant((plain,), ((in_condition,),))).has_variables


def test_a_principal_is_seen() -> None:
    """It makes of a document one that the engine does not take as an identity's."""
    assert traits_of(Grant((document(statement(Principal="*")),))).has_principal


def test_an_equal_document_is_the_one_that_was_seen_first() -> None:
    """So that what is known of it is found without comparing all of it."""
    first, again = document(statement("arn:aws:s3:::seen")), document(statement("arn:aws:s3:::seen"))
    remembered(Grant((first,)))
    assert remembered(Grant((), ((again,),))).boundaries[0][0] is first
    assert remembered(Grant((replace(first, name="other"),))).policies[0] is not first


def test_a_grant_is_as_long_as_its_statements_in_all_layers() -> None:
    """Patterns count by their characters, conditions by their number."""
    one = document(statement("arn:aws:s3:::a", Condition={"StringEquals": {"a": "b"}}))
    assert size_of(Grant((one,), ((one,),))) == 2 * (8 + 1 + 4 + len("arn:aws:s3:::a"))
