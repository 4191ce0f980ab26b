"""What the definition says against a verdict, with everything supposed that AWS does not say.

The definition answers None where AWS's documentation leaves a condition open. Such a condition may be true or false:
a supposition gives each of them an answer, the same for those that must answer alike. A grant is contained if no
request escapes under any supposition; a verdict may stay undecided only if some request escapes under one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Request, Undecided, Verdict
from panorama_guard.containment.evaluate import allows, decide_request, read_context
from panorama_guard.containment.fillings import is_early, with_early_open
from panorama_guard.containment.meaning import Values, condition_holds, substituted
from panorama_guard.policy import Document
from panorama_guard.policy.condition import Condition, Family, Quantifier
from panorama_guard.policy.document import Statement
from panorama_guard.policy.glob import Glob
from tests.evidence.world import VALUES, conditions_of, telling_requests

ABSENT = "no:such-key"
NO_RESOURCE = Glob("no resource")


def complaint(grant: Grant, ceiling: Grant, verdict: Verdict, requests: Iterable[Request]) -> str | None:
    """Return what the definition says against the verdict, or None."""
    match verdict:
        case Contained():
            outside = (request for request in requests if may_escape(grant, ceiling, request))
            return next((f"not contained: {request}" for request in outside), None)
        case Escaped(witness, _, readings):
            real = readings and all(surely_escapes(grant, ceiling, witness.request, reading) for reading in readings)
            return None if real else f"witness does not replay: {witness}"
        case Undecided(reason):
            return _undecided_complaint(grant, ceiling, reason, requests)


def _undecided_complaint(grant: Grant, ceiling: Grant, reason: str, requests: Iterable[Request]) -> str | None:
    """Return what speaks against leaving the pair undecided, or None if some request's answer is not known."""
    for request in requests:
        if any(surely_escapes(grant, ceiling, request, reading) for reading in Reading):
            return f"undecided although this escapes: {request}"
    if any(may_escape(grant, ceiling, request) for request in telling_requests(grant, ceiling)):
        return None
    return f"undecided although no request depends on what AWS does not say: {reason}"


def surely_escapes(grant: Grant, ceiling: Grant, request: Request, reading: Reading) -> bool:
    """Say whether the request is in the grant and outside the ceiling whatever AWS does not say."""
    return allows(grant, request, reading) and decide_request(ceiling, request, reading) is False


def may_escape(grant: Grant, ceiling: Grant, request: Request) -> bool:
    """Say whether the request is in the grant and outside the ceiling under some reading and some supposition."""
    for reading in Reading:
        granted, within = (decide_request(side, request, reading) for side in (grant, ceiling))
        if granted is False or within is True:
            continue
        if granted and within is False:
            return True
        if any(_escapes(pair, request, reading) for pair in _supposed(grant, ceiling, read_context(request.context))):
            return True
    return False


def _escapes(pair: tuple[Grant, Grant], request: Request, reading: Reading) -> bool:
    granted, within = (decide_request(side, request, reading) for side in pair)
    return granted is not False and within is not True


def _supposed(grant: Grant, ceiling: Grant, values: Values) -> Iterator[tuple[Grant, Grant]]:
    """Yield both sides with every condition that has no answer replaced by one that is true, or false.

    Likewise every resource with a variable where AWS takes none.
    """
    for matching in _resources_supposed(grant, ceiling):
        sides = (_with_resources(grant, matching), _with_resources(ceiling, matching))
        yield from _conditions_supposed(*sides, values)


def _resources_supposed(grant: Grant, ceiling: Grant) -> Iterator[dict[Glob, Glob]]:
    """Yield what stands for each early variable's resource: one that has any text there, or nothing."""
    elements = [statement.resources for side in (grant, ceiling) for statement in _statements_of(side)]
    early = sorted({glob for element in elements if element for glob in element.globs if is_early(glob)})
    for chosen in product(*((with_early_open(glob), NO_RESOURCE) for glob in early)):
        yield dict(zip(early, chosen, strict=True))


