"""containment/grouping.py: which areas plainly lie in others."""

import pytest

from panorama_guard.containment.areas import Area
from panorama_guard.containment.elements import EVERYTHING
from panorama_guard.containment.grouping import grouped, holds
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob


def on_everything(actions: str) -> Area:
    """Return the area of some actions, or, behind a `!`, of all others."""
    globs = tuple(map(Glob, actions.removeprefix("!").split()))
    return Area(Patterns(negated=actions.startswith("!"), globs=globs), EVERYTHING)


@pytest.mark.parametrize(
    ("outer", "inner", "lies_in_it"),
    [
        ("s3:*", "s3:get*", True),
        ("s3:get*", "s3:*", False),
        ("s3:get* s3:put*", "s3:putobject", True),
        ("!s3:get*", "!s3:*", True),
        ("!s3:*", "!s3:get*", False),
        ("!s3:get*", "!s3:* sqs:*", True),
        ("!s3:get*", "sqs:*", False),  # it does lie in it, and nobody sees that
        ("!s3:get*", "s3:*", False),
        ("s3:*", "!s3:get*", False),
        ("*", "!s3:get*", True),
    ],
)
def test_an_area_lies_in_another_where_that_is_plain(outer: str, inner: str, *, lies_in_it: bool) -> None:
    """Pattern by pattern: of all but these the one with less left out holds the other."""
    assert holds(on_everything(outer), on_everything(inner)) is lies_in_it


def test_areas_in_others_are_left_out() -> None:
    """Whichever comes first."""
    wide, narrow, other = (on_everything(actions) for actions in ("!s3:get*", "!s3:*", "!sqs:*"))
    assert grouped((narrow, wide, other)) == grouped((wide, narrow, other)) == (wide, other)
