"""Who has to approve a step, and what they say."""

from __future__ import annotations

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.approval import ApprovalRule, Verdict
from chalicelib.handlers.approval_fields import DeadlineDays, DeputyAfterDays, Role
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import Label, Note
from chalicelib.services.decide_approval import Decided


class ApprovalBody(Body):
    """Who must approve a step before it is done. A task asks the `role` when the step's moment has
    come; the `deputy` may decide as well, once `deputy_after_days` have passed."""

    role: Role
    deadline_days: DeadlineDays
    deputy: Role | None = None
    deputy_after_days: DeputyAfterDays = Field(default=0, validate_default=True)

    @field_validator("deputy")
    @classmethod
    def _another(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value == info.data.get("role"):
            raise ValueError("must be another role")
        return value

    @field_validator("deputy_after_days")
    @classmethod
    def _in_time(cls, value: int, info: ValidationInfo) -> int:
        if value and info.data.get("deputy") is None:
            raise ValueError("goes with deputy")
        if value > info.data.get("deadline_days", value):
            raise ValueError("must not be more than deadline_days")
        return value

    def rule(self) -> ApprovalRule:
        """Return the rule."""
        return ApprovalRule(self.role, self.deadline_days, self.deputy, self.deputy_after_days)


class ApproveBody(Body):
    """Who approves, by the name or address that your own system has, and in which role."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"approver": "krause@example.com", "role": "credit_manager"}]
        }
    )

    approver: Label
    role: Role
    note: Note | None = None

    def decision(self) -> Decided:
        """Return what the use case takes."""
        return Decided(Verdict.APPROVED, self.approver, self.role, self.note)


class RefuseBody(Body):
    """Who refuses, in which role, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "approver": "krause@example.com",
                    "role": "credit_manager",
                    "reason": "They are our largest customer; I call them first.",
                }
            ]
        }
    )

    approver: Label
    role: Role
    reason: Note = Field(min_length=1)

    def decision(self) -> Decided:
        """Return what the use case takes."""
        return Decided(Verdict.REFUSED, self.approver, self.role, self.reason)
