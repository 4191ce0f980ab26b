"""`panorama-guard explain`: why a grant is inside its ceiling, or what escapes, why nothing stops it, and how far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from panorama_guard.case.finding import NO_REACH, Reach
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.cli.files import name_of, read_json
from panorama_guard.cli.found import Found
from panorama_guard.cli.output import ANSWERED, ESCAPED, FAILED, UNDECIDED, complain, tell, tell_line
from panorama_guard.cli.printed import DETAILS, policy_in, refuse_policy
from panorama_guard.cli.questions import read_document, read_question
from panorama_guard.cli.remarks import remarks
from panorama_guard.cli.role_file import is_role_file, is_trust_file, profile_names, read_role, read_trust
from panorama_guard.containment import Contained, Escaped, Grant, Undecided
from panorama_guard.containment.caller import told_context
from panorama_guard.containment.check import check
from panorama_guard.containment.context_types import context_types
from panorama_guard.containment.covering import explain_containment
from panorama_guard.containment.doubt import explain_doubt
from panorama_guard.containment.explain import explain_escape
from panorama_guard.containment.extent import measure_escape
from panorama_guard.containment.trust import trust_grant
from panorama_guard.containment.trust_extent import measure_trust
from panorama_guard.judging.permissions import grant_through
from panorama_guard.judging.standard import Standard, standard_of
from panorama_guard.judging.trust import decide_trust
from panorama_guard.policy import Document, DocumentError, PolicyError
from panorama_guard.policy.write import write_document
from panorama_guard.profile import load_profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.explanation import Explained, explanation_body, explanation_lines
from panorama_guard.reporting.simulate import show_role, simulate_documents, simulate_role

EXITS = {"contained": ANSWERED, "escaped": ESCAPED, "undecided": UNDECIDED}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: documents by their files, or else a file that holds a question or a role."""

    policies: tuple[str, ...]
    ceiling: tuple[str, ...]
    boundary: tuple[str, ...]
    file: str
    role: str | None
    posture: str | None


@dataclass(frozen=True, slots=True)
class _Matter:
    """A grant, its ceiling, the role that they are about if there is one, and its trust policy if that is the grant."""

    about: str
    grant: Grant
    ceiling: Grant
    role: tuple[RoleSnapshot, ...] = ()
    trust: tuple[Document, ...] = ()
    notes: tuple[str, ...] = ()


ONLY_TRUST = f"`aws iam get-role` prints no policies, so only the trust is judged; `{DETAILS}` prints all"
CEILING = (
    "the ceiling of a role is AWS's managed policies as pinned, and what begins with `pattern/`, both in "
    "panorama_guard/profile/data/panorama.json"
)


def explain(asked: Asked, *, as_json: bool) -> int:
    """Explain what is asked, for a machine or for a person, and return how it ended; what cannot be read is told."""
    try:
        explained = tuple(map(_explained, _matters(asked)))
    except PolicyError as error:
        complain(str(error))
        return FAILED
    bodies = [explanation_body(one) for one in explained]
    verdicts = [body["verdict"] for body in bodies]
    verdict = next(word for word in ("escaped", "undecided", "contained") if word in verdicts)
    if as_json:
        tell({"verdict": verdict, "explanations": bodies})
    else:
        tell_line("\n\n".join("\n".join(explanation_lines(one)) for one in explained))
    return EXITS[verdict]


def _matters(asked: Asked) -> Iterator[_Matter]:
    if asked.policies:
        boundary = _read_documents(asked.boundary)
        grant = Grant(_read_documents(asked.policies), (boundary,) if boundary else ())
        yield _with_remarks(_Matter("what the documents grant", grant, Grant(_read_documents(asked.ceiling))))
        return
    value, where = read_json(asked.file), name_of(asked.file)
    if isinstance(value, dict) and is_trust_file(value):
        role = read_trust(Found(value, where))
        yield _trust_matter(role, _standard(role, asked, where), where, (ONLY_TRUST,))
    elif isinstance(value, dict) and is_role_file(value):
        yield from _role_matters(read_role(Found(value, where), asked.role), asked, where)
    else:
        yield _question_matter(value, asked, where)


def _question_matter(value: object, asked: Asked, where: str) -> _Matter:
    if isinstance(value, dict):
        refuse_policy(value, where)
    if asked.role:
        raise DocumentError(where, "no file of roles, but one is asked for", asked.role)
    if asked.posture:
        raise DocumentError(where, "no file of roles, and only these have a posture", asked.posture)
    return _with_remarks(_Matter("what the policies of the question grant", *read_question(value, where)))


