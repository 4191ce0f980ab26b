"""Values to try for a context key: a few likely ones, or enough that every combination of answers is among them."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.edges import bounds_of, sure_addresses, sure_moments, sure_numbers, sure_seconds
from panorama_guard.containment.fillings import NO_KINDS, Kinds, telling
from panorama_guard.containment.keys import TYPES, kind_of, type_of
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.machine import Machine, build
from panorama_guard.containment.meaning import open_steps
from panorama_guard.containment.plausible import ROLE_ID, ROLE_SESSION, STRANGER
from panorama_guard.containment.search import ANYWHERE, Aim, Limits, every_kind, promising_kinds
from panorama_guard.containment.shapes import EPOCH, Texts, is_real, shape_of
from panorama_guard.policy.arn import ANY_ARN, Reading, Step, segmented, steps
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, literal_text, tokens, variables_of

_TRUTH_VALUES = ("true", "false")
_LOOKALIKES = str.maketrans("ksi", "\u212a\u017f\u0131")  # other letters of which the case is k, s or i
MOST_LIKELY = 60
READ = 4  # characters that a machine reads for one step of it
FOREIGN = "example"  # no number, no time, no address, no truth value
FAMILIAR = {  # what a key's value looks like where any other value would do
    "aws:principalarn": f"arn:aws:iam::{STRANGER}:role/example",
    "aws:principalorgid": "o-example9999",
    "aws:requestedregion": "eu-central-1",
    "aws:sourceaccount": STRANGER,
    "aws:resourceaccount": STRANGER,
    "aws:principalaccount": STRANGER,
    "aws:principaltype": "AssumedRole",
    "aws:userid": f"{ROLE_ID}:{ROLE_SESSION}",
    "aws:sourcearn": "arn:aws:s3:::example-bucket",
    "iam:passedtoservice": "lambda.amazonaws.com",
    "cloudwatch:namespace": "ExampleMetrics",
    "aws:currenttime": "2026-01-01T00:00:00Z",
    "aws:epochtime": "1767225600",
    "aws:tokenissuetime": "2026-01-01T00:00:00Z",
    "aws:multifactorauthage": "300",
    "aws:sourceip": "203.0.113.9",
    "aws:vpcsourceip": "203.0.113.9",
    "s3:max-keys": "100",
    "sts:durationseconds": "3600",
    **dict.fromkeys((key for key, kind in TYPES.items() if kind == "truth"), "true"),
}


def likely_values(conditions: Sequence[Condition], *, mixed: bool) -> list[str]:
    """Return a few values, among them those the conditions name and one they do not."""
    found: list[str] = []
    key = conditions[0].key
    kinds = {kind_of(condition) for condition in conditions}
    for kind in sorted(kinds - {"", "text"}):
        found += _SURE[kind]([item for item in conditions if kind_of(item) == kind], Budget(10_000))
    if is_truth(conditions, mixed=mixed):
        found += _TRUTH_VALUES
    elif mixed or "text" in kinds or not found:
        found += [*_likely_texts(conditions), FOREIGN]
    found += _sure_anything(conditions, Budget(1)) if shape_of(key) else ()
    return [value for value in dict.fromkeys(found) if is_real(key, value)][:MOST_LIKELY]


def sure_values(conditions: Sequence[Condition], budget: Budget, kinds: Kinds, *, mixed: bool) -> Iterator[str]:
    """Yield values such that any value answers all `conditions`, which are of one kind, as one of these does.

    With `mixed` the key may also have values of other kinds. The variables in the conditions have values of `kinds`.
    """
    if is_truth(conditions, mixed=mixed):
        yield from _TRUTH_VALUES
        return
    kind = next(iter(compared_kinds(conditions)), "")
    yield from _sure_texts(conditions, budget, kinds) if kind == "text" else _SURE[kind](conditions, budget)
    if mixed:
        yield FOREIGN
    if shape_of(conditions[0].key):
        yield from _sure_anything(conditions, budget)


def compared_kinds(conditions: Iterable[Condition]) -> list[str]:
    """Return the kinds of values that the conditions on a key compare, those that any value will do for left out.

    The seconds of the epoch are numbers and times at once.
    """
    kinds = ((condition.key, kind_of(condition)) for condition in conditions)
    return sorted({"seconds" if key == EPOCH and kind in ("number", "time") else kind for key, kind in kinds} - {""})


def literals_of(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the texts that the conditions name exactly, where they compare texts in no other way; else none."""
    texts = [item for item in conditions if kind_of(item) == "text"]
    if not all(is_plain_text(item) and all(literal_text(glob) is not None for glob in item.values) for item in texts):
        return frozenset()
    return frozenset(bounds_of(texts))


