"""Serial numbers: the order in which things were saved, whatever the clock said."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_KEYS = {"versions": "plan_id", "drafts": "draft_id", "scenarios": "scenario_id"}


def upgrade() -> None:
    """Add the numbers; what is there already is numbered by its time."""
    for table, key in _KEYS.items():
        op.add_column(table, sa.Column("serial", sa.Integer, nullable=False, server_default="0"))
        names = [key] if table == "drafts" else [key, "version"]
        same = " AND ".join(f"other.{name} = {table}.{name}" for name in names)
        order = ", ".join(["saved_at", *names])
        op.execute(
            f"UPDATE {table} SET serial = (SELECT other.place FROM (SELECT {', '.join(names)}, "
            f"row_number() OVER (ORDER BY {order}) AS place FROM {table}) AS other WHERE {same})"
        )


def downgrade() -> None:
    """Take the numbers away again."""
    for table in _KEYS:
        op.drop_column(table, "serial")
