"""Documents that are hard on a decider, each within the size that IAM takes.

python -m tests.benchmarks.adversarial NAME     (one of them in this process: seconds, megabytes, verdict, as JSON)
"""

import json
import random
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from panorama_guard.containment import Grant
from panorama_guard.containment.check import check
from panorama_guard.policy import parse_document_value

INLINE = 10_240  # characters of all inline policies of a role together, white space not counted
MANAGED = 6_144  # of one managed policy
UNITS = 1024 * 1024 if sys.platform == "darwin" else 1024  # of ru_maxrss in a megabyte
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Pair = tuple[list[dict[str, Any]], list[dict[str, Any]]]  # statements of the grant, of the ceiling


def infixes(count: int, size: int = 4, seed: int = 0) -> list[str]:
    """Return resource globs that look for different texts anywhere in a name."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    return [f"arn:aws:s3:::*{''.join(source.choices(LETTERS, k=size))}*" for _ in range(count)]


def allow(**elements: Any) -> dict[str, Any]:
    """Return an Allow of everything, but for the elements given."""
    return {"Effect": "Allow", "Action": "*", **({} if "NotResource" in elements else {"Resource": "*"}), **elements}


def deny(**elements: Any) -> dict[str, Any]:
    """Return a Deny of everything, but for the elements given."""
    return {**allow(**elements), "Effect": "Deny"}


def when(operator: str, key: str, values: str | list[str]) -> dict[str, Any]:
    """Return a Condition element."""
    return {operator: {key: values}}


def twelve_infixes() -> Pair:
    """Twelve infixes under NotResource, and the same in another order with one less."""
    listed = infixes(12)
    return [allow(NotResource=listed)], [allow(NotResource=listed[:0:-1])]


def twelve_escaping() -> Pair:
    """Twelve infixes under NotResource, and the ceiling excludes one more."""
    listed = infixes(13)
    return [allow(NotResource=listed[:12])], [allow(NotResource=listed[::-1])]


def twelve_shorter() -> Pair:
    """Twelve infixes under NotResource, each a part of one that the ceiling excludes."""
    longer = infixes(12, size=6)
    return [allow(NotResource=[text[:-3] + "*" for text in longer])], [allow(NotResource=longer)]


def twelve_denied() -> Pair:
    """Everything but what is outside twelve infixes, against each infix apart."""
    listed = infixes(12)
    return [allow(), deny(NotResource=listed)], [allow(Resource=[text]) for text in listed]


def many_infixes() -> Pair:
    """As many infixes under NotResource as a role's inline policies hold, against as many others."""
    return [allow(NotResource=infixes(400))], [allow(NotResource=infixes(240, seed=1))]


def many_infixes_contained() -> Pair:
    """As many infixes under NotResource, and the ceiling excludes half of them."""
    listed = infixes(400)
    return [allow(NotResource=listed)], [allow(NotResource=listed[::2])]


def infix_chains() -> Pair:
    """Globs of many infixes each."""
    chains = ["arn:aws:s3:::*" + "*".join(text[14:-1] for text in infixes(20, 3, seed)) + "*" for seed in range(60)]
    return [allow(NotResource=chains)], [allow(NotResource=[chain.replace("a", "?") for chain in chains[:40]])]


def question_marks() -> Pair:
    """Globs that count characters: a star, a letter, and so many of any."""
    marks = [f"arn:aws:s3:::*a{'?' * count}" for count in range(60)]
    return [allow(NotResource=marks)], [allow(NotResource=[text.replace("a", "b") for text in marks])]


def counted_letter() -> Pair:
    """Ask for the n-th letter from the end, which a subset construction pays for with 2^n states."""
    return [allow(Resource="arn:aws:s3:::*a" + "?" * 90)], [
        allow(Resource=[f"arn:aws:s3:::*{letter}" + "?" * 60 for letter in "ab"]),
    ]


