"""Resource-based documents as grants: who calls becomes a condition, beside action and resource.

A statement is written anew, with its Principal and its conditions on what AWS derives from the caller as conditions on
one key that no policy can write. Where AWS leaves open whom a statement reaches, it stands twice: once for whom it
surely reaches, and once, under a condition of which nothing is known, for whom it may.
"""

from panorama_guard.containment.derived import SLOTS, on_callers
from panorama_guard.containment.one_way import asked_of_caller
from panorama_guard.containment.principals import Form, Meant, asked_of_callers, read_principals
from panorama_guard.containment.records import Grant
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import CURRENT, Document, Effect, Patterns, Principals, Statement
from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import Glob, escape
from panorama_guard.policy.record import replace

ANYTHING = Patterns(negated=False, globs=(Glob("*"),))
UNCERTAIN = "~"  # begins the name of a condition that may be true or false; sorts behind every key of a policy


def resource_grant(document: Document, *, resource: str = "") -> Grant:
    """Return whom a resource-based document lets do what; with the ARN `resource`, on it and below it alone."""
    grant = Grant((translated(document),))
    if not resource:
        return grant
    own = Statement(0, None, Effect.ALLOW, ANYTHING, Patterns(negated=False, globs=below(resource)), ())
    return Grant(grant.policies, ((Document(f"what {resource} is", CURRENT, (own,)),),))


def below(resource: str) -> tuple[Glob, ...]:
    """Return the patterns of a resource and of what lies below it: objects, versions, streams."""
    ends = ("", "/*") if resource.split(":")[2:3] == ["s3"] else ("", "/*", ":*")
    return tuple(Glob(f"{escape(resource)}{end}") for end in ends)


def device_grant(document: Document) -> Grant:
    """Return what an AWS IoT policy lets the devices do that it is attached to; it names no principals."""
    for statement in document.statements:
        if statement.principals is not None:
            raise DocumentError(place(document, statement, "Principal"), "not allowed in an IoT policy", document.name)
    return Grant((document,))


def translated(document: Document, *, is_trust: bool = False) -> Document:
    """Return the document with who calls as a condition; each statement keeps what was `written`."""
    listed = (_translated(statement, document, is_trust=is_trust) for statement in document.statements)
    return replace(document, statements=tuple(one for statements in listed for one in statements))


def _translated(written: Statement, document: Document, *, is_trust: bool) -> tuple[Statement, ...]:
    conditions = tuple(map(asked_of_caller, written.conditions))
    statement = replace(written, conditions=conditions, written=written.written or written)
    asked = _asked(statement, document, is_trust=is_trust)
    rest = tuple(condition for condition in statement.conditions if condition.key not in SLOTS)
    sure = _with_conditions(statement, (*(one.surely for one in asked), *rest))
    if all(one.surely == one.perhaps for one in asked):
        return (sure,)
    doubt = Condition(
        "Uncertain", f"{UNCERTAIN}{statement.effect.value} {statement.principals} {_derived(statement)}", ()
    )
    return sure, _with_conditions(statement, (*(one.perhaps for one in asked), *rest, doubt))


def _asked(statement: Statement, document: Document, *, is_trust: bool) -> list[Meant]:
    """Return what the Principal element and the conditions on the caller ask of it."""
    principals, where = principals_of(statement, document)
    entries = read_principals(principals, where)
    by_canonical_id = not principals.negated and any(entry.form is Form.CANONICAL for entry in entries)
    aliases = statement.effect is Effect.DENY or by_canonical_id
    return [
        asked_of_callers(entries, statement.effect, negated=principals.negated, sessions=not is_trust),
        *(on_callers(condition, aliases=aliases) for condition in _derived(statement)),
    ]


def principals_of(statement: Statement, document: Document) -> tuple[Principals, str]:
    """Return the principals of a statement and where they stand, or raise DocumentError where it has none."""
    where = place(document, statement, "Principal")
    if statement.principals is None:
        raise DocumentError(where, "missing in", document.name)
    return statement.principals, where


def _derived(statement: Statement) -> tuple[Condition, ...]:
    return tuple(condition for condition in statement.conditions if condition.key in SLOTS)


def _with_conditions(statement: Statement, conditions: tuple[Condition, ...]) -> Statement:
    return replace(statement, conditions=conditions)


def place(document: Document, statement: Statement, element: str) -> str:
    """Return the words for an element of a statement."""
    return f"{document.name}: statement {statement.index + 1}: {element}"
