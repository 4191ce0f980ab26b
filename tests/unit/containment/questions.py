"""Questions with policy variables, as the tests of several modules ask them."""

from typing import Any

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.contexts import Frame
from panorama_guard.containment.fillings import ValueKind
from panorama_guard.containment.keys import mixed_keys, several_keys
from panorama_guard.containment.question import Question, ask
from panorama_guard.policy import Document, parse_document_value
from panorama_guard.policy.glob import Glob, parse_glob

BUCKET = "arn:aws:s3:::"
ACTION = "s3:getobject"


def glob(text: str) -> Glob:
    """Return the pattern of Version 2012-10-17 that the text means."""
    return parse_glob(text, variables=True)


def kind(*lists: str, matched: int = 1) -> ValueKind:
    """Return the values that match these lists of patterns, each one text, as the bits say."""
    return ValueKind(tuple(tuple(map(glob, listed.split())) for listed in lists), matched, None)


def statement(resource: object = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """Return a statement about one action."""
    target = {} if "NotResource" in more else {"Resource": resource}
    return {"Effect": effect, "Action": ACTION, **target, **more}


def document(*statements: dict[str, Any]) -> Document:
    """Return a document of the statements."""
    return parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name="document")


def question(grant: list[dict[str, Any]], ceiling: list[dict[str, Any]]) -> Question:
    """Return the question about the first statement of the grant, an Allow, and its first resource."""
    inner, outer = (compile_layer((document(*listed),)) for listed in (grant, ceiling))
    first = inner.allows.clauses[0]
    return ask(first, [inner], [outer], ACTION, Glob("*") if first.resources.negated else first.resources.globs[0])


def frame(asked: Question) -> Frame:
    """Return what holds for every context of the question."""
    tests = {test for clause in asked.clauses for test in clause.tests}
    return Frame({}, mixed_keys(tests), several_keys(tests))


def budget() -> Budget:
    """Return enough for a small question."""
    return Budget(100_000)
