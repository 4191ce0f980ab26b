"""What should be known of documents beside the verdict: elements that match nothing, or that IAM would refuse."""

from collections.abc import Iterable, Iterator
from itertools import islice

from panorama_guard.policy import Document, Patterns
from panorama_guard.policy.document import Statement
from panorama_guard.policy.glob import Glob, beginning
from panorama_guard.reporting.statements import enumerated

MOST_REMARKS = 8
ARN = "arn:"


def remarks(documents: Iterable[Document]) -> tuple[str, ...]:
    """Return what should be known of identity policies, the first of many."""
    found = (remark for document in documents for remark in _remarks(document))
    return tuple(islice(dict.fromkeys(found), MOST_REMARKS))


def _remarks(document: Document) -> Iterator[str]:
    for statement in document.statements:
        place = f"{document.name}, statement {statement.index + 1}"
        actions = [glob for glob in statement.actions.globs if not _may_be_action(glob)]
        if actions:
            yield f"{place}: {_told(actions)} is no service:action{_so(statement.actions, actions)}"
        resources = _not_arns(statement)
        if resources and statement.resources:
            yield f"{place}: {_told(resources)} is no ARN{_so(statement.resources, resources)}"
        if statement.principals:
            yield f"{place}: IAM takes no Principal in an identity policy, so nothing is decided"


def _may_be_action(glob: Glob) -> bool:
    return ":" in glob or "*" in glob or "?" in glob


def _not_arns(statement: Statement) -> list[Glob]:
    listed = statement.resources.globs if statement.resources else ()
    return [glob for glob in listed if not _may_be_arn(beginning(glob))]


def _may_be_arn(start: str) -> bool:
    return start.startswith(ARN) or ARN.startswith(start)


def _told(globs: Iterable[Glob]) -> str:
    return enumerated(f"`{glob}`" for glob in globs)


def _so(patterns: Patterns, useless: list[Glob]) -> str:
    """Return what follows for the statement."""
    if patterns.negated:
        return ", so it leaves nothing out"
    return ", so the statement matches no request" if len(useless) == len(patterns.globs) else ", so it matches nothing"
