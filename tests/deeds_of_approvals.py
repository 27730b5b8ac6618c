"""What is done about approvals: the part of `Deeds` that approves and refuses."""

from __future__ import annotations

from chalicelib.domain.approval import Verdict
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Change
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.decide_approval import Decided, decide_approval

APPROVERS = Change(by="api_key:office", why="a person decided so")


class ApprovalDeeds:
    """Everything that can happen to what is asked for approval."""

    ports: Ports
    tenant: Tenant

    def approve(self, task: Task, role: str = "manager") -> Task:
        """Let somebody in a role approve what a task asks."""
        decision = Decided(Verdict.APPROVED, "krause@office.example", role)
        return decide_approval(self.ports, self.tenant, APPROVERS, task.id, decision)

    def refuse(self, task: Task, role: str = "manager") -> Task:
        """Let somebody in a role refuse it."""
        decision = Decided(Verdict.REFUSED, "krause@office.example", role, "I call them first")
        return decide_approval(self.ports, self.tenant, APPROVERS, task.id, decision)
