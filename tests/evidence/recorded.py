"""What the peers answered to a few questions, so that `make test` can compare without them.

    python -m tests.evidence.recorded       (asks both again and writes their answers down)

The questions come from seeds; a digest says whether they are still those that were asked.
"""

import hashlib
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import decide_request
from tests.evidence.differences import known_difference
from tests.evidence.documents import Question, Source
from tests.evidence.world import World, grant_of

ANSWERS = Path(__file__).parent / "peer" / "answers.json"
GRANTS = 400  # that iam-simulate was asked about
PAIRS = 400  # that Z3 was asked about
Z3_SECONDS = 10.0
LETTERS = {"sat": "s", "unsat": "u", "Allowed": "A"}
OTHERWISE = "-"  # denied; or no answer


class Recorded(NamedTuple):
    """The answers of one peer, one text for each question, and the digest of the questions."""

    version: str
    digest: str
    answers: list[str]


def simulated_questions() -> list[Question]:
    """Return the questions that iam-simulate was asked."""
    source = Source(random.Random("recorded"))  # noqa: S311 - chance, not secrets
    return [source.question() if number % 10 else source.lone_star_question() for number in range(GRANTS)]


def pair_lines() -> list[str]:
    """Return the pairs that Z3 was asked about, each as one line of JSON."""
    world = World(4_000_000)
    operators = (world.operators() for _ in range(PAIRS))
    return [json.dumps((world.layers(chosen), world.layers(chosen))) for chosen in operators]


def pairs() -> list[tuple[Grant, Grant]]:
    """Return these pairs as the engine reads them."""
    read = ((grant_of(one), grant_of(other)) for one, other in map(json.loads, pair_lines()))
    return list(read)


def digest(lines: Iterable[str]) -> str:
    """Return what is equal for equal questions."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def recorded(peer: str) -> Recorded:
    """Return the answers of a peer."""
    body: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))[peer]
    return Recorded(**body)


def disagreements_with_simulator() -> list[str]:
    """Return where the definition and iam-simulate's recorded answers differ, known differences left out."""
    found: list[str] = []
    for question, answers in zip(simulated_questions(), recorded("iam-simulate").answers, strict=True):
        grant = question.grant()
        for request, answer in zip(question.requests, answers, strict=True):
            ours = decide_request(grant, request, Reading.SEGMENTED)
            if ours is not None and (answer == "A") is not ours and not known_difference(question, request):
                found.append(f"ours {ours}, theirs {answer}: {request} by {question}")
    return found


def disagreements_with_z3() -> list[str]:
    """Return where the engine and Z3's recorded answers differ."""
    found: list[str] = []
    for (grant, ceiling), answers in zip(pairs(), recorded("z3").answers, strict=True):
        verdict = check(grant, ceiling)
        told = dict(zip(Reading, answers, strict=True))
        wrong = {
            Contained: "s" in answers,
            Escaped: isinstance(verdict, Escaped) and any(told[reading] == "u" for reading in verdict.readings),
            Undecided: set(answers) == {"u"},
        }
        if wrong[type(verdict)]:
            found.append(f"ours {verdict}, Z3 {answers}: {grant} in {ceiling}")
    return found


def main() -> int:
    """Ask both peers and write down what they say."""
    from tests.evidence.simulator import ask_peer, install  # noqa: PLC0415 - needs npm
    from tests.evidence.z3_pairs import ask_z3, version  # noqa: PLC0415 - needs Z3

    asked = simulated_questions()
    simulated = Recorded(
        install(), digest(question.line() for question in asked), [_letters(answers) for answers in ask_peer(asked)]
    )
    decided = [_letters(ask_z3(*pair, reading, Z3_SECONDS) for reading in Reading) for pair in pairs()]
    proved = Recorded(version(), digest(pair_lines()), decided)
    body = {"iam-simulate": simulated._asdict(), "z3": proved._asdict()}
    ANSWERS.write_text(json.dumps(body, indent=0) + "\n", encoding="utf-8")
    return 0


def _letters(answers: Iterable[str]) -> str:
    return "".join(LETTERS.get(answer, OTHERWISE) for answer in answers)


if __name__ == "__main__":
    sys.exit(main())
