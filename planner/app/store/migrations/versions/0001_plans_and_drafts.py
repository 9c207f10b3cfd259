"""Plans with their versions, drafts, and the problems that both are about."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables. Written out, for the schema goes on and this step does not."""
    op.create_table(
        "problems",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "versions",
        sa.Column("plan_id", sa.String(32), sa.ForeignKey("plans.plan_id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("saved_at", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), sa.ForeignKey("problems.digest"), nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
    )
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False, index=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("rows_changed", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.String(40), nullable=False),
        sa.Column("plan_id", sa.String(32)),
        sa.Column("based_on", sa.Integer),
        sa.Column("digest", sa.String(64), sa.ForeignKey("problems.digest"), nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Take the tables away again."""
    for table in ("drafts", "versions", "plans", "problems"):
        op.drop_table(table)
