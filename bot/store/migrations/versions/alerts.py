"""Alerts know when they were first decided, so that it can be told whether anybody answered in time; and notes may be on one."""

from alembic import op

revision = "alerts"
down_revision = "cover"


def upgrade() -> None:
    """What was decided before is taken to have been first decided when it was last. An older version may go on writing."""
    op.execute("ALTER TABLE decisions ADD opened_at timestamptz NOT NULL DEFAULT now()")
    op.execute("UPDATE decisions SET opened_at = decided_at")
    op.execute("ALTER TABLE notes ADD alert bigint")
    op.execute("CREATE INDEX notes_of_alert ON notes (tenant, school, alert) WHERE alert IS NOT NULL")
    op.execute("CREATE INDEX decisions_opened ON decisions (tenant, school, opened_at) WHERE action = 'tell'")
