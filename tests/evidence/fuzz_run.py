"""Run one target under atheris, in a process of its own: `python -m tests.evidence.fuzz_run TARGET [FLAG...]`."""

import random
import sys

import atheris

with atheris.instrument_imports(include=["panorama_guard"]):
    from tests.evidence.fuzz_targets import TARGETS

from tests.evidence.fuzz_mutation import mutated_json


def mutate(data: bytes, most: int, seed: int) -> bytes:
    """Return the input with one place of its JSON changed, or some of its bytes."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    changed = mutated_json(data, source) if source.random() < 0.7 else None
    return bytes(atheris.Mutate(data, most)) if changed is None or len(changed) > most else changed


if __name__ == "__main__":
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target, custom_mutator=mutate)
    atheris.Fuzz()
