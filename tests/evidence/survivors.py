"""Why changes of the code survive: what no test can see, or what makes no difference.

A rule is a module, a pattern of the line before the change, one of the line after it, and a reason; the first that fits
explains a survivor. What no rule fits is listed as not explained.
"""

import re
from typing import NamedTuple

ANY = r".*"


class Rule(NamedTuple):
    """A reason why changes of some lines are not seen."""

    module: str
    before: str
    after: str
    why: str


_WORK = "only how much work is charged for, against a bound that ordinary questions never come near"
_LIMIT = "at what amount work stops, or what is remembered is dropped; no rule of IAM"
_TELLS = "which of several witnesses is told first, not whether there is one"
_STATES = "states are told apart that lead to the same answers: more work, nothing else"

_PRUNES = (
    "what is left out of a search because it cannot be an escape: without it the search is longer and finds no other"
)
_HASH = "only what a hash is made of: what is equal has the same one"
_COVERED = "a quick proof is not seen, and the exact one finds it"

RULES: tuple[Rule, ...] = (
    Rule(ANY, r"(\w+\.)*(budget|work)\.spend(_once)?\(.*", ANY, _WORK),
    Rule(r"containment/\w+.py", r"(price|cost) = .*", ANY, _WORK),
    Rule(
        r"containment/cells.py", r"return (1 \+ len\(glob\)|2 \+ min\(|sum\(1 \+ sum\(map\(_glob_price).*", ANY, _WORK
    ),
    Rule(r"containment/callers.py", r"return size // TEXT.*", ANY, _WORK),
    Rule(r"containment/variables.py", r"return sum\( ?4 \* len\(item.conditions\).*", ANY, _WORK),
    Rule(ANY, r"[A-Z_]+ = [\d_]+( #.*)?", r"[A-Z_]+ = -?[\d_]+( #.*)?", _LIMIT),
    Rule(ANY, r".*(>|<|\[:).*\b(MOST_\w+|FRONT|FEW|GLANCES)\b.*", ANY, _LIMIT),
    Rule(
        ANY, r".*strict=True.*", r".*strict=False.*", "the lengths are equal by construction, and `strict` only says so"
    ),
    Rule(ANY, r".*Outcome\(escape, doubtful=False\).*", r".*doubtful=True.*", "nobody asks for doubt beside an escape"),
    Rule(r"containment/machine.py", r"for absorbing, whole in zip.*", r".* in \[\]:", _STATES),
    Rule(r"containment/machine.py", r"return self.settle\(moved\) if .*", ANY, _STATES),
    Rule(r"containment/machine.py", r"if self.colon_differs and not .*", r"if self.colon_differs or .*", _STATES),
    Rule(r"containment/machine.py", r"if len\(mark\) > 1:.*", r"if len\(mark\) > 2:.*", "a mark begins with `${`"),
    Rule(
        r"containment/overlap.py",
        r"pairs = zip\(left, right, strict=False\)",
        ANY,
        "of two patterns one of which ends first, one covers the other or they are disjoint, which is asked before",
    ),
    Rule(r"containment/(machine|brackets).py", r".*range\(0x4E00.*", ANY, "which character stands for all others"),
    Rule(r"containment/plausible.py", ANY, ANY, _TELLS),
    Rule(
        r"containment/(actions|hunt).py",
        r".*(\"ec2\", \"iam\", \"s3\"|_shown|named\[:|\.sort\(|startswith\().*",
        ANY,
        _TELLS,
    ),
    Rule(r"containment/candidates.py", r"(for text in _likely_texts|texts = \[FAMILIAR).*", ANY, _TELLS),
    Rule(r"containment/variables.py", r"middles = .*", ANY, "which values of a variable are tried for a witness"),
    Rule(r"containment/hunt.py", r"for layer in hunt.grant\[1:\]:", ANY, _COVERED),
    Rule(r"containment/clauses.py", r"return service if colon .*", ANY, _COVERED),
    Rule(r"containment/regions.py", r"for court in question.grant:", ANY, _PRUNES),
    Rule(r"containment/search.py", r"self.came.*= \{start.*", ANY, "what led to the start is never asked for"),
    Rule(
        r"containment/actions.py",
        r"\(\":\", False\),",
        ANY,
        "whether a character that is a colon crosses colons is not asked",
    ),
    Rule(
        r"containment/candidates.py",
        r".*is_real\(conditions\[0\]\.key, text\).*",
        ANY,
        "all conditions that are asked together are about one key",
    ),
    Rule(r"containment/question.py", r"if start and not clause.resources.negated.*", ANY, _PRUNES),
    Rule(r"containment/search.py", r"heappush\(waiting, .*", ANY, _TELLS),
    Rule(r"containment/values.py", r"yield \(low \+ high\) // 2 .*", ANY, "which value between two bounds is tried"),
    Rule(r"containment/actions.py", r"return tuple\(\(char, True\) .*", ANY, "a letter crosses no colon"),
    Rule(r"containment/brackets.py", r"if any\(not good\[0\] & ~plain and .*", ANY, _PRUNES),
    Rule(r"containment/candidates.py", r".*Budget\(10_000\)\)", ANY, _LIMIT),
    Rule(
        r"containment/contexts.py", r"return Found\(given, doubtful=False\) .*", ANY, "nobody asks for doubt beside it"
    ),
    Rule(r"containment/cover.py", r"(splits|texts) = .*|return bool\(number\(.*", ANY, _COVERED),
    Rule(r"containment/shortcut.py", r"asked.update\(dict.fromkeys\(more if .*", ANY, _COVERED),
    Rule(r"containment/extent.py", r"return bool\(rule.conditions\), .*", ANY, "in which order statements are told"),
    Rule(r"containment/joining.py", r"return \(\*left, \*right\) if .*", ANY, "a value twice is answered as one"),
    Rule(
        r"containment/trust_extent.py",
        r"yield allow.principals or .*",
        ANY,
        "every statement of a trust policy says whom it is about",
    ),
    Rule(r"containment/regions.py", r"return usual if region.machine.read.*", ANY, _TELLS),
    Rule(r"containment/variables.py", r"truths = .*", ANY, "which values of a variable are tried for a witness"),
    Rule(r"policy/document.py", r"return parse_glob\(text, variables=False\)", ANY, "no action has a `$`"),
    Rule(r"containment/regions.py", r"MOST_COMPARED, COMPARED = .*", ANY, _LIMIT),
    Rule(r"policy/record.py", r"@dataclass_transform.*", ANY, "it speaks to type checkers alone"),
    Rule(
        r"policy/text.py",
        r"raise DocumentError\(name, \"duplicate key\", .*> 1\)\)",
        r".*!= 1\)\)",
        "a key that is counted is there once at least",
    ),
    Rule(r"policy/document.py", r"return named\[0\] if named else None", ANY, "there is one name at most"),
    Rule(ANY, r".*cost=LIKELY_BUDGET.*", ANY, _WORK),
    Rule(ANY, r"def \w+\(.*\*, .*", r"def \w+\(.*/, .*", "which arguments are named is for those who write calls"),
    Rule(
        r"containment/overlap.py",
        r"return \(self.final << 1\) - 1",
        r"return \(self.final << 2\) - 1",
        "what is behind the last place is of no token, and is not the last",
    ),
    Rule(
        r"containment/proving.py",
        r"same = equal_keys\(.* and not outcome.escape else .*",
        r".* or not outcome.escape else .*",
        "where nothing is found it is asked again of less",
    ),
    Rule(r"containment/regions.py", r"return ceiling\[0\].allows if len\(ceiling\) == 1.*", r".*\[ ?-1\].*", "of one"),
    Rule(r"policy/document.py", r"\(one.key, one.values\[:1\].*|return \(statement.actions, .*", ANY, _HASH),
    Rule(
        r"policy/glob.py",
        r"if not variables or .* not in text:",
        r"if not variables and .*",
        "where there is no variable the longer way reads the same",
    ),
    Rule(
        r"containment/hunt.py",
        r"if hunt.only_proof and any\(variables_of.*",
        r"if hunt.only_proof or .*",
        "only a proof is asked with variables; over the values of none the search is the ordinary one",
    ),
    Rule(
        r"containment/joining.py",
        r"named = condition.operator if .*",
        ANY,
        "operators that answer alike also entail each other, which the cells of single values show",
    ),
    Rule(
        r"containment/overlap.py",
        r"if at == len\(left\) or by == len\(right\):",
        r".*(at|by) >= .*",
        "no place is behind the end",
    ),
    Rule(
        r"containment/own_account.py",
        r"return parse_condition\(.*variables=False\)",
        r".*variables=True\)",
        "no account, organisation or truth value has a `$`",
    ),
    Rule(r"policy/glob.py", r"return -1", r"return ?-.*", "every number below zero says that there is no place"),
    Rule(r"policy/arn.py", r"if missing <= 0 .*", r"if missing == 0 .*", "of a negative number nothing is added"),
    Rule(
        r"policy/record.py",
        r"if len\(values\) == len\(names\).*",
        ANY,
        "the quick way to make a record; the other does the same",
    ),
)


def explanation(module: str, before: str, after: str) -> str | None:
    """Return why the change from `before` to `after` survives, or None."""
    if _as_equal(before) == _as_equal(after):
        return "an enumeration's members, None and small numbers are single objects: `is` and `==` are one"
    fits = (
        rule.why
        for rule in RULES
        if re.fullmatch(rule.module, module) and re.fullmatch(rule.before, before) and re.fullmatch(rule.after, after)
    )
    return next(fits, None)


def _as_equal(line: str) -> str:
    return line.replace(" is not ", " != ").replace(" is ", " == ")
