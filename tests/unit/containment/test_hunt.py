"""containment/hunt.py: where an escape is looked for first."""

from panorama_guard.containment import Grant
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.evaluate import escaping_readings
from panorama_guard.containment.hunt import glance_escape
from panorama_guard.containment.inquiry import Hunt, Known
from panorama_guard.containment.records import Escaped, Witness
from panorama_guard.containment.shortcut import Piece
from tests.unit.containment.questions import budget, document, frame, question, statement


def test_a_natural_request_is_found_behind_actions_that_the_boundary_does_not_allow() -> None:
    """Of those that the policy allows the best known are asked about first, and it allows none of them."""
    policy, boundary = (
        document({"Effect": "Allow", "Action": action, "Resource": "*"}) for action in ("s3:*", "s3:DeleteObject")
    )
    sides = (Grant((policy,), ((boundary,),)), Grant((document(),)))

    def replay(witness: Witness, piece: Piece) -> Escaped | None:
        readings = escaping_readings(witness, sides)
        return Escaped(witness, piece.clause.ref, readings) if readings else None

    inner, outer = (tuple(map(compile_layer, side.layers)) for side in sides)
    escape = glance_escape(
        Hunt(inner, outer, frame(question([statement()], [])), budget(), replay, only_proof=False, known=Known())
    )
    assert escape
    assert escape.witness.action == "s3:DeleteObject"
