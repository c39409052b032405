"""Warnings and holds know their reason by its key, and what a hold needs to end (C34 C37 C75 C83)."""

from alembic import op

revision = "reasons"
down_revision = "second"


def upgrade() -> None:
    """What was written before has the words its author chose, and no key."""
    op.execute("ALTER TABLE warnings ADD key text NOT NULL DEFAULT '', ADD taken_back boolean NOT NULL DEFAULT false")
    op.execute("ALTER TABLE holds ADD key text NOT NULL DEFAULT '', ADD ends text NOT NULL DEFAULT 'parents'")
