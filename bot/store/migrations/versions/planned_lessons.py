"""The lessons that staff's calendars plan, and what was told of them beforehand."""

from alembic import op

revision = "planned_lessons"
down_revision = "reasons"

PLANNED = """
CREATE TABLE planned_lessons (
    tenant text, school text, event text,
    organizer text NOT NULL, title text NOT NULL, starts timestamptz NOT NULL, ends timestamptz NOT NULL,
    join_url text NOT NULL, thread text, class_name text,
    invitees jsonb NOT NULL, invitees_known boolean NOT NULL, staff jsonb NOT NULL,
    blind text, sealed text, placed boolean NOT NULL DEFAULT false, keep_until timestamptz NOT NULL,
    PRIMARY KEY (tenant, school, event)
)
"""

BY_START = "CREATE INDEX planned_lessons_by_start ON planned_lessons (tenant, school, starts)"

FORETOLD = """
CREATE TABLE foretold (
    tenant text, school text, say text, event text, about text, "to" text, ground text,
    claimed_until timestamptz NOT NULL, told_at timestamptz, keep_until timestamptz NOT NULL,
    PRIMARY KEY (tenant, school, say, event, about, "to", ground)
)
"""


def upgrade() -> None:
    """A row is one holding of a lesson; what was told is one row for each person, lesson and ground."""
    for statement in (PLANNED, BY_START, FORETOLD):
        op.execute(statement)
