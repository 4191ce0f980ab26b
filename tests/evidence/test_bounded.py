"""The part of the evidence that needs seconds, no network and no peer."""

import random

import pytest

from tests.evidence.fuzz_mutation import mutated_json
from tests.evidence.fuzz_targets import TARGETS, seeds
from tests.evidence.managed import judge_policies, shipped_policies
from tests.evidence.pairs import judge_pairs
from tests.evidence.recorded import (
    digest,
    disagreements_with_simulator,
    disagreements_with_z3,
    pair_lines,
    recorded,
    simulated_questions,
)

PARTS = 8
MUTATIONS = 400  # of the seeds of one target


@pytest.mark.parametrize("part", range(PARTS))
def test_managed_policies_are_inside_themselves_and_every_witness_replays(part: int) -> None:
    """An eighth of the policies that moto ships, each asked against itself, every ceiling and another policy."""
    names = list(shipped_policies())[part :: PARTS * PARTS]
    assert judge_policies(0, 1, names).complaints == []


def test_the_recorded_answers_belong_to_these_questions() -> None:
    """Who changes the sources of random documents records again: `python -m tests.evidence.recorded`."""
    assert recorded("iam-simulate").digest == digest(question.line() for question in simulated_questions())
    assert recorded("z3").digest == digest(pair_lines())


def test_the_definition_answers_as_iam_simulate_did() -> None:
    """8,000 requests, but for the differences that are known."""
    assert disagreements_with_simulator() == []


def test_the_engine_answers_as_z3_did() -> None:
    """400 pairs under each reading."""
    assert disagreements_with_z3() == []


@pytest.mark.parametrize("target", TARGETS)
def test_no_text_breaks_a_reader(target: str) -> None:
    """The seeds of the fuzzer, and some with one place changed: no error but the room's own, every round trip equal."""
    source = random.Random(target)  # noqa: S311 - chance, not secrets
    planted = list(seeds(target))
    for data in planted:
        TARGETS[target](data)
    for data in source.choices(planted, k=MUTATIONS):
        TARGETS[target](mutated_json(data, source) or bytes(reversed(data)))


def test_pairs_with_other_seeds_agree_with_the_definition() -> None:
    """A part of what `make evidence` asks, with and without policy variables."""
    for chunk in (0, 9):
        assert judge_pairs(chunk, 7, 150, 20).complaints == []
