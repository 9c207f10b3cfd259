"""When a plan was deleted: it can be brought back for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the moment; what is there already was not deleted."""
    op.add_column("plans", sa.Column("deleted_at", sa.String(40)))


def downgrade() -> None:
    """Take the moment away again: what was deleted is there again."""
    op.drop_column("plans", "deleted_at")
