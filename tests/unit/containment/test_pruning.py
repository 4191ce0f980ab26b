"""containment/pruning.py: what of a description escapes."""

from panorama_guard.containment import Grant
from panorama_guard.containment.areas import area_of
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.pruning import Sides, escaping_part
from tests.unit.containment.questions import BUCKET, document, statement

A, B = f"{BUCKET}a/x", f"{BUCKET}b/x"
OURS = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_a_part_under_a_condition_stays_only_where_something_of_it_escapes() -> None:
    """One without conditions that no Deny is near is not asked about, so it stays."""
    grant, ceiling = (
        Grant((document(*listed),)) for listed in ([statement(), statement(A)], [statement(Condition=OURS)])
    )
    sides = Sides(grant, ceiling, {}, Budget(100_000))
    bare, inside = (area_of(one) for one in document(statement(A), statement(B, Condition=OURS)).statements)
    assert escaping_part((bare, inside), (), sides) == (bare,)
    other = {"StringEquals": {"aws:SourceAccount": "444455556666"}}
    (outside,) = (area_of(one) for one in document(statement(B, Condition=other)).statements)
    assert escaping_part((bare, outside), (), sides) == (bare, outside)
