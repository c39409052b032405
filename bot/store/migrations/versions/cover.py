"""A note of a lesson may be taken back; it stays, and says so (C50)."""

from alembic import op

revision = "cover"
down_revision = "holds"


def upgrade() -> None:
    """What was written before stands."""
    op.execute("ALTER TABLE notes ADD taken_back boolean NOT NULL DEFAULT false")
