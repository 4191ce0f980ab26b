"""Which callers have a part that a condition's value matches: their ARN, account, id, name, organisation."""

from collections.abc import Callable, Iterator

from panorama_guard.containment.caller import Kind
from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, literal_text, render, tokens, variables_of
from panorama_guard.policy.record import record

TEXTS = (Family.STRING, Family.LIKE, Family.STRING_CASELESS)
MOST_SPLITS = 16  # places at which a pattern may be parted; beyond, it is not known what it matches
Found = tuple[Glob, ...] | None  # None where it is not known who matches


@record
class Reach:
    """The callers who are surely reached, and all who may be."""

    surely: tuple[Glob, ...]
    perhaps: tuple[Glob, ...]


def own_part(condition: Condition, kind: Kind, callers: Glob) -> Reach:
    """Return those of `callers`, who are of one kind, whose part one of the condition's values matches."""
    family = condition.parsed.family
    readable = family in TEXTS or (family is Family.ARN and condition.key == "aws:principalarn")
    found = [_PARTS[condition.key](kind, glob, family) if readable else None for glob in condition.values]
    surely = tuple(one for globs in found if globs for one in globs)
    is_respelled = family is Family.STRING_CASELESS and any(map(_has_case, condition.values))
    if None in found or is_respelled:  # the other spellings of a text are not listed
        return Reach(surely, (callers,))
    return Reach(surely, surely)


def _has_case(glob: Glob) -> bool:
    """Say whether the text is equal to another one where no case counts: it has more than ASCII's digits and marks."""
    return not glob.isascii() or any(char.isalpha() for char in glob) or bool(variables_of(glob))


def _arn(kind: Kind, glob: Glob, family: Family) -> Found:
    if family is Family.ARN and glob != "*" and tokens(glob).count(":") < SEPARATORS:
        return None  # AWS does not say what it matches
    return (Glob(f"{kind.value}:*:*:*:{glob}"),)


def _account(kind: Kind, glob: Glob, _: Family) -> Found:
    return () if ":" in tokens(glob) else (Glob(f"{kind.value}:*:*:*:arn:*:*:*:{glob}:*"),)


def _user_id(kind: Kind, glob: Glob, family: Family) -> Found:
    """Return whose aws:userid it is: a user's id, ID:SESSION of a role, ACCOUNT:NAME of a federated user."""
    match kind:
        case Kind.USER:
            return () if ":" in tokens(glob) else (Glob(f"user:*:{glob}:*:*"),)
        case Kind.ROOT:
            return _account(kind, glob, family)
        case Kind.ROLE if variables_of(glob) and len(tokens(glob)) == 1:
            return (Glob(f"role:*:{glob}:*"),)  # the colon is in the value
        case Kind.ROLE:
            return _parted(glob, "role:*:{}:{}:*")
        case _:
            return _parted(glob, "session:*:*:*:arn:*:*:*:{}:federated-user/{}")


def _parted(glob: Glob, form: str) -> Found:
    halves = _halves(tokens(glob))
    if halves is None:
        return None
    return tuple(Glob(form.format(render(left), render(right))) for left, right in halves)


def _halves(parts: tuple[Token, ...]) -> list[tuple[tuple[Token, ...], tuple[Token, ...]]] | None:
    """Return pairs of patterns that match, with a colon between, what `parts` match that has one colon."""
    colons = [place for place, part in enumerate(parts) if part == ":"]
    if colons:
        return [(parts[:place], parts[place + 1 :]) for place in colons if len(colons) == 1]
    wilds = [place for place, part in enumerate(parts) if isinstance(part, Wild)]
    if variables_of(render(parts)) or len(wilds) > MOST_SPLITS:
        return None
    many = {place: (Wild.MANY,) if parts[place] is Wild.MANY else () for place in wilds}
    return [((*parts[:place], *star), (*star, *parts[place + 1 :])) for place, star in many.items()]


def _user_name(kind: Kind, glob: Glob, _: Family) -> Found:
    """Return the users of a name, which stands behind the last slash of their ARN."""
    if glob == "*":
        return (Glob(f"{kind.value}:*:*:*:*"),)
    if literal_text(glob) is None and not variables_of(glob):
        return None
    if "/" in tokens(glob):
        return ()
    return tuple(Glob(f"{kind.value}:*:*:*:arn:*:*:*:*:user/{path}{glob}") for path in ("", "*/"))


def _organisation(kind: Kind, glob: Glob, _: Family) -> Found:
    """Return who is of the organisation; none has an empty name, which stands for those who are of none."""
    if not glob or ":" in tokens(glob):
        return ()
    return tuple(Glob(f"{kind.value}:{one}:*:*:*") for one in _not_empty(tokens(glob)))


def _not_empty(parts: tuple[Token, ...]) -> Iterator[Glob]:
    """Yield patterns that match, of what `parts` do, all that is not empty; no variable alone in one is empty either.

    See `keeps_fields`.
    """
    if not all(part is Wild.MANY or isinstance(part, Variable) for part in parts):
        yield render(parts)
        return
    if left := tuple(part for part in parts if part is not Wild.MANY):
        yield render(left)
    for place, part in enumerate(parts):
        if part is Wild.MANY:
            yield render((*parts[:place], Wild.ONE, *parts[place:]))


def _service(kind: Kind, glob: Glob, _: Family) -> Found:
    return (Glob(f"{kind.value}::::{glob}"),)


_PARTS: dict[str, Callable[[Kind, Glob, Family], Found]] = {
    "aws:principalarn": _arn,
    "aws:principalaccount": _account,
    "kms:calleraccount": _account,
    "aws:principalorgid": _organisation,
    "aws:userid": _user_id,
    "aws:username": _user_name,
    "aws:principalservicename": _service,
}
