"""Measure the engine, beside the same questions asked of Z3.

    python -m tests.benchmarks.bench

The ceiling is the pinned baseline of AWSPanoramaServiceRole. Times are medians of warm runs. Both sides start from
parsed documents and answer under all readings of `*`; an escape stops neither side early, as both say under which
readings it is one. Two times of Z3 are told, on a library that is loaded and warm: `Z3 ms` is translating the documents
into its terms and its check, `check` is the check alone. The calibration figure is the time of a fixed pure Python loop
on this machine, in which other machines' figures can be read. Below stand the bars that the engine must reach
(`tests/benchmarks/bars.py`), each with its limit; a missed one, or a wrong
verdict, makes the command fail.
"""

import statistics
import sys
from functools import partial
from typing import NamedTuple

from panorama_guard.containment import Grant, Verdict
from panorama_guard.containment.check import check
from panorama_guard.policy import Document, parse_document_value
from panorama_guard.profile import load_profile
from tests.benchmarks.bars import bars, tell_bars
from tests.benchmarks.timing import calibration, median_time
from tests.benchmarks.z3_peer import timed_answer

RUNS = 101
Z3_RUNS = 5
Z3_CAP = 60.0  # seconds; a solver that needs longer is counted with this
TARGET_MS = 2.0
TARGET_RATIO = 50


class Question(NamedTuple):
    """A named question."""

    name: str
    grant: Grant
    ceiling: Grant


def questions() -> list[Question]:
    """Return the questions, the one that the target is about first."""
    role = load_profile().role_named("AWSPanoramaServiceRole")
    if role is None:
        raise LookupError
    baseline = role.baseline
    drift = document({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"})
    near = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*aws-panoram*"})
    deny = document({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::*aws-panorama*"})
    return [
        Question("one drifting statement", with_documents(baseline, drift), baseline),
        Question("one character off the pattern", with_documents(baseline, near), baseline),
        Question("the same, with a containing Deny", with_documents(baseline, near, deny), baseline),
        Question("the baseline itself, regrouped", baseline, with_documents(baseline, drift)),
    ]


def document(statement: dict[str, object]) -> Document:
    """Return a document of one statement."""
    return parse_document_value({"Version": "2012-10-17", "Statement": statement}, name="drift")


def with_documents(grant: Grant, *more: Document) -> Grant:
    """Return the grant with more policies."""
    return Grant((*grant.policies, *more), grant.boundaries)


class PeerTime(NamedTuple):
    """What Z3 answered under all readings, and the median seconds it took with and without making its terms."""

    answer: str
    whole: float
    check: float


def z3_time(question: Question) -> PeerTime:
    """Ask Z3 the question on fresh solvers."""
    runs: list[tuple[float, float]] = []
    answers: set[str] = set()
    while len(runs) < Z3_RUNS and not (runs and runs[-1][0] > Z3_CAP):  # one answer that slow says enough
        found, whole, checked = timed_answer(question.grant, question.ceiling, Z3_CAP)
        answers |= found
        runs.append((whole, checked))
    medians = (statistics.median(times) for times in zip(*runs, strict=True))
    return PeerTime("/".join(sorted(answers)), *medians)


def main() -> int:
    """Print the table and return 0 if the targets are met."""
    write = sys.stdout.write
    write(f"calibration: {calibration() * 1000:.1f} ms for the fixed loop\n")
    write(f"{'question':34}{'verdict':>10}{'ours ms':>9}{'Z3 ms':>8}{'check':>8}{'Z3':>7}{'ratio':>7}{'check':>7}\n")
    met = True
    for place, question in enumerate(questions()):
        verdict: Verdict = check(question.grant, question.ceiling)
        ours = median_time(partial(check, question.grant, question.ceiling), RUNS)
        peer = z3_time(question)
        write(f"{question.name:34}{type(verdict).__name__:>10}{ours * 1e3:9.3f}")
        write(f"{peer.whole * 1e3:8.1f}{peer.check * 1e3:8.1f}")
        write(f"{peer.answer:>7}{peer.whole / ours:6.0f}x{peer.check / ours:6.0f}x\n")
        met = met and (place > 0 or (ours * 1e3 <= TARGET_MS and peer.whole / ours >= TARGET_RATIO))
    write(f"target: first question within {TARGET_MS} ms and {TARGET_RATIO}x: {'met' if met else 'MISSED'}\n\n")
    write("Bars:\n")
    met = tell_bars(bars()) and met
    write(f"calibration: {calibration() * 1000:.1f} ms for the fixed loop\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
