"""Catalog and dictionaries, payments and messages, OAuth tokens.

Stop the hosts of the former version first: their intake relies on the key of orders that is replaced here.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost. What was never synced is synced after the start."""
    op.create_table(
        "pos_tokens",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column(
            "began_with", sa.LargeBinary(), nullable=False, comment="SHA-256 of the refresh token in the settings"
        ),
        sa.Column("tokens", sa.LargeBinary(), nullable=False, comment="Fernet token of a JSON object"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("pos_tokens_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pos_tokens_pkey")),
    )
    op.create_table(
        "products",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="its id at the POS, or its SKU"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=True, comment="lower case"),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("products_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", "key", name=op.f("products_pkey")),
    )
    op.create_index("products_product_id_idx", "products", ["location_id", "product_id"], unique=False)
    op.create_index("products_sku_idx", "products", ["location_id", "sku"], unique=False)
    op.add_column(
        "catalogs",
        sa.Column(
            "version",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="rises with each change of what is known",
        ),
    )
    op.add_column(
        "catalogs", sa.Column("revision", sa.Text(), nullable=True, comment="the POS's own number of the menu")
    )
    op.add_column(
        "catalogs",
        sa.Column("read_as", sa.Text(), nullable=True, comment="what the menu was read with: settings, terminal"),
    )
    op.add_column("catalogs", sa.Column("groups", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("catalogs", sa.Column("names_synced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "catalogs", sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column(
        "catalogs", sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row")
    )
    op.add_column("catalogs", sa.Column("error", sa.Text(), nullable=True, comment="of the last sync, where it failed"))
    op.alter_column(
        "catalogs",
        "synced_at",
        existing_type=sa.DateTime(timezone=True),
        server_default=None,
        nullable=True,
        comment="null: never",
    )
    op.create_index("catalogs_due_idx", "catalogs", ["due_at"], unique=False)
    op.drop_column("catalogs", "body")
    op.drop_column("dictionaries", "synced_at")
    op.add_column(
        "orders",
        sa.Column("kind", sa.Text(), server_default="order", nullable=False, comment="order, payment or message"),
    )
    op.add_column(
        "orders", sa.Column("about_id", sa.Uuid(), nullable=True, comment="the order that a message is about")
    )
    op.drop_constraint(op.f("orders_location_id_reference_key"), "orders", type_="unique")
    op.create_unique_constraint(
        op.f("orders_location_id_kind_reference_key"), "orders", ["location_id", "kind", "reference"]
    )
    op.add_column(
        "submissions",
        sa.Column(
            "resynced", sa.Boolean(), server_default="false", nullable=False, comment="sent once more with new ids"
        ),
    )
    op.add_column(
        "submissions",
        sa.Column(
            "facts",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="what the POS was asked before the first send; null: not yet",
        ),
    )
    op.create_check_constraint(op.f("orders_kind_check"), "orders", "kind IN ('order', 'payment', 'message')")
    op.drop_index("submissions_live_key", table_name="submissions")
    op.drop_constraint(op.f("submissions_kind_check"), "submissions", type_="check")
    op.drop_column("submissions", "kind")
    op.create_index(
        "submissions_live_key",
        "submissions",
        ["location_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.execute("INSERT INTO catalogs (location_id) SELECT location_id FROM locations ON CONFLICT DO NOTHING")


def downgrade() -> None:
    """Loses what the newer code stored."""
    op.execute("DELETE FROM orders WHERE kind <> 'order'")
    op.execute("DELETE FROM dictionaries")
    op.execute("DELETE FROM catalogs")
    op.drop_index("submissions_live_key", table_name="submissions")
    op.add_column("submissions", sa.Column("kind", sa.TEXT(), server_default=sa.text("'order'::text"), nullable=False))
    op.create_check_constraint(op.f("submissions_kind_check"), "submissions", "kind IN ('order', 'payment', 'message')")
    op.create_index(
        "submissions_live_key",
        "submissions",
        ["location_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'done' AND kind = 'order'"),
    )
    op.drop_column("submissions", "facts")
    op.drop_column("submissions", "resynced")
    op.drop_constraint(op.f("orders_location_id_kind_reference_key"), "orders", type_="unique")
    op.create_unique_constraint(op.f("orders_location_id_reference_key"), "orders", ["location_id", "reference"])
    op.drop_column("orders", "about_id")
    op.drop_constraint(op.f("orders_kind_check"), "orders", type_="check")
    op.drop_column("orders", "kind")
    op.add_column(
        "dictionaries",
        sa.Column("synced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("catalogs", sa.Column("body", postgresql.JSONB(), nullable=False))
    op.drop_index("catalogs_due_idx", table_name="catalogs")
    op.alter_column(
        "catalogs",
        "synced_at",
        existing_type=sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
        comment=None,
        existing_comment="null: never",
    )
    op.drop_column("catalogs", "error")
    op.drop_column("catalogs", "failures")
    op.drop_column("catalogs", "due_at")
    op.drop_column("catalogs", "names_synced_at")
    op.drop_column("catalogs", "groups")
    op.drop_column("catalogs", "read_as")
    op.drop_column("catalogs", "revision")
    op.drop_column("catalogs", "version")
    op.drop_index("products_sku_idx", table_name="products")
    op.drop_index("products_product_id_idx", table_name="products")
    op.drop_table("products")
    op.drop_table("pos_tokens")
