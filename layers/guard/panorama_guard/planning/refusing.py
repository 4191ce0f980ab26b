"""What AWS has refused already, and with it what need not be tried."""

from panorama_guard.case.step import PutInline, PutOwnBoundary, PutPart, PutTrust, Step
from panorama_guard.policy.record import record


@record
class RefusedStep:
    """A step that AWS has refused: every such call, or only the document that was put (`is_of_document`)."""

    step: Step
    is_of_document: bool = False

    def rules_out(self, step: Step) -> bool:
        """Say whether AWS would refuse a step as it refused this one.

        Policies of the guard's own are told apart, and so are policies with principals of which one was refused for
        what it says: it may name somebody who was deleted since, whom another does not. An inline policy may say
        something that IAM does not take, and another not, whatever either is called.
        """
        if isinstance(step, PutOwnBoundary) and isinstance(self.step, PutOwnBoundary):
            return step.own.arn == self.step.own.arn
        if self.is_of_document and isinstance(step, PutTrust | PutPart):
            return step == self.step
        if self.is_of_document and isinstance(step, PutInline) and isinstance(self.step, PutInline):
            return step.text == self.step.text
        return type(step) is type(self.step)
