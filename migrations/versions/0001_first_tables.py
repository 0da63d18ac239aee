"""The first tables.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates everything."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the key"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("locations", postgresql.ARRAY(sa.Text()), nullable=True, comment="null: all locations"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
        sa.UniqueConstraint("hash", name=op.f("api_keys_hash_key")),
        sa.UniqueConstraint("name", name=op.f("api_keys_name_key")),
    )
    op.create_table(
        "locations",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False, comment="without secrets"),
        sa.Column("secrets", sa.LargeBinary(), nullable=False, comment="Fernet token of a JSON object"),
        sa.Column("secret_names", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("pos_system", sa.Text(), nullable=False),
        sa.Column("callback_key", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), server_default="", nullable=False, comment="who is spoken to at the POS"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("location_id", name=op.f("locations_pkey")),
        sa.UniqueConstraint("callback_key", name=op.f("locations_callback_key_key")),
    )
    op.create_table(
        "callbacks",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the bytes"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="as received"),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
            comment="when to match it again; null: never by itself",
        ),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('received', 'handled', 'parked')", name=op.f("callbacks_state_check")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("callbacks_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", "id", name=op.f("callbacks_pkey")),
        sa.UniqueConstraint("location_id", "hash", name=op.f("callbacks_location_id_hash_key")),
    )
    op.create_index(
        "callbacks_due_idx", "callbacks", ["due_at"], unique=False, postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("callbacks_id_idx", "callbacks", ["id"], unique=False)
    op.create_table(
        "catalogs",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("catalogs_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", name=op.f("catalogs_pkey")),
    )
    op.create_table(
        "dictionaries",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entries", postgresql.JSONB(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("dictionaries_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", "kind", name=op.f("dictionaries_pkey")),
    )
    op.create_table(
        "lanes",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("max_in_flight", sa.Integer(), nullable=False),
        sa.Column("rate_per_s", sa.Float(), nullable=True),
        sa.Column(
            "tokens", sa.Float(), server_default="1", nullable=False, comment="what is left of this second's rate"
        ),
        sa.Column("tokens_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked", sa.Text(), nullable=True, comment="access_denied or misconfigured"),
        sa.Column("blocked_message", sa.Text(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "silent", sa.Integer(), server_default="0", nullable=False, comment="orders in a row without a verdict"
        ),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_callback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("lanes_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", name=op.f("lanes_pkey")),
    )
    op.create_table(
        "notifications",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="status or alert"),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("notifications_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", "id", name=op.f("notifications_pkey")),
    )
    op.create_index(
        "notifications_pending_key",
        "notifications",
        ["location_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("sent_at IS NULL AND kind = 'status'"),
    )
    op.create_table(
        "orders",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("replays", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("service_type", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=12, scale=3), nullable=False),
        sa.Column("prepaid", sa.Boolean(), nullable=False),
        sa.Column("requested_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "customer_search",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="lower-case name, digits of the phone",
        ),
        sa.Column("current_reference", sa.Uuid(), nullable=False, comment="of the submission that counts"),
        sa.Column("pos_system", sa.Text(), nullable=False),
        sa.Column("pos_status", sa.Text(), nullable=True),
        sa.Column("pos_order_id", sa.Text(), nullable=True),
        sa.Column("pos_number", sa.Text(), nullable=True),
        sa.Column("pos_account", sa.Text(), nullable=True),
        sa.Column("folded", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("not_sent", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("milestones", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.Column("attention", postgresql.JSONB(), nullable=True),
        sa.Column("cancellation", postgresql.JSONB(), nullable=True),
        sa.Column("cancelled_by_pos", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("warnings", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column(
            "verdict_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the POS has spoken by then, or its silence is an alarm",
        ),
        sa.Column(
            "watch_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when lateness, silence or an unconfirmed state is worth a look",
        ),
        sa.Column("follow_until", sa.DateTime(timezone=True), nullable=True, comment="polled until then"),
        sa.Column("body", postgresql.JSONB(), nullable=False, comment="as received, unchanged"),
        sa.ForeignKeyConstraint(["location_id"], ["locations.location_id"], name=op.f("orders_locations_fkey")),
        sa.PrimaryKeyConstraint("location_id", "id", name=op.f("orders_pkey")),
        sa.UniqueConstraint("location_id", "reference", name=op.f("orders_location_id_reference_key")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "orders_attention_idx",
        "orders",
        ["location_id", "id"],
        unique=False,
        postgresql_where=sa.text("attention IS NOT NULL"),
    )
    op.create_index(
        "orders_follow_idx",
        "orders",
        ["location_id", "follow_until"],
        unique=False,
        postgresql_where=sa.text("follow_until IS NOT NULL"),
    )
    op.create_index("orders_id_idx", "orders", ["id"], unique=False)
    op.create_index(
        "orders_watch_idx", "orders", ["watch_at"], unique=False, postgresql_where=sa.text("watch_at IS NOT NULL")
    )
    op.create_table(
        "status_history",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("callback_id", sa.Uuid(), nullable=True, comment="whose repeats are counted there"),
        sa.Column("raw", postgresql.JSONB(), nullable=True, comment="e.g. the order that a corrected resend replaced"),
        sa.ForeignKeyConstraint(
            ["location_id", "order_id"],
            ["orders.location_id", "orders.id"],
            name=op.f("status_history_orders_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("location_id", "order_id", "id", name=op.f("status_history_pkey")),
    )
    op.create_table(
        "submissions",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.Text(), server_default="order", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "trigger", sa.Text(), server_default="intake", nullable=False, comment="why the next attempt is made"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "attempt",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="the last one's number: the fencing token",
        ),
        sa.Column(
            "failures", sa.Integer(), server_default="0", nullable=False, comment="attempts in a row without a result"
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "absent_through", sa.Integer(), server_default="0", nullable=False, comment="attempts confirmed absent"
        ),
        sa.Column(
            "absent_looks", sa.Integer(), server_default="0", nullable=False, comment="looks in a row that count"
        ),
        sa.Column("absent_at", sa.DateTime(timezone=True), nullable=True, comment="of the last look that counts"),
        sa.Column("overdue", sa.Boolean(), server_default="false", nullable=False, comment="its deadline was acted on"),
        sa.Column(
            "held", sa.Boolean(), server_default="false", nullable=False, comment="in doubt, and only a person decides"
        ),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "body", postgresql.JSONB(), nullable=True, comment="the corrected order of a resend; null: the order's own"
        ),
        sa.CheckConstraint("kind IN ('order', 'payment', 'message')", name=op.f("submissions_kind_check")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'in_doubt', 'parked', 'done')", name=op.f("submissions_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["location_id", "order_id"],
            ["orders.location_id", "orders.id"],
            name=op.f("submissions_orders_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("location_id", "reference", name=op.f("submissions_pkey")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "submissions_deadline_idx",
        "submissions",
        ["deadline_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'in_doubt', 'parked') AND NOT overdue"),
    )
    op.create_index(
        "submissions_due_idx",
        "submissions",
        ["location_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'in_doubt')"),
    )
    op.create_index(
        "submissions_lease_idx",
        "submissions",
        ["location_id", "lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "submissions_live_key",
        "submissions",
        ["location_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'done' AND kind = 'order'"),
    )
    op.create_index("submissions_order_idx", "submissions", ["location_id", "order_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="send or ask"),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), server_default="", nullable=False, comment="who was spoken to"),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True, comment="null: open"),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("request", postgresql.JSONB(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id", "reference"],
            ["submissions.location_id", "submissions.reference"],
            name=op.f("attempts_submissions_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("location_id", "reference", "number", name=op.f("attempts_pkey")),
    )


def downgrade() -> None:
    """Drops everything."""
    op.drop_table("attempts")
    op.drop_index("submissions_order_idx", table_name="submissions")
    op.drop_index(
        "submissions_live_key", table_name="submissions", postgresql_where=sa.text("state <> 'done' AND kind = 'order'")
    )
    op.drop_index("submissions_lease_idx", table_name="submissions", postgresql_where=sa.text("state = 'sending'"))
    op.drop_index(
        "submissions_due_idx", table_name="submissions", postgresql_where=sa.text("state IN ('waiting', 'in_doubt')")
    )
    op.drop_index(
        "submissions_deadline_idx",
        table_name="submissions",
        postgresql_where=sa.text("state IN ('waiting', 'in_doubt', 'parked') AND NOT overdue"),
    )
    op.drop_table("submissions")
    op.drop_table("status_history")
    op.drop_index("orders_watch_idx", table_name="orders", postgresql_where=sa.text("watch_at IS NOT NULL"))
    op.drop_index("orders_id_idx", table_name="orders")
    op.drop_index("orders_follow_idx", table_name="orders", postgresql_where=sa.text("follow_until IS NOT NULL"))
    op.drop_index("orders_attention_idx", table_name="orders", postgresql_where=sa.text("attention IS NOT NULL"))
    op.drop_table("orders")
    op.drop_index(
        "notifications_pending_key",
        table_name="notifications",
        postgresql_where=sa.text("sent_at IS NULL AND kind = 'status'"),
    )
    op.drop_table("notifications")
    op.drop_table("lanes")
    op.drop_table("dictionaries")
    op.drop_table("catalogs")
    op.drop_index("callbacks_id_idx", table_name="callbacks")
    op.drop_index("callbacks_due_idx", table_name="callbacks", postgresql_where=sa.text("due_at IS NOT NULL"))
    op.drop_table("callbacks")
    op.drop_table("locations")
    op.drop_table("api_keys")