def is_truth(conditions: Sequence[Condition], *, mixed: bool) -> bool:
    """Say whether the key is a truth value: by its name, or because policies only test it as one."""
    key = conditions[0].key
    return TYPES.get(key) == "truth" or (
        not mixed and shape_of(key) is None and any(type_of(item) == "truth" for item in conditions)
    )


def _likely_texts(conditions: Sequence[Condition]) -> list[str]:
    arn = any(condition.parsed.family is Family.ARN for condition in conditions)
    texts = [FAMILIAR.get(conditions[0].key, FAMILIAR["aws:sourcearn"] if arn else FOREIGN)]
    for condition in conditions:
        for glob in condition.values if kind_of(condition) == "text" else ():
            texts += (filled(glob, filler) for filler in ("example", "", "-"))
            texts += _put_into_examples(glob, conditions[0].key)
    return texts


def _put_into_examples(glob: Glob, key: str) -> Iterator[str]:
    """Yield texts of a key that AWS types, with the beginning of the pattern or with its end."""
    shape = shape_of(key)
    runs = glob.split("*")
    for example in shape.examples if shape else ():
        yield runs[0] + example[len(runs[0]) :]
        yield example[: -len(runs[-1]) or None] + runs[-1]


def filled(glob: Glob, filler: str) -> str:
    """Return a text that `glob` matches, its wildcards filled and its variables left empty."""
    text = literal_text(glob)
    return "".join(_filled(part, filler) for part in tokens(glob)) if text is None else text


def _filled(part: Token, filler: str) -> str:
    match part:
        case Wild.MANY:
            return filler
        case Wild.ONE:
            return "x"
        case Variable():
            return ""
        case _:
            return part


def is_plain_text(condition: Condition) -> bool:
    """Say whether the condition compares texts by patterns alone, whose matches say all that there is to it."""
    return condition.parsed.family in (Family.STRING, Family.LIKE, Family.BINARY) and not condition.variables


def text_kinds(
    conditions: Sequence[Condition], budget: Budget, kinds: Kinds = NO_KINDS, helpful: Sequence[Truth] = ()
) -> Iterator[tuple[int, str]]:
    """Yield (conditions as bits, text): for each combination of conditions of which a value matches, one text.

    Where it is told whether each condition is `helpful` to an escape by holding, for each that no other one betters.

    First the pleasant ones: of two texts with the same answers the first is told. Of a key that AWS types first those
    that a request may have, then others that are not known to be impossible.
    """
    shape = shape_of(conditions[0].key)
    seen: set[int] = set()
    for own in filter(None, (shape.usual, shape.possible)) if shape else (None,):
        for matched, text in _kinds_among(conditions, budget, kinds, own, helpful):
            if matched not in seen:
                seen.add(matched)
                yield matched, text