def starred_fields() -> Pair:
    """Stars in every field of the ARN, in hundreds of resources."""
    grant = [f"arn:*{a}*:*{b}*:*:*:*{a}{b}*" for a in LETTERS[:14] for b in LETTERS[:14]]
    return [allow(Resource=grant)], [allow(Resource=[text.replace("a", "*") for text in grant[: MANAGED // 28]])]


def hundreds_of_statements() -> Pair:
    """Hundreds of statements, each of one action and one resource."""
    grant = [allow(Action=f"s3:Get{n}*", Resource=f"arn:aws:s3:::*{n}") for n in range(140)]
    return grant, [allow(Action=f"s3:Get{n}?*", Resource=f"arn:aws:s3:::*{n}") for n in range(84)]


def hundreds_of_denies() -> Pair:
    """One Allow and as many Denies as fit, against a ceiling of as many Denies."""
    first = [deny(Action=f"s3:*{n}*", Resource=f"arn:aws:s3:::*{n}*") for n in range(130)]
    return [allow(), *first], [allow(), *first[::2]]


def action_infixes() -> Pair:
    """Infixes of actions, under NotAction on both sides."""
    texts = [f"*{text[14:-1]}*" for text in infixes(500, 4)]
    return [allow(NotAction=texts) | {"Action": None}], [allow(NotAction=texts[:300]) | {"Action": None}]


def action_chains() -> Pair:
    """Actions of many stars."""
    chains = ["*:" + "*".join(text[14:-1] for text in infixes(12, 2, seed)) + "*" for seed in range(120)]
    return [allow(Action=chains)], [allow(Action=[chain.replace("a", "?") for chain in chains])]


def condition_infixes() -> Pair:
    """Infixes that a tag must not have, against others."""
    texts = [f"*{text[14:-1]}*" for text in infixes(400, 4)]
    return [allow(Condition=when("StringNotLike", "aws:PrincipalTag/x", texts))], [
        allow(Condition=when("StringNotLike", "aws:PrincipalTag/x", texts[:200:-1]))
    ]


def condition_sets() -> Pair:
    """Set operators over many values, on one key."""
    texts = [f"*{text[14:-1]}*" for text in infixes(60, 3)]
    grant = [allow(Condition=when("ForAnyValue:StringLike", "aws:TagKeys", texts[n : n + 6])) for n in range(0, 60, 6)]
    ceiling = [
        allow(Condition=when("ForAllValues:StringLike", "aws:TagKeys", texts[n : n + 9])) for n in range(0, 60, 9)
    ]
    return grant, ceiling


def condition_keys() -> Pair:
    """Many keys, each asked by several statements."""
    keys = [f"aws:PrincipalTag/{letter}" for letter in LETTERS]
    grant = [{"StringEquals": {key: ["a", "b"] for key in keys[n : n + 9]}} for n in range(17)]
    ceiling = [{"StringLike": {key: ["a*", "?"] for key in keys[n : n + 8]}} for n in range(18)]
    return [allow(Condition=item) for item in grant], [allow(Condition=item) for item in ceiling]


def numbers() -> Pair:
    """Hundreds of bounds of one number."""
    return [allow(Condition=when("NumericNotEquals", "s3:max-keys", [str(n) for n in range(0, 2400, 2)]))], [
        allow(Condition=when("NumericLessThan", "s3:max-keys", [str(n) for n in range(1, 1400, 2)]))
    ]


def networks() -> Pair:
    """Hundreds of networks."""
    grant = [f"10.{n % 256}.{n // 256}.0/24" for n in range(500)]
    return [allow(Condition=when("NotIpAddress", "aws:SourceIp", grant))], [
        allow(Condition=when("NotIpAddress", "aws:SourceIp", grant[::2]))
    ]


def variables() -> Pair:
    """Policy variables in resources and conditions on both sides."""
    keys = [f"${{aws:PrincipalTag/{letter}}}" for letter in LETTERS]
    grant = [f"arn:aws:s3:::*{one}*{other}*" for one in keys[:8] for other in keys[:8]]
    return [allow(Resource=grant), deny(NotResource=infixes(12))], [
        allow(Resource=[text.replace("${aws", "*${aws") for text in grant[:50]])
    ]


def variables_among_infixes() -> Pair:
    """Hundreds of names of which each looks for the same variable behind another text."""
    names = [f"arn:aws:s3:::*{number:03}${{aws:username}}*" for number in range(250)]
    own = "arn:aws:s3:::b/${aws:username}/"
    return [allow(Resource=f"{own}*"), deny(NotResource=names)], [allow(Resource=f"{own}x/*")]


def variables_under_keys() -> Pair:
    """Hundreds of keys, each compared with a variable of its own."""
    tests = {f"k{number}": f"${{k{number}}}" for number in range(600)}
    return [allow(Condition={"StringLike": tests})], [allow(Resource="arn:aws:s3:::b/*")]


def chained_keys() -> Pair:
    """Hundreds of keys, each of which has to be equal to the next."""
    tests = {f"k{number}": f"${{k{number + 1}}}" for number in range(600)}
    return [allow(Condition={"StringEquals": tests})], [allow(Condition=when("StringEquals", "k0", "${k9}"))]


def chained_statements() -> Pair:
    """As many statements as fit, each about one key and the next, and on the other side the other way about."""
    grant = [allow(Condition=when("StringEquals", f"k{number}", f"${{k{number + 1}}}")) for number in range(70)]
    return grant, [allow(Condition=when("StringEquals", f"k{number + 1}", f"${{k{number}}}")) for number in range(60)]


def one_name_of_variables() -> Pair:
    """One name of as many variables as fit, and a pattern of all but one of them."""
    names = [f"${{k:{number}}}" for number in range(640)]
    return [allow(Resource="arn:aws:s3:::" + "".join(names))], [allow(Resource=f"arn:aws:s3:::*{''.join(names[1:])}*")]


def long_literals() -> Pair:
    """Few and very long names that differ at their ends."""
    grant = [f"arn:aws:s3:::{'a' * 1900}{n}*" for n in range(5)]
    return [allow(Resource=grant)], [allow(NotResource=[f"arn:aws:s3:::{'a' * 1000}*{n}" for n in range(5)])]


def thousands_of_stars() -> Pair:
    """One name of as many stars as fit, each before a letter."""
    return [allow(Resource="arn:aws:s3:::" + "*a" * 4900)], [allow(Resource="arn:aws:s3:::" + "*aa" * 1950)]


def thousands_of_marks() -> Pair:
    """One name that counts thousands of characters, then looks for one."""
    return [allow(Resource="arn:aws:s3:::*" + "?" * 9000 + "a*")], [
        allow(Resource="arn:aws:s3:::*" + "?" * 5900 + "b*")
    ]


def starred_values() -> Pair:
    """Ask for many stars in the value of a condition, read as an ARN."""
    grant, ceiling = ["arn:aws:s3:::" + "*?a" * 3200], ["arn:aws:s3:::" + "*a?" * 1950]
    return [allow(Condition=when("ArnLike", "aws:SourceArn", grant))], [
        allow(Condition=when("ArnLike", "aws:SourceArn", ceiling))
    ]


def mixed_negations() -> Pair:
    """NotAction, NotResource and negated conditions together, on both sides, with a Deny each."""
    globs, names = infixes(80), [f"s3:*{text[14:-1]}*" for text in infixes(80, 3, 1)]
    tags = when("StringNotLike", "aws:PrincipalTag/x", [f"*{text[14:-1]}*" for text in infixes(40, 3, 2)])
    side = [allow(NotResource=globs, NotAction=names, Condition=tags) | {"Action": None}, deny(NotResource=globs[:40])]
    return side, [allow(NotResource=globs[40:]), deny(Resource=globs[:20], Condition=tags)]


FAMILY: dict[str, Callable[[], Pair]] = {
    made.__name__: made
    for made in (
        twelve_infixes,
        twelve_escaping,
        twelve_shorter,
        twelve_denied,
        many_infixes,
        many_infixes_contained,
        infix_chains,
        question_marks,
        counted_letter,
        starred_fields,
        hundreds_of_statements,
        hundreds_of_denies,
        action_infixes,
        action_chains,
        condition_infixes,
        condition_sets,
        condition_keys,
        numbers,
        networks,
        variables,
        variables_among_infixes,
        variables_under_keys,
        chained_keys,
        chained_statements,
        one_name_of_variables,
        long_literals,
        thousands_of_stars,
        thousands_of_marks,
        starred_values,
        mixed_negations,
    )
}


def grants(name: str) -> tuple[Grant, Grant]:
    """Return both sides of one of the family, or raise ValueError where they are larger than IAM takes."""
    sides = [_written(statements) for statements in FAMILY[name]()]
    for body, most in zip(sides, (INLINE, MANAGED), strict=True):
        size = len("".join(json.dumps(body, separators=(",", ":")).split()))
        if size > most:
            message = f"{name}: {size} characters, and IAM takes {most}"
            raise ValueError(message)
    grant, ceiling = (Grant((parse_document_value(body, name="adversarial"),)) for body in sides)
    return grant, ceiling


def _written(statements: list[dict[str, Any]]) -> dict[str, Any]:
    listed = [{key: value for key, value in item.items() if value is not None} for item in statements]
    return {"Version": "2012-10-17", "Statement": listed}


def most_memory() -> float:
    """Return the megabytes that this process has held at most; where the kernel tells, its own figure."""
    itself = Path("/proc/self")
    return most_memory_of(itself) if itself.exists() else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNITS


def most_memory_of(process: Path) -> float:
    """Return the megabytes that a process has held at most, which no parent is part of; given its folder in /proc."""
    status = (process / "status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def main(argv: list[str]) -> int:
    """Ask one question and print what it cost."""
    grant, ceiling = grants(argv[1])
    started = time.perf_counter()
    verdict = check(grant, ceiling)
    seconds = time.perf_counter() - started
    told = {"seconds": seconds, "megabytes": most_memory(), "verdict": type(verdict).__name__}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