def _statements_of(grant: Grant) -> Iterator[Statement]:
    return (statement for layer in grant.layers for document in layer for statement in document.statements)


def _with_resources(grant: Grant, told: dict[Glob, Glob]) -> Grant:
    if not told:
        return grant

    def element(statement: Statement) -> Statement:
        own = statement.resources
        globs = tuple(told.get(glob, glob) for glob in own.globs) if own else ()
        return replace(statement, resources=own and replace(own, globs=globs))

    layers = [
        tuple(replace(document, statements=tuple(map(element, document.statements))) for document in layer)
        for layer in grant.layers
    ]
    return Grant(layers[0], tuple(layers[1:]))


def _conditions_supposed(grant: Grant, ceiling: Grant, values: Values) -> Iterator[tuple[Grant, Grant]]:
    unknown = {item for item in conditions_of(grant, ceiling) if condition_holds(item, values) is None}
    names = {item: _likeness(item, values) for item in unknown}
    questions = sorted(set(names.values()))
    asked = {name: item for item, name in names.items()}
    entailed = [(one, two) for one in asked for two in asked if one != two and _entails(asked[one], asked[two], values)]
    for answers in product((True, False), repeat=len(questions)):
        answered = dict(zip(questions, answers, strict=True))
        if any(answered[one] and not answered[two] for one, two in entailed):
            continue
        told = {item: _constant(answered[name]) for item, name in names.items()}
        yield _replaced(grant, told), _replaced(ceiling, told)


def _likeness(condition: Condition, values: Values) -> str:
    """Return what is equal for conditions that must answer alike: IfExists says nothing of a key that is there."""
    operator, present = condition.parsed, values.get(condition.key, ())
    if operator.family is Family.UNKNOWN:
        return f"{condition.operator} {sorted(condition.values)}"
    if not present:
        return "IfExists under ForAnyValue"
    if len(present) > 1 and operator.quantifier is Quantifier.PLAIN:
        return f"{condition.operator.removesuffix('IfExists')} {condition.key} {sorted(condition.values)}"
    if operator.family is Family.BOOL:  # the policy's value is neither true nor false
        return f"Bool {condition.key} {sorted(str(substituted(glob, values)) for glob in condition.values)}"
    # Whether a negated operator is satisfied by a value of another type: one question for all of its type.
    return f"{operator.family.value} of another type {condition.key}"


def _entails(one: Condition, other: Condition, values: Values) -> bool:
    """Say whether several values that satisfy the one satisfy the other: each that does so by itself does.

    Whatever AWS does with several values under an operator for one, it does under all of them, negated ones apart.
    """
    if any(
        len(values.get(item.key, ())) < 2 or item.parsed.quantifier is not Quantifier.PLAIN for item in (one, other)
    ):
        return False
    if one.key != other.key or one.parsed.negated is not other.parsed.negated:
        return False
    told = {text for listed in VALUES.values() for text in listed}.union(values[one.key])
    alone = ({one.key: (text,)} for text in sorted(told))
    return all(condition_holds(one, each) is False or condition_holds(other, each) is True for each in alone)


def _constant(answer: bool) -> Condition:  # noqa: FBT001 - the answer is the value
    return Condition("Null", ABSENT, (Glob(str(answer).lower()),))


def _replaced(grant: Grant, told: dict[Condition, Condition]) -> Grant:
    layers = [tuple(_replaced_document(document, told) for document in layer) for layer in grant.layers]
    return Grant(layers[0], tuple(layers[1:]))


def _replaced_document(document: Document, told: dict[Condition, Condition]) -> Document:
    statements = (
        replace(item, conditions=tuple(told.get(condition, condition) for condition in item.conditions))
        for item in document.statements
    )
    return replace(document, statements=tuple(statements))
