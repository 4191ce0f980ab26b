"""What holds of every request although no policy says it: which keys who carries, and that a variable tells the truth.

Only questions that ask who calls need this; the others are left as they are. A law is a Deny beside the grant. That
some callers never carry a key keeps a witness from doing so, and is not relied upon to prove anything.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from panorama_guard.containment.caller import IAM, Kind, everyone
from panorama_guard.containment.derived import SLOTS, Held, Slot, on_callers
from panorama_guard.containment.parts import own_part
from panorama_guard.containment.principals import among
from panorama_guard.containment.records import Grant
from panorama_guard.containment.resource import ANYTHING, UNCERTAIN
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import CURRENT, Document, Effect, Statement
from panorama_guard.policy.glob import Glob, escape, literal_text, variables_of
from panorama_guard.policy.record import record, replace

PATHS = "aws:principalorgpaths"
_NO_ORGANISATION = tuple(Glob(f"{kind.value}::*:*:*") for kind in IAM)
_ALL_BUT = {  # keys -> the kinds of callers whose requests may carry them
    ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"): (Kind.SERVICE,),
    ("aws:principalservicenameslist",): (Kind.SERVICE,),
    ("aws:principaltag/",): (Kind.USER, Kind.ROLE, Kind.SESSION, Kind.CANONICAL),
    (PATHS,): (*IAM, Kind.CANONICAL),
    ("aws:sourceidentity", "aws:federatedprovider"): (Kind.ROLE, Kind.FEDERATED, Kind.CANONICAL),
    ("aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage"): (*IAM, Kind.CANONICAL),
}
_CARRIERS = {key: kinds for keys, kinds in _ALL_BUT.items() for key in keys}
_DOUBT = Condition("Uncertain", f"{UNCERTAIN}which keys AWS sends", ())


@record
class _Traits:
    """What of a document the laws are about."""

    keys: frozenset[str]
    variables: frozenset[str]
    canonical_ids: frozenset[Glob]
    organisations: frozenset[str]  # those with which paths begin


def lawful(grant: Grant, ceiling: Grant) -> Grant:
    """Return the grant of the requests that can be, as far as that matters to a question about who calls."""
    traits = [_traits(document) for side in (grant, ceiling) for layer in side.layers for document in layer]
    keys, variables = (
        frozenset[str]().union(*listed) for listed in zip(*((one.keys, one.variables) for one in traits), strict=True)
    )
    named = frozenset[Glob]().union(*(_traits(document).canonical_ids for document in grant.policies))
    organisations = frozenset[str]().union(*(one.organisations for one in traits))
    return replace(grant, policies=(*grant.policies, _laws(keys, variables, named, organisations)))


@lru_cache(maxsize=1024)
def _traits(document: Document) -> _Traits:
    conditions = [condition for statement in document.statements for condition in statement.conditions]
    globs = [glob for statement in document.statements if statement.resources for glob in statement.resources.globs]
    globs += (glob for condition in conditions for glob in condition.values)
    allows = [statement for statement in document.statements if statement.effect is Effect.ALLOW]
    ids = (glob for statement in allows for condition in statement.conditions for glob in condition.values)
    return _Traits(
        frozenset(condition.key for condition in conditions),
        frozenset(variable.key for glob in globs for variable in variables_of(glob)),
        frozenset(glob for glob in ids if glob.startswith(f"{Kind.CANONICAL.value}:") and literal_text(glob)),
        frozenset(_organisations(conditions)),
    )


def _organisations(conditions: Iterable[Condition]) -> Iterator[str]:
    globs = (glob for condition in conditions if condition.key == PATHS for glob in condition.values)
    heads = (split_at for glob in globs if (split_at := glob.partition("/"))[1])
    yield from (head for head, _, _ in heads if head and not any(special in head for special in "*?$:"))


@lru_cache(maxsize=1024)
def _laws(
    keys: frozenset[str], variables: frozenset[str], canonical_ids: frozenset[Glob], organisations: frozenset[str]
) -> Document:
    laws = [
        _canonical_law(canonical_ids),
        (among(Glob(f"{kind.value}:*:*:*:*/") for kind in (Kind.USER, Kind.ROLE)),),  # a name stands behind the path
        *_key_laws(keys | variables),
        *map(_path_law, sorted(organisations)),
        *(law for key in sorted(variables & SLOTS.keys()) for law in _truth_of(key)),
    ]
    statements = (Statement(place, None, Effect.DENY, ANYTHING, ANYTHING, law) for place, law in enumerate(laws))
    return Document("what AWS sends", CURRENT, tuple(statements))


Law = tuple[Condition, ...]  # what no request fulfils


def _canonical_law(named: Iterable[Glob]) -> Law:
    """Return that callers count by a canonical user id only where the grant names that: they have an ARN as well."""
    return among([everyone(Kind.CANONICAL)]), among(sorted(named), negated=True)


def _key_laws(keys: Iterable[str]) -> Iterator[Law]:
    """Yield for each key that a policy asks for that it is not sent of those of whom AWS says so."""
    for key in sorted(keys):
        carriers = _CARRIERS.get(key if "/" not in key else f"{key.partition('/')[0]}/")
        if carriers:
            lacking = [everyone(kind) for kind in Kind if kind not in carriers]
            outside = _NO_ORGANISATION if key == PATHS else ()
            yield _present(key), among([*lacking, *outside]), _DOUBT


def _path_law(organisation: str) -> Law:
    """Return that only who is of the organisation has a path that begins with it; who is of none has no path.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
    """
    begun = Condition("ForAnyValue:StringLike", PATHS, (Glob(f"{organisation}/*"),))
    members = (Glob(f"{kind.value}:{organisation}:*:*:*") for kind in IAM)
    return begun, among([*members, everyone(Kind.CANONICAL)], negated=True)


def _truth_of(key: str) -> Iterator[Law]:
    """Yield that a key which is used as a variable is what AWS derives from the caller."""
    other = Condition("StringNotEquals", key, (Glob(f"${{{key}}}"),))
    yield _present(key), on_callers(other, aliases=False).surely
    for slot in SLOTS[key]:
        yield from _truth_for(key, slot)


def _truth_for(key: str, slot: Slot) -> Iterator[Law]:
    who = among([slot.callers])
    match slot.values:
        case (Held.OWN,):
            yield who, Condition("Null", key, (Glob("true"),))
            own = own_part(Condition("StringEquals", key, (Glob(f"${{{key}}}"),)), slot.kind, slot.callers)
            if own.surely != own.perhaps:  # what is a part of the caller in two pieces
                yield who, _present(key), _DOUBT
        case (Held.ABSENT,):
            yield who, _present(key)
        case (str() as text,):
            yield who, Condition("StringNotEquals", key, (escape(text),))
        case _:
            yield who, _present(key), _DOUBT


def _present(key: str) -> Condition:
    return Condition("Null", key, (Glob("false"),))
