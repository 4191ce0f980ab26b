"""containment/proving.py: nothing escapes whatever the values are, or values are found by which something does."""

from panorama_guard.containment import Grant
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.evaluate import escaping_readings
from panorama_guard.containment.inquiry import Hunt, Known, Outcome
from panorama_guard.containment.proving import NONE, search_cases
from panorama_guard.containment.records import Escaped, Witness
from panorama_guard.containment.shortcut import Piece
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.glob import Glob
from tests.unit.containment.questions import ACTION, BUCKET, budget, document, frame, question, statement


def search(grant: list[dict[str, object]], ceiling: list[dict[str, object]]) -> Outcome:
    """Search the question about the grant's first statement, an Allow of one resource, over all values."""
    asked = question(grant, ceiling)
    sides = [Grant((document(*listed),)) for listed in (grant, ceiling)]

    def replay(witness: Witness, piece: Piece) -> Escaped | None:
        readings = escaping_readings(witness, sides)
        return Escaped(witness, piece.clause.ref, readings) if readings else None

    inner, outer = (compile_layer(side.policies) for side in sides)
    hunt = Hunt((inner,), (outer,), frame(asked), budget(), replay, only_proof=True, known=Known())
    first = asked.clauses[0]
    return search_cases(hunt, Piece(first, Glob(ACTION), first.resources.globs[0]), asked, ACTION)


def test_nothing_escapes_where_every_case_is_inside() -> None:
    """Absent the variable is its default, and present it is behind the pattern."""
    resource = f"{BUCKET}home/${{k, 'nobody'}}/*"
    assert search([statement(resource)], [statement(f"{BUCKET}home/*")]) == NONE


def test_a_value_that_the_condition_asks_for_is_inside() -> None:
    """Any other value fails the condition, as an absent key does."""
    grant = statement(f"{BUCKET}${{k}}", Condition={"StringEquals": {"k": ["a", "b"]}})
    assert search([grant], [statement([f"{BUCKET}a", f"{BUCKET}b"])]) == NONE


def test_a_deny_of_all_but_a_pattern_holds_for_every_value() -> None:
    """The value is in the pattern, or denied."""
    grant = [statement(f"{BUCKET}${{k}}"), statement(effect="Deny", NotResource=f"{BUCKET}team-*")]
    assert search(grant, [statement(f"{BUCKET}team-?*"), statement(f"{BUCKET}team-")]) == NONE


def test_a_value_by_which_it_escapes_is_tried() -> None:
    """It stands in the context of the witness, which is replayed."""
    outcome = search([statement(f"{BUCKET}${{k}}/x")], [statement(f"{BUCKET}?/x")])
    assert outcome.escape
    assert outcome.escape.readings == tuple(Reading)
    ((key, (value,)),) = outcome.escape.witness.request.context
    assert (key, outcome.escape.witness.request.resource) == ("k", f"{BUCKET}{value}/x")


def test_an_absent_key_s_default_escapes() -> None:
    """A present value is behind the pattern."""
    grant = statement(f"{BUCKET}${{k, 'x'}}", Condition={"StringLikeIfExists": {"k": "a*"}})
    outcome = search([grant], [statement(f"{BUCKET}a*")])
    assert outcome.escape
    assert outcome.escape.witness.request.resource == f"{BUCKET}x"


def test_what_rests_on_an_early_variable_is_in_doubt() -> None:
    """Without the key it would be denied, if AWS took a variable there: neither an escape nor a proof."""
    absent = {"Null": {"k": "true"}}
    grant = [statement(f"{BUCKET}b", Condition=absent), statement("arn:aws:s3:${k, ''}::b", "Deny")]
    outcome = search(grant, [statement(f"{BUCKET}a")])
    assert (outcome.escape, outcome.doubtful) == (None, True)
