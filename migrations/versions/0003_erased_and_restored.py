"""Retention, erasing personal data, and noticing that the database came out of a backup.

Only adds: hosts of the former version may go on running meanwhile. A backup that was made before this migration is not
recognized as one after it: see docs/operations/backup.md.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost."""
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "identity", sa.Text(), nullable=True, comment="server, database and table that this row was written in"
        ),
        sa.Column("written_by", sa.Text(), nullable=True, comment="the transaction that wrote it, as xmin says it"),
        sa.Column(
            "held_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a hold that is being placed now counts from here",
        ),
        sa.Column(
            "known_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when this database was last recognized, or declared, as itself",
        ),
        sa.CheckConstraint("id = 1", name=op.f("installation_id_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("installation_pkey")),
    )
    op.add_column(
        "lanes",
        sa.Column(
            "restored_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="paused since the database came out of a backup; means nothing unless paused",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "erased_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the guest's personal data were taken out",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "purged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its time was over: nothing but this row and its submissions' is left",
        ),
    )
    op.alter_column("orders", "body", comment="as received, unchanged until it is erased")
    op.create_index(
        "orders_about_idx",
        "orders",
        ["location_id", "about_id"],
        unique=False,
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )
    _stamp()


def _stamp() -> None:
    """This database is the one that it remembers; as app/store/installation.py says it."""
    asked = "has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()'), 'execute')"
    may_ask = bool(op.get_bind().scalar(sa.text(f"SELECT {asked}")))
    cluster = "(SELECT system_identifier::text FROM pg_control_system())" if may_ask else "'-'"
    place = "(SELECT oid::text FROM pg_database WHERE datname = current_database()) || '/' || i.tableoid::text"
    transaction = "(pg_current_xact_id()::text::numeric % 4294967296)::text"
    op.execute("INSERT INTO installation (id) VALUES (1)")
    op.execute(
        f"UPDATE installation i SET identity = {cluster} || '/' || {place}, written_by = {transaction}, "  # noqa: S608
        "known_at = now()"
    )


def downgrade() -> None:
    """What was erased or purged stays so; a hold after a restore becomes a plain pause."""
    op.drop_index("orders_about_idx", table_name="orders")
    op.alter_column("orders", "body", comment="as received, unchanged")
    op.drop_column("orders", "purged_at")
    op.drop_column("orders", "erased_at")
    op.drop_column("lanes", "restored_at")
    op.drop_table("installation")
