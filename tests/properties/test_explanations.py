"""What is said beside a verdict agrees with the definition: how far an escape reaches, and why."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant, Reading, StatementRef
from panorama_guard.containment.check import check
from panorama_guard.containment.covering import explain_containment
from panorama_guard.containment.evaluate import decide_request, read_context, statement_matches
from panorama_guard.containment.explain import explain_escape, ref_of
from panorama_guard.containment.extent import measure_escape
from panorama_guard.containment.extent_proof import Precision
from panorama_guard.containment.meaning import condition_holds, is_foreign
from panorama_guard.containment.negation import joined, negated
from panorama_guard.containment.overlap import common_globs, disjoint
from panorama_guard.policy import Document, Effect, parse_document
from panorama_guard.policy.arn import accepts
from panorama_guard.policy.condition import Condition, Family, parse_condition
from panorama_guard.policy.glob import Glob, tokens
from tests.evidence.world import OPERATORS, VALUES, World, some_requests

GLOBS = st.text(alphabet="ab*?", max_size=5).map(lambda text: Glob(text.replace("**", "*").replace("**", "*")))
TEXTS = ["".join(chars) for size in range(6) for chars in product("ab", repeat=size)]


def escapes(world: World, count: int) -> list[tuple[Grant, Grant, Escaped]]:
    """Return the pairs of a small world, of `count` that are drawn, in which something escapes."""
    pairs = [world.pair() for _ in range(count)]
    judged = [(grant, ceiling, check(grant, ceiling)) for grant, ceiling in pairs]
    return [(grant, ceiling, verdict) for grant, ceiling, verdict in judged if isinstance(verdict, Escaped)]


@pytest.mark.parametrize(("seed", "variables"), [(1, False), (2, False), (3, False), (4, False), (5, True)])
def test_an_extent_holds_what_escapes_and_an_exact_one_nothing_else(seed: int, *, variables: bool) -> None:
    """Asked of the definition, request by request and reading by reading; what is not known is no contradiction."""
    world = World(seed, variables=variables)
    for grant, ceiling, _ in escapes(world, 40):
        extent = measure_escape(grant, ceiling)
        told = Grant((extent.document,))
        for request, reading in product(some_requests(world.random, 60, grant, ceiling, told), Reading):
            granted, inside, said = (decide_request(side, request, reading) for side in (grant, ceiling, told))
            assert not (granted is True and inside is False and said is False), f"{request} is missing in {extent.text}"
            is_too_much = said is True and (granted is False or inside is True)
            assert not (is_too_much and extent.precision is Precision.EXACT), f"{request} is not in {extent.text}"


def test_an_extent_is_exact_where_the_ceiling_is_plain() -> None:
    """A ceiling of Allows only, without layers, as a profile's is: nothing of that is left to `at most`."""
    for grant, ceiling, _ in escapes(World(6), 150):
        statements = [statement for document in ceiling.policies for statement in document.statements]
        if not (grant.boundaries or ceiling.boundaries) and all(item.effect is Effect.ALLOW for item in statements):
            assert measure_escape(grant, ceiling).precision is Precision.EXACT


def test_an_extent_reads_back_and_never_outgrows_its_budget() -> None:
    """Whatever is left to spend, the witness is in it."""
    for number, (grant, ceiling, escaped) in enumerate(escapes(World(7), 60)):
        extent = measure_escape(grant, ceiling, budget=(0, 10, 500, 20_000)[number % 4])
        again = Grant((parse_document(extent.text, name="escape"),))
        assert decide_request(again, escaped.witness.request, escaped.readings[0]) is True


@pytest.mark.parametrize("seed", [11, 12])
def test_what_a_statement_answers_agrees_with_the_definition(seed: int) -> None:
    """It has no obstacle exactly where the definition says that it matches, and is sure exactly where it does not."""
    for grant, ceiling, escaped in escapes(World(seed), 80):
        why = explain_escape(grant, ceiling, escaped)
        request = escaped.witness.request
        layers = zip((*grant.layers, *ceiling.layers), (why.policies, *why.boundaries, *why.ceiling), strict=True)
        for documents, answers in layers:
            statements = [statement for document in documents for statement in document.statements]
            for statement, answer in zip(statements, answers, strict=True):
                truth = statement_matches(statement, request, read_context(request.context), why.reading)
                assert answer.matches is (truth is True)
                assert any(obstacle.is_sure for obstacle in answer.obstacles) is (truth is False)


