"""The definition: one request, one reading, one answer, by obvious loops.

Everything else in this room is held against this file.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from panorama_guard.containment.fillings import is_early, with_early_open
from panorama_guard.containment.kleene import Truth, both, either, negation
from panorama_guard.containment.meaning import Values, condition_holds, substituted
from panorama_guard.containment.records import Context, Grant, Request, Witness
from panorama_guard.policy.arn import Reading, Step, accepts, steps
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob, Variable, literal_text, matches, render, tokens
from panorama_guard.policy.text import ascii_lower

REPLAYED = 8  # characters of policies that are read here for one step of a search


def allows(grant: Grant, request: Request, reading: Reading = Reading.CROSSING) -> bool:
    """Say whether `grant` certainly allows `request`."""
    return decide_request(grant, request, reading) is True


def decide_request(grant: Grant, request: Request, reading: Reading) -> Truth:
    """Return whether `grant` allows `request`, or None where a part of it is not understood."""
    values = read_context(request.context)
    return both(_layer_allows(layer, request, values, reading) for layer in grant.layers)


def escaping_readings(witness: Witness, sides: Sequence[Grant]) -> tuple[Reading, ...]:
    """Return the readings under which the definition finds the witness in the first side and not in the second."""
    request = witness.request
    grant, ceiling = (for_action(side, request.action) for side in sides)
    return tuple(
        reading
        for reading in Reading
        if decide_request(grant, request, reading) is True and decide_request(ceiling, request, reading) is False
    )


def for_action(grant: Grant, action: str) -> Grant:
    """Return the grant without the statements that do not cover the action: for it, the same grant."""
    layers = [tuple(_document_for(document, action) for document in layer) for layer in grant.layers]
    return Grant(layers[0], tuple(layers[1:]))


def _document_for(document: Document, action: str) -> Document:
    statements = tuple(item for item in document.statements if action_matches(item.actions, action))
    return Document(document.name, document.version, statements)


def read_context(context: Context) -> Values:
    """Return the context by lower-case key; a key without a value is absent."""
    return {ascii_lower(key): values for key, values in context if values}


def statement_matches(statement: Statement, request: Request, values: Values, reading: Reading) -> Truth:
    """Return whether action, resource and every condition of the statement match the request."""
    if not action_matches(statement.actions, request.action):
        return False
    return both(
        (
            resource_matches(statement.resources, request.resource, values, reading),
            *(condition_holds(condition, values) for condition in statement.conditions),
        )
    )


def action_matches(actions: Patterns, action: str) -> bool:
    """Say whether the element covers the action; case does not count."""
    names, globs = _caseless(actions.globs)
    lowered = ascii_lower(action)
    found = lowered in names or any(matches(glob, lowered) for glob in globs)
    return found is not actions.negated


def _layer_allows(layer: Iterable[Document], request: Request, values: Values, reading: Reading) -> Truth:
    answers = [
        (statement.effect, statement_matches(statement, request, values, reading))
        for document in layer
        for statement in document.statements
    ]
    allowed = either(matches for effect, matches in answers if effect is Effect.ALLOW)
    denied = either(matches for effect, matches in answers if effect is Effect.DENY)
    return both((allowed, negation(denied)))


@lru_cache(maxsize=4096)
def _caseless(globs: tuple[Glob, ...]) -> tuple[frozenset[str], tuple[Glob, ...]]:
    """Return an element's action names and its action globs, in lower case."""
    lowered = [Glob(ascii_lower(glob)) for glob in globs]
    texts = {glob: literal_text(glob) for glob in lowered}
    names = frozenset(text for text in texts.values() if text is not None)
    return names, tuple(glob for glob in lowered if texts[glob] is None)


def resource_matches(resources: Patterns | None, resource: str, values: Values, reading: Reading) -> Truth:
    """Say whether the element covers the resource; a statement without one covers all."""
    if resources is None:
        return True
    matched = either(_glob_matches(glob, resource, values, reading) for glob in resources.globs)
    return negation(matched) if resources.negated else matched


def _glob_matches(glob: Glob, resource: str, values: Values, reading: Reading) -> Truth:
    if "${" in glob and is_early(glob):
        # AWS takes no variable there, and does not say what it makes of one: some text, or nothing that matches.
        opened = substituted(with_early_open(glob), values)
        return None if opened is None or matches(opened, resource) else False
    pattern = substituted(glob, values)
    if pattern is None:
        # "The resource that includes a policy variable with no value will not match any resource", of NotResource too:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
        return False
    # What matches under any reading matches where every wildcard crosses colons.
    if reading is Reading.CROSSING or not matches(pattern, resource):
        return matches(pattern, resource)
    return accepts(steps(glob, reading) if pattern is glob else filled_steps(glob, reading, values), resource)


def filled_steps(glob: Glob, reading: Reading, values: Values) -> tuple[Step, ...]:
    """Return the steps of a glob with its variables' values, each of which has one, as the text that they are.

    What its wildcards may match is told by the glob as it is written: colons of a value part no segments.
    """
    filled: list[Step] = []
    for token, crossing in steps(glob, reading):
        text = substituted(render((token,)), values) if isinstance(token, Variable) else None
        filled += ((token, crossing),) if text is None else ((part, True) for part in tokens(text))
    return tuple(filled)
