"""containment/actions.py: of all actions that statements tell apart, no one that escapes is overlooked."""

import random
from itertools import product
from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import escaping_readings
from panorama_guard.containment.records import Witness
from tests.unit.containment.questions import document

SERVICES, LETTERS, LONGEST = ("q", "w", "e", "u"), "abcx", 3
PATTERNS = [
    "q:*",
    "q:a*",
    "q:*b",
    "q:?",
    "q:ab",
    "q:*c*",
    "w:*",
    "w:a*",
    "w:*b",
    "w:ab",
    "w:?b*",
    "w:*c*",
    "e:*",
    "e:*c*",
    "*:a*",
    "*:*b",
    "*",
]
EVERY = [
    f"{service}:{''.join(letters)}"
    for service in SERVICES
    for size in range(1, LONGEST + 1)
    for letters in product(LETTERS, repeat=size)
]


def about(effect: str, element: str, *actions: str) -> dict[str, Any]:
    """Return a statement about actions, on everything."""
    return {"Effect": effect, element: list(actions), "Resource": "*"}


@pytest.mark.parametrize(
    ("grant", "ceiling"),
    [
        (
            [about("Allow", "NotAction", "q:?")],
            [about("Allow", "NotAction", "w:*c*", "q:*c*"), about("Allow", "Action", "w:a*", "w:*b", "e:*c*")],
        ),
        (
            [about("Allow", "NotAction", "e:*"), about("Deny", "NotAction", "e:*c*", "q:*", "e:*")],
            [
                about("Allow", "NotAction", "*"),
                about("Deny", "Action", "e:*c*", "w:?b*", "e:*"),
                about("Deny", "Action", "e:*c*", "w:*"),
            ],
        ),
    ],
)
def test_what_not_action_leaves_out_hides_no_other_action(grant: list[Any], ceiling: list[Any]) -> None:
    """Actions that the statement does not cover are among those that could escape by the other statements."""
    assert isinstance(check(Grant((document(*grant),)), Grant((document(*ceiling),))), Escaped)


@pytest.mark.parametrize("seed", range(4))
def test_no_short_action_escapes_what_is_contained(seed: int) -> None:
    """Held against the definition, action by action; that a witness replays the engine sees to itself."""
    chance = random.Random(seed)  # noqa: S311 - chance, not secrets

    def some(effect: str, element: str) -> dict[str, Any]:
        return about(effect, element, *chance.sample(PATTERNS, chance.choice((1, 1, 2, 3))))

    def several(effect: str, *counts: int) -> list[dict[str, Any]]:
        return [some(effect, chance.choice(("Action", "NotAction"))) for _ in range(chance.choice(counts))]

    decided = 0
    for _ in range(60):
        grant = Grant((document(some("Allow", "NotAction"), *several("Deny", 0, 1, 2)),))
        ceiling = Grant((document(*several("Allow", 1, 2), *several("Deny", 0, 1, 2)),))
        verdict = check(grant, ceiling)
        decided += isinstance(verdict, Contained | Escaped)
        requests = EVERY if verdict == Contained() else ()
        assert not [action for action in requests if escaping_readings(Witness(action, "*", ()), (grant, ceiling))]
    assert decided == 60
