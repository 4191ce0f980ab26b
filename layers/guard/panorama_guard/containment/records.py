"""What is asked and what is answered."""

from panorama_guard.policy.arn import Reading
from panorama_guard.policy.document import Document
from panorama_guard.policy.record import record

Context = tuple[tuple[str, tuple[str, ...]], ...]  # (condition key, its values); a key that is not there is absent


@record
class Grant:
    """The requests that an Allow of `policies` and of every boundary matches, and no Deny of any of them."""

    policies: tuple[Document, ...]
    boundaries: tuple[tuple[Document, ...], ...] = ()

    @property
    def layers(self) -> tuple[tuple[Document, ...], ...]:
        """Return the groups of documents that must each allow a request."""
        return (self.policies, *self.boundaries)


@record
class Request:
    """One request: an action on a resource (an ARN, or `*` for actions without one) in a context."""

    action: str
    resource: str
    context: Context = ()


@record
class Witness:
    """One concrete request inside the escape."""

    action: str
    resource: str
    context: Context = ()

    @property
    def request(self) -> Request:
        """Return the witness as a request."""
        return Request(self.action, self.resource, self.context)


@record
class StatementRef:
    """Where a statement stands: the policy's name, its Sid if it has one, its place from 0."""

    policy: str
    sid: str | None
    index: int

    @property
    def words(self) -> str:
        """Return the place as people count: from 1, with the Sid."""
        return f"{self.policy}, statement {self.index + 1}" + (f" ({self.sid})" if self.sid else "")


@record
class Contained:
    """Proved: no request is in the grant and outside the ceiling."""


@record
class Escaped:
    """The witness is in the grant, by `statement`, and outside the ceiling, under each of `readings`."""

    witness: Witness
    statement: StatementRef
    readings: tuple[Reading, ...]


@record
class Undecided:
    """Neither was established."""

    reason: str


Verdict = Contained | Escaped | Undecided