def _kinds_among(
    conditions: Sequence[Condition], budget: Budget, kinds: Kinds, own: Texts | None, helpful: Sequence[Truth]
) -> Iterator[tuple[int, str]]:
    sets, caseless = _sets(conditions, kinds)
    count = len(sets)
    sets += [own.patterns, own.barred] if own else []
    letters = own.letters if own else frozenset[str]()
    machine = build(sets, caseless=caseless, alphabet=letters)
    for text in _likely_texts(conditions):
        budget.spend(1 + len(text) * machine.cost // READ)
        if is_real(conditions[0].key, text):
            yield from _told_kind(machine.read(text), text, count, own)
    limits = Limits(machine.whole[count], machine.absorbing[count + 1], letters) if own else ANYWHERE
    aim = _aim(conditions, machine, helpful) if own is None and count == len(conditions) else None
    found = promising_kinds(machine, aim, budget) if aim else every_kind(machine, budget, limits)
    for matched, state, trail in found:
        yield from _told_kind(matched, trail.text(state), count, own)


def _aim(conditions: Sequence[Condition], machine: Machine, helpful: Sequence[Truth]) -> Aim | None:
    """Return what a search for texts may leave out; None where some condition may help an escape either way."""
    if not helpful or None in helpful:
        return None
    told = zip(machine.whole, conditions, helpful, strict=True)
    return Aim((), 0, sum(whole for whole, item, helps in told if helps is item.parsed.negated))


def _told_kind(matched: int, text: str, count: int, own: Texts | None) -> Iterator[tuple[int, str]]:
    """Yield the kind of a text without its own two sets: it is in the first, and not in the second."""
    if own is None or matched >> count == 1:
        yield matched & (1 << count) - 1, text


def _sets(conditions: Sequence[Condition], kinds: Kinds) -> tuple[list[Sequence[Sequence[Step]]], frozenset[int]]:
    """Return the patterns that are read: those of each condition, and what tells more; and which let no case count."""
    sets: list[Sequence[Sequence[Step]]]
    sets = [[pattern for glob in item.values for pattern in _pattern(glob, item.parsed.family)] for item in conditions]
    opened = {(glob, item.parsed.family) for item in conditions for glob in item.values if variables_of(glob)}
    sets += ([shape] for shape in dict.fromkeys(open_steps(*pair) for pair in sorted(opened, key=str)) if shape)
    telltale = {globs for glob, _ in sorted(opened, key=str) for _, globs in telling(glob, kinds)}
    sets += ([steps(glob, Reading.CROSSING) for glob in globs] for globs in sorted(telltale))
    caseless = (Family.STRING_CASELESS, Family.BOOL)
    if any(item.parsed.family is Family.ARN for item in conditions):  # of what is no ARN AWS says less
        sets.append([ANY_ARN])
    return sets, frozenset(n for n, item in enumerate(conditions) if item.parsed.family in caseless)


def _sure_texts(conditions: Sequence[Condition], budget: Budget, kinds: Kinds = NO_KINDS) -> Iterator[str]:
    compared = [item for item in conditions if kind_of(item) == "text"]
    if not all(map(is_plain_text, compared)):
        names = {text for item in compared for glob in item.values if (text := literal_text(glob)) is not None}
        texts = (*_likely_texts(conditions), *sorted({*names, *(one.lower().translate(_LOOKALIKES) for one in names)}))
        yield from (text for text in texts if is_real(conditions[0].key, text))
    yield from (text for _, text in text_kinds(compared, budget, kinds))


def _pattern(glob: Glob, family: Family) -> Iterator[Sequence[Step]]:
    if variables_of(glob):
        return
    pattern = segmented(glob) if family is Family.ARN else steps(glob, Reading.CROSSING)
    if pattern is not None:
        yield pattern


def _sure_anything(conditions: Sequence[Condition], _: Budget) -> Iterator[str]:
    yield FAMILIAR.get(conditions[0].key, FOREIGN)


_SURE: dict[str, Callable[[Sequence[Condition], Budget], Iterable[str]]] = {
    "": _sure_anything,
    "text": _sure_texts,
    "number": sure_numbers,
    "time": sure_moments,
    "seconds": sure_seconds,
    "address": sure_addresses,
}
