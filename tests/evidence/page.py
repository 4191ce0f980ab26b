"""The page that says what evidence there is, from what was kept of each kind."""

from typing import Any, NamedTuple

from tests.evidence.outcome import kept


class Kind(NamedTuple):
    """A kind of evidence: its heading, the function that gathers it, and what it can and cannot show."""

    title: str
    runner: tuple[str, str]
    limits: str


KINDS: dict[str, Kind] = {
    "pairs": Kind(
        "Random pairs and requests against the definition",
        ("pairs", "run_pairs"),
        "The definition (`containment/evaluate.py`, `meaning.py`) is what the engine is held against, so a "
        "misreading of AWS that both share is not seen here: the two peers below and the corpus are for that. The "
        "world is small (seven actions, a hundred resources, two keys), its patterns are short, and its requests are a "
        "sample; half of them are built from the patterns of both sides.",
    ),
    "laws": Kind(
        "Laws of sets",
        ("pairs", "run_laws"),
        "The same small world. A law does not say which of two verdicts is wrong, only that one is.",
    ),
    "z3": Kind(
        "Random pairs against Z3",
        ("z3_pairs", "run_z3"),
        "Z3 decides, as the engine does, over all requests: other code, other method, other authors; but the "
        "encoding is ours. Policy variables, and operators of two types on one key, are not encoded.",
    ),
    "simulator": Kind(
        "Random requests against iam-simulate",
        ("simulator", "run_simulator"),
        "`@cloud-copilot/iam-simulate` answers one request at a time, so it checks the definition and not the search. "
        "It knows one reading of `*`. It is a reading of AWS's documentation too, and not AWS.",
    ),
    "managed": Kind(
        "AWS's managed policies",
        ("managed", "run_managed"),
        "The documents are those that moto ships, at their versions there.",
    ),
    "fuzz": Kind(
        "Coverage-guided fuzzing of everything that is parsed",
        ("fuzz", "run_fuzz"),
        "A run of minutes; a longer one may find more.",
    ),
    "mutation": Kind(
        "Mutation testing of `policy/` and `containment/`",
        ("mutation", "run_mutation"),
        "A seeded sample within a time budget, judged by the tests of these two rooms, the corpus and the properties.",
    ),
    "faults": Kind(
        "Every call and every fault",
        ("faults", "run_faults"),
        "One fault in each run, in the stack on this machine. A call is one of the matrix for all invocations of a "
        "function that have made the same calls in the same order before it, whatever they call after it. A cell of "
        "which it says below that its call was not made met no fault, and shows nothing. No answer is a connection "
        "that is cut; a client that waits in vain until its own time is over ends in the same error, and has a test "
        "of its own.",
    ),
    "storm": Kind(
        "Thousands of events under throttling and dying workers",
        ("storm", "run_storm"),
        "The stack on this machine: moto behind one lock. The throughput is that of two processors that also run the "
        "emulated AWS, and says nothing of AWS's.",
    ),
    "protocol": Kind(
        "The protocol, model checked with spin",
        ("protocol", "run_protocol"),
        "What is checked is a model of the code, small enough that every state of it can be visited: one or two "
        "subjects, a few changes, a few kills. A test holds that each of its steps names a function that there is, not "
        "that the function does what the step does. Reads are of this moment; IAM's lag is in the tests of the "
        "running stack, not here. `docs/protocol.md` lists the rest.",
    ),
}

HEAD = """# Evidence that the guard is right

`make evidence` gathers this page: every number below is what a run of it came to. `make test` runs a bounded part of
each kind that needs neither network nor npm. Nothing here is shipped: the peers stand in the development environment
only.

"""

FOUND: tuple[tuple[str, str, str], ...] = (  # who found it, what, the corpus's file that holds it now
    (
        "random pairs",
        "a plain operator and its `IfExists` form on several values were supposed apart: undecided for nothing",
        "key_values",
    ),
    (
        "random pairs",
        "a condition without a known answer hid an escape that did not depend on it: undecided for nothing",
        "several_values",
    ),
    (
        "iam-simulate",
        "several values under an operator for one were clear where they agree: a `contained` that may be wrong",
        "several_values",
    ),
    (
        "iam-simulate",
        "an absent key was true under `ForAnyValue:...IfExists`: a `contained` that may be wrong",
        "several_values",
    ),
    (
        "iam-simulate",
        "a text that is no ARN satisfied `ArnNotLike`: a `contained` and a witness that may be wrong",
        "several_values",
    ),
    (
        "a hostile review",
        "a text operator on a key that AWS types (an address, a time) had a witness that no request can be",
        "typed_keys",
    ),
    (
        "a hostile review",
        "bytes that are not understood counted even for requests that do not carry the key: undecided for nothing",
        "what_aws_leaves_open",
    ),
    (
        "mutation testing",
        "that a number equals another one was nowhere asked, nor the last address of all",
        "condition_families",
    ),
    (
        "random documents and callers",
        "a witness was a user without a name, whose ARN ends in a slash",
        "resource_policies",
    ),
    (
        "random pairs",
        "several values were supposed to be all the one that a negated set operator names: undecided for nothing",
        "several_values",
    ),
    (
        "random bucket policies with variables",
        "a variable's value with a colon was read into other parts of the caller: wrong verdicts, and a crash",
        "resource_policies",
    ),
)


def page() -> str:
    """Return the page, from the last outcome of every kind."""
    found = {kind: outcome for kind in KINDS if (outcome := kept(kind))}
    rows = [_row(KINDS[kind].title, outcome) for kind, outcome in found.items()]
    sections = [_section(KINDS[kind], outcome) for kind, outcome in found.items()]
    missing = "".join(f"\nNot gathered: {KINDS[kind].title}.\n" for kind in KINDS if kind not in found)
    table = "| Kind | Asked | Result | Time |\n|---|---|---|---|\n" + "".join(rows)
    return HEAD + table + missing + "".join(sections) + _found()


def _found() -> str:
    rows = "".join(f"| {who} | {what} | `tests/corpus/{where}.json` |\n" for who, what, where in FOUND)
    reason = (
        "What AWS does not say is open since then: `docs/decisions/0008-what-aws-leaves-open-is-supposed-both-ways.md`."
    )
    return f"\n## What was found on the way\n\n| By | What was wrong | Its cases |\n|---|---|---|\n{rows}\n{reason}\n"


def _row(title: str, outcome: dict[str, Any]) -> str:
    return f"| {title} | {outcome['asked']} | {outcome['result']} | {_time(outcome['seconds'])} |\n"


def _section(kind: Kind, outcome: dict[str, Any]) -> str:
    calibration = f"{outcome['calibration'] * 1000:.1f} ms for the fixed loop of `make bench`"
    facts = (
        f"{outcome['date']}, commit {outcome['commit']}, Python {outcome['python']}, {calibration}, "
        f"{_time(outcome['seconds'])}, seed {outcome['seed']}. Again: `{outcome['command']}`"
    )
    failures = "".join(f"- **Against it:** {line}\n" for line in outcome["failures"])
    parts = (facts, failures, outcome["details"], f"Limits: {kind.limits}")
    return f"\n## {kind.title}\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"
