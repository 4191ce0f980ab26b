"""containment/question.py: which clauses have a say about a request, and when it escapes."""

import pytest

from panorama_guard.containment.question import Court, Question


@pytest.mark.parametrize(("allows", "expected"), [((1, 0), False), ((1, 2), True), ((), True)])
def test_a_question_is_open_where_every_layer_allows_the_action(allows: tuple[int, ...], *, expected: bool) -> None:
    """Where one layer of the grant has no Allow that covers it, nothing is granted."""
    assert Question((), tuple(Court(one, 0) for one in allows), ()).is_open is expected