def _with_remarks(matter: _Matter) -> _Matter:
    documents = (one for side in (matter.grant, matter.ceiling) for layer in side.layers for one in layer)
    return replace(matter, notes=(*matter.notes, *remarks(documents)))


def _read_documents(files: Sequence[str]) -> tuple[Document, ...]:
    return tuple(
        read_document(policy_in(read_json(file), name_of(file)), name_of(file), name_of(file)) for file in files
    )


def _role_matters(role: RoleSnapshot, asked: Asked, where: str) -> Iterator[_Matter]:
    """Yield what the role may do, policy by policy where it escapes, and who may become it."""
    standard = _standard(role, asked, where)
    grant, name = _permissions(role, where), role.subject.name
    parts = [_Matter(f"the permission of {name}", grant, standard.permissions, (role,))]
    if isinstance(check(grant, standard.permissions), Escaped):
        through = [(policy.name, grant_through(policy.name, grant)) for policy in grant.policies]
        parts = [
            _Matter(f"the permission of {name} through {source}", part, standard.permissions, (role,))
            for source, part in through
            if not isinstance(check(part, standard.permissions), Contained)
        ]
    yield from map(_with_remarks, parts)
    yield _trust_matter(role, standard, where, (CEILING,) if standard.permissions.policies else ())


def _trust_matter(role: RoleSnapshot, standard: Standard, where: str, notes: tuple[str, ...]) -> _Matter:
    trust = read_document(role.trust, f"{where}: trust policy", "trust policy")
    about = f"the trust of {role.subject.name}"
    return _Matter(about, trust_grant(trust), standard.trust, (role,), (trust,), notes)


def _standard(role: RoleSnapshot, asked: Asked, where: str) -> Standard:
    profile = load_profile().role_named(role.subject.name)
    if profile is None:
        place = f"{where}: RoleName"
        problem = f"the profile has {', '.join(profile_names())}, and no role of this name"
        raise DocumentError(place, problem, role.subject.name)
    return standard_of(profile, Posture(asked.posture or Posture.ACTIVE))


def _permissions(role: RoleSnapshot, where: str) -> Grant:
    texts = [(policy.name, policy.text) for policy in role.inline]
    texts += [(policy.arn, policy.text) for policy in role.attached]
    limits = ((read_document(one.text, f"{where}: {one.arn}", one.arn),) for one in role.boundary)
    return Grant(tuple(read_document(text, f"{where}: {name}", name) for name, text in texts), tuple(limits))


def _explained(matter: _Matter) -> Explained:
    return replace(_judged(matter), notes=matter.notes)


def _judged(matter: _Matter) -> Explained:
    verdict = (decide_trust if matter.trust else check)(matter.grant, matter.ceiling)
    match verdict:
        case Contained():
            why = explain_containment(matter.grant, matter.ceiling)
            return Explained(matter.about, verdict, why, NO_REACH, "")
        case Undecided():
            doubts = explain_doubt(matter.grant, matter.ceiling)
            return Explained(matter.about, verdict, doubts, NO_REACH, "")
        case Escaped():
            return _explained_escape(matter, verdict)
    assert_never(verdict)


def _explained_escape(matter: _Matter, escaped: Escaped) -> Explained:
    grant, ceiling = matter.grant, matter.ceiling
    extents = [measure_trust(trust, ceiling) for trust in matter.trust] or [measure_escape(grant, ceiling)]
    types = context_types(told_context(escaped.witness), grant, ceiling)
    reach = Reach(extents[0].text, extents[0].precision.value, types)
    why = explain_escape(grant, ceiling, escaped)
    return Explained(matter.about, escaped, why, reach, _see_it(matter, escaped, reach))


def _see_it(matter: _Matter, escaped: Escaped, reach: Reach) -> str:
    """Return the command that shows the witness in AWS's simulator, or the trust policy."""
    request, types = escaped.witness.request, dict(reach.context_types)
    for role in matter.role:
        return show_role(role.subject.name) if matter.trust else simulate_role(role.subject.arn, request, types)
    policies, *boundary = ([write_document(one.statements) for one in layer] for layer in matter.grant.layers)
    return simulate_documents(policies, [text for layer in boundary for text in layer], request, types)