@pytest.mark.parametrize("seed", [11, 12])
def test_an_explained_escape_is_granted_by_all_layers_and_outside_one_of_the_ceiling(seed: int) -> None:
    """Some Allow of each layer of the grant matches and no Deny does; of some layer of the ceiling that is not so."""
    for grant, ceiling, escaped in escapes(World(seed), 80):
        why = explain_escape(grant, ceiling, escaped)
        passing = [
            any(answer.matches for answer in layer if not answer.is_deny)
            and not any(answer.matches for answer in layer if answer.is_deny)
            for layer in (why.policies, *why.boundaries, *why.ceiling)
        ]
        granted = len(grant.layers)
        assert all(passing[:granted])
        assert not all(passing[granted:])
        assert why.granted_by in [answer.statement for answer in why.policies if answer.matches]


def test_the_statements_that_are_told_do_cover_the_allow() -> None:
    """By themselves, with the Denies and boundaries that are told and no others."""
    seen = 0
    world = World(21)
    for _ in range(250):
        grant, ceiling = map(_named_apart, world.pair())
        if check(grant, ceiling) != Contained():
            continue
        for cover in explain_containment(grant, ceiling).covers:
            seen += 1
            limits = tuple(grant.boundaries[number] for number in cover.within)
            inner = Grant(_only(grant.policies, (cover.statement, *cover.less)), limits)
            for layer, refs in zip(ceiling.layers, cover.by, strict=bool(cover.by)):
                denies = [ref for ref in _places(layer) if ref not in _places(layer, Effect.ALLOW)]
                assert check(inner, Grant(_only(layer, (*refs, *denies)))) == Contained()
            assert cover.by or check(inner, Grant(())) == Contained()
    assert seen > 20


@given(GLOBS, GLOBS)
def test_what_two_globs_have_in_common_is_what_both_match(one: Glob, other: Glob) -> None:
    """Text by text, over all short ones."""
    both = {text for text in TEXTS if _matches(one, text) and _matches(other, text)}
    shared = common_globs(one, other)
    assert disjoint(one, other) <= (not both)
    if shared is not None:
        assert {text for text in TEXTS if any(_matches(glob, text) for glob in shared)} == both


CONDITIONS = st.sampled_from(sorted(OPERATORS)).flatmap(
    lambda operator: st.lists(st.sampled_from(OPERATORS[operator]), min_size=1, max_size=2, unique=True).map(
        lambda values: parse_condition(operator, "k", tuple(values), variables=True)
    )
)


@given(CONDITIONS)
def test_the_opposite_of_a_condition_holds_where_it_does_not(condition: Condition) -> None:
    """For an absent key, every kind of value, and several values, as far as the definition knows."""
    opposite = negated(condition)
    for values in _all_values() if opposite else ():
        truths = [condition_holds(item, values) for item in (condition, *(opposite or ()))]
        if None not in truths and not _is_foreign(condition, values):
            assert all(truths[1:]) is not truths[0]


@given(CONDITIONS, CONDITIONS)
def test_joined_conditions_hold_where_both_lists_do(one: Condition, other: Condition) -> None:
    """Where one place cannot say both, nothing is said."""
    both = joined([one], [other])
    for values in _all_values() if both is not None else ():
        truths = [condition_holds(item, values) for item in (one, other)]
        found = [condition_holds(item, values) for item in both or ()]
        if None not in truths and None not in found:
            assert all(found) is all(truths)


def _named_apart(grant: Grant) -> Grant:
    """Return a random grant with a name of its own for each document, so that places tell statements apart."""
    layers = [
        tuple(replace(document, name=f"{level}.{number}") for number, document in enumerate(layer))
        for level, layer in enumerate(grant.layers)
    ]
    return Grant(layers[0], tuple(layers[1:]))


def _only(documents: tuple[Document, ...], refs: Iterable[StatementRef]) -> tuple[Document, ...]:
    """Return the documents with these statements alone."""
    wanted = list(refs)
    return tuple(
        replace(document, statements=tuple(item for item in document.statements if ref_of(document, item) in wanted))
        for document in documents
    )


def _places(documents: tuple[Document, ...], *effects: Effect) -> list[StatementRef]:
    return [
        ref_of(document, item)
        for document in documents
        for item in document.statements
        if not effects or item.effect in effects
    ]


def _matches(glob: Glob, text: str) -> bool:
    return accepts([(token, True) for token in tokens(glob)], text)


def _all_values() -> list[dict[str, tuple[str, ...]]]:
    singles: list[tuple[str, ...]] = [(value,) for values in VALUES.values() for value in values]
    several = [*combinations(VALUES[""], 2), ("A", "a", "b")]
    return [{}, *({"k": values} for values in (*singles, *several))]


def _is_foreign(condition: Condition, values: dict[str, tuple[str, ...]]) -> bool:
    """Say whether a value is not of the type that the condition compares: it then meets neither of two opposites."""
    family = condition.parsed.family
    found = values.get("k", ())
    if family is Family.BOOL:
        return any(value.lower() not in ("true", "false") for value in found)
    return any(is_foreign(value, condition) for value in found)
