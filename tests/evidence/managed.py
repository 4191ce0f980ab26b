"""AWS's managed policies, as moto ships them: each inside itself, and each against every ceiling of the profile."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from panorama_guard.containment import Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy import Document, DocumentError, parse_document_value
from panorama_guard.profile import load_profile
from tests.evidence.outcome import Options, Outcome, spread

CHUNK = 50
SHOWN = 20
ITSELF, ANOTHER = "itself", "other managed policies"


@dataclass(slots=True)
class Tally:
    """What some policies came to."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (ceiling, verdict)
    undecided: list[tuple[str, str]] = field(default_factory=list)  # question, reason
    complaints: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count the other's as well."""
        self.verdicts += other.verdicts
        self.undecided += other.undecided
        self.complaints += other.complaints


@lru_cache(maxsize=1)
def shipped_policies() -> dict[str, Any]:
    """Return the documents that moto ships, by name."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - it is large

    shipped = json.loads(aws_managed_policies_data)
    return {name: shipped[name]["Document"] for name in sorted(shipped)}


def read_policy(name: str, *, again: bool = False) -> Document:
    """Return a shipped policy as the engine reads it; `again` under another name, so that it is a new document."""
    return parse_document_value(shipped_policies()[name], name=f"{name} again" if again else name)


@lru_cache(maxsize=1)
def ceilings() -> dict[str, Grant]:
    """Return every ceiling of the profile: each role's baseline, and its baseline with the naming pattern."""
    profile = load_profile()
    found: dict[str, Grant] = {}
    for role in profile.roles + profile.watched:
        found[f"{role.name}, baseline"] = role.baseline
        found[f"{role.name}, ceiling"] = role.ceiling
    return found


def complaint(grant: Grant, ceiling: Grant, verdict: Verdict) -> str | None:
    """Return what speaks against the verdict: a witness that does not replay."""
    if not isinstance(verdict, Escaped):
        return None
    request = verdict.witness.request
    real = verdict.readings and all(
        allows(grant, request, item) and not allows(ceiling, request, item) for item in verdict.readings
    )
    return None if real else f"witness does not replay: {verdict.witness}"


def judge_policies(seed: int, others: int, names: list[str]) -> Tally:
    """Judge some policies against themselves, every ceiling and `others` other policies."""
    tally = Tally()
    for name in names:
        try:
            grant = Grant((read_policy(name),))
        except DocumentError as error:
            tally.complaints.append(f"{name} is not read: {error}")
            continue
        for label, asked, ceiling in _questions(name, grant, random.Random(f"{seed}/{name}"), others):  # noqa: S311
            _judge(label, asked, grant, ceiling, tally)
    return tally


def _questions(name: str, grant: Grant, source: random.Random, others: int) -> Iterator[tuple[str, str, Grant]]:
    """Yield (label, question, ceiling)."""
    yield ITSELF, name, grant
    for label, ceiling in ceilings().items():
        yield label, f"{name} in {label}", ceiling
    for other in source.sample(list(shipped_policies()), others):
        yield ANOTHER, f"{name} in {other}", Grant((read_policy(other),))


def _judge(label: str, asked: str, grant: Grant, ceiling: Grant, tally: Tally) -> None:
    verdict = check(grant, ceiling)
    tally.verdicts[label, type(verdict).__name__] += 1
    if label == ITSELF and verdict != Contained():
        tally.complaints.append(f"{asked} is not contained in itself: {verdict}")
    if isinstance(verdict, Undecided):
        tally.undecided.append((asked, verdict.reason))
    if problem := complaint(grant, ceiling, verdict):
        tally.complaints.append(f"{asked}: {problem}")


def run_managed(options: Options) -> Outcome:
    """Judge all managed policies."""
    names = list(shipped_policies())
    parts = [names[first : first + CHUNK] for first in range(0, len(names), CHUNK)]
    total = Tally()
    for tally in spread(
        partial(judge_policies, options.seed, options.managed_pairs), parts, options.processes, "managed policies"
    ):
        total.add(tally)
    verdicts: Counter[str] = Counter()
    for (_, verdict), count in total.verdicts.items():
        verdicts[verdict] += count
    return Outcome(
        asked=f"{len(names):,} policies, each in itself, {len(ceilings())} ceilings, {options.managed_pairs} others",
        result=", ".join(f"{count:,} {name.lower()}" for name, count in sorted(verdicts.items()))
        + f"; {len(total.complaints)} faults",
        seed=str(options.seed),
        command=f"make evidence KINDS=managed SEED={options.seed}",
        failures=tuple(islice(total.complaints, SHOWN)),
        details=_details(total),
    )


def _details(total: Tally) -> str:
    labels = [ITSELF, *ceilings(), ANOTHER]
    kinds = ("Contained", "Escaped", "Undecided")
    rows = "".join(
        f"| {label} | " + " | ".join(f"{total.verdicts[label, kind]:,}" for kind in kinds) + " |\n" for label in labels
    )
    table = f"| Ceiling | Contained | Escaped | Undecided |\n|---|---|---|---|\n{rows}"
    listed = "".join(f"- {asked}: {reason}\n" for asked, reason in sorted(total.undecided))
    return f"{table}\nEvery witness was replayed. Undecided: {len(total.undecided)}.\n\n{listed}".rstrip()
