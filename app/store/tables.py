"""The tables. Every primary, unique and foreign key begins with ``location_id``, which is the location's slug.

orders and submissions are updated in place (fillfactor 70 leaves room for it, no index on status columns);
status_history and attempts are only added to. Lock order: order row, then submission, then lane.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(referred_table_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

JSON_OR_NULL = JSONB(none_as_null=True)
"""None is NULL, not the JSON word null."""


def _at(name: str, *, nullable: bool = True, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable, **options)


def _now(name: str) -> Column[Any]:
    return _at(name, nullable=False, server_default=text("now()"))


def _location() -> Column[str]:
    return Column("location_id", Text, primary_key=True)


_TO_LOCATION = (["location_id"], ["locations.location_id"])
_TO_ORDER = (["location_id", "order_id"], ["orders.location_id", "orders.id"])

locations = Table(
    "locations",
    metadata,
    _location(),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("settings", JSONB, nullable=False, comment="without secrets"),
    Column("secrets", LargeBinary, nullable=False, comment="Fernet token of a JSON object"),
    Column("secret_names", ARRAY(Text), nullable=False, server_default="{}"),
    Column("pos_system", Text, nullable=False),
    Column("callback_key", Text, nullable=False, unique=True),
    Column("venue", Text, nullable=False, server_default="", comment="who is spoken to at the POS"),
    _now("created_at"),
    _now("updated_at"),
    _at("deleted_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the key"),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("locations", ARRAY(Text), comment="null: all locations"),
    _now("created_at"),
    _at("last_used_at"),
    _at("revoked_at"),
)

lanes = Table(
    "lanes",
    metadata,
    _location(),
    Column("max_in_flight", Integer, nullable=False),
    Column("rate_per_s", Float),
    Column("tokens", Float, nullable=False, server_default="1", comment="what is left of this second's rate"),
    _now("tokens_at"),
    Column("paused", Boolean, nullable=False, server_default="false"),
    _at("paused_at"),
    _at("restored_at", comment="paused since the database came out of a backup; means nothing unless paused"),
    Column("blocked", Text, comment="access_denied or misconfigured"),
    Column("blocked_message", Text),
    _at("blocked_at"),
    _at("not_before"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    _at("failing_since"),
    Column("last_error", Text),
    Column("silent", Integer, nullable=False, server_default="0", comment="orders in a row without a verdict"),
    _at("last_sent_at"),
    _at("last_callback_at"),
    _at("poll_at"),
    ForeignKeyConstraint(*_TO_LOCATION),
)

# A payment of a check and a message to the till are carried like an order: one row here, the same outbox, history and
# attempts, the same guarantees.
orders = Table(
    "orders",
    metadata,
    _location(),
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False, server_default="order", comment="order, payment or message"),
    Column("reference", Text, nullable=False),
    Column("about_id", Uuid, comment="the order that a message is about"),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("replays", Integer, nullable=False, server_default="0"),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("service_type", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total", Numeric(12, 3), nullable=False),
    Column("prepaid", Boolean, nullable=False),
    _at("requested_for"),
    _now("received_at"),
    Column("customer_search", Text, nullable=False, server_default="", comment="lower-case name, digits of the phone"),
    Column("current_reference", Uuid, nullable=False, comment="of the submission that counts"),
    Column("pos_system", Text, nullable=False),
    Column("pos_status", Text),
    Column("pos_order_id", Text),
    Column("pos_number", Text),
    Column("pos_account", Text),
    Column("folded", JSONB, nullable=False, server_default="[]"),
    Column("not_sent", JSONB, nullable=False, server_default="[]"),
    Column("milestones", JSONB, nullable=False, server_default="{}"),
    Column("failure", JSON_OR_NULL),
    Column("attention", JSON_OR_NULL),
    Column("cancellation", JSON_OR_NULL),
    Column("cancelled_by_pos", Boolean, nullable=False, server_default="false"),
    Column("warnings", JSONB, nullable=False, server_default="[]"),
    _at("verdict_due_at", comment="the POS has spoken by then, or its silence is an alarm"),
    _at("watch_at", comment="when lateness, silence or an unconfirmed state is worth a look"),
    _at("follow_until", comment="polled until then"),
    Column("body", JSONB, nullable=False, comment="as received, unchanged until it is erased"),
    _at("erased_at", comment="when the guest's personal data were taken out"),
    _at("purged_at", comment="when its time was over: nothing but this row and its submissions' is left"),
    CheckConstraint("kind IN ('order', 'payment', 'message')", name="kind"),
    UniqueConstraint("location_id", "kind", "reference"),
    ForeignKeyConstraint(*_TO_LOCATION),
    Index("orders_id_idx", "id"),
    Index("orders_about_idx", "location_id", "about_id", postgresql_where=text("about_id IS NOT NULL")),
    Index("orders_watch_idx", "watch_at", postgresql_where=text("watch_at IS NOT NULL")),
    Index("orders_follow_idx", "location_id", "follow_until", postgresql_where=text("follow_until IS NOT NULL")),
    Index("orders_attention_idx", "location_id", "id", postgresql_where=text("attention IS NOT NULL")),
    postgresql_with={"fillfactor": "70"},
)

status_history = Table(
    "status_history",
    metadata,
    _location(),
    Column("order_id", Uuid, primary_key=True),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _now("at"),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("detail", Text),
    Column("callback_id", Uuid, comment="whose repeats are counted there"),
    Column("raw", JSON_OR_NULL, comment="e.g. the order that a corrected resend replaced"),
    ForeignKeyConstraint(*_TO_ORDER, ondelete="CASCADE"),
)

submissions = Table(
    "submissions",
    metadata,
    _location(),
    Column("reference", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False, server_default="1"),
    Column("state", Text, nullable=False),
    Column("trigger", Text, nullable=False, server_default="intake", comment="why the next attempt is made"),
    _now("created_at"),
    _at("due_at", nullable=False),
    _at("deadline_at", nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0", comment="the last one's number: the fencing token"),
    Column("failures", Integer, nullable=False, server_default="0", comment="attempts in a row without a result"),
    _at("lease_until"),
    Column("absent_through", Integer, nullable=False, server_default="0", comment="attempts confirmed absent"),
    Column("absent_looks", Integer, nullable=False, server_default="0", comment="looks in a row that count"),
    _at("absent_at", comment="of the last look that counts"),
    Column("overdue", Boolean, nullable=False, server_default="false", comment="its deadline was acted on"),
    Column("held", Boolean, nullable=False, server_default="false", comment="in doubt, and only a person decides"),
    Column("resynced", Boolean, nullable=False, server_default="false", comment="sent once more with new ids"),
    Column("facts", JSON_OR_NULL, comment="what the POS was asked before the first send; null: not yet"),
    Column("last_error", Text),
    Column("body", JSON_OR_NULL, comment="the corrected order of a resend; null: the order's own"),
    CheckConstraint("state IN ('waiting', 'sending', 'in_doubt', 'parked', 'done')", name="state"),
    ForeignKeyConstraint(*_TO_ORDER, ondelete="CASCADE"),
    Index("submissions_order_idx", "location_id", "order_id"),
    Index(
        "submissions_live_key",
        "location_id",
        "order_id",
        unique=True,
        postgresql_where=text("state <> 'done'"),
    ),
    Index("submissions_due_idx", "location_id", "due_at", postgresql_where=text("state IN ('waiting', 'in_doubt')")),
    Index("submissions_lease_idx", "location_id", "lease_until", postgresql_where=text("state = 'sending'")),
    Index(
        "submissions_deadline_idx",
        "deadline_at",
        postgresql_where=text("state IN ('waiting', 'in_doubt', 'parked') AND NOT overdue"),
    ),
    postgresql_with={"fillfactor": "70"},
)

attempts = Table(
    "attempts",
    metadata,
    _location(),
    Column("reference", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False, comment="send or ask"),
    Column("trigger", Text, nullable=False),
    Column("venue", Text, nullable=False, server_default="", comment="who was spoken to"),
    _now("started_at"),
    _at("ended_at"),
    Column("outcome", Text, comment="null: open"),
    Column("http_status", Integer),
    Column("error", Text),
    Column("request", JSON_OR_NULL),
    Column("response", Text),
    ForeignKeyConstraint(
        ["location_id", "reference"], ["submissions.location_id", "submissions.reference"], ondelete="CASCADE"
    ),
)

callbacks = Table(
    "callbacks",
    metadata,
    _location(),
    Column("id", Uuid, primary_key=True),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256 of the bytes"),
    Column("body", LargeBinary, nullable=False, comment="as received"),
    _now("received_at"),
    Column("repeats", Integer, nullable=False, server_default="1"),
    Column("state", Text, nullable=False, server_default="received"),
    _at("handled_at"),
    _at("due_at", server_default=text("now()"), comment="when to match it again; null: never by itself"),
    Column("reference", Text),
    Column("word", Text),
    Column("problem", Text),
    CheckConstraint("state IN ('received', 'handled', 'parked')", name="state"),
    UniqueConstraint("location_id", "hash"),
    ForeignKeyConstraint(*_TO_LOCATION),
    Index("callbacks_due_idx", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("callbacks_id_idx", "id"),
)

notifications = Table(
    "notifications",
    metadata,
    _location(),
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid),
    Column("kind", Text, nullable=False, comment="status or alert"),
    Column("body", JSONB, nullable=False),
    _now("created_at"),
    _at("due_at", nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    _at("sent_at"),
    ForeignKeyConstraint(*_TO_LOCATION),
    Index(
        "notifications_pending_key",
        "location_id",
        "order_id",
        unique=True,
        postgresql_where=text("sent_at IS NULL AND kind = 'status'"),
    ),
)

catalogs = Table(
    "catalogs",
    metadata,
    _location(),
    Column("version", Integer, nullable=False, server_default="0", comment="rises with each change of what is known"),
    Column("revision", Text, comment="the POS's own number of the menu"),
    Column("read_as", Text, comment="what the menu was read with: settings, terminal"),
    Column("groups", JSONB, nullable=False, server_default="[]"),
    _at("synced_at", comment="null: never"),
    _at("names_synced_at"),
    _at("due_at", nullable=False, server_default=text("now()")),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("error", Text, comment="of the last sync, where it failed"),
    ForeignKeyConstraint(*_TO_LOCATION),
    Index("catalogs_due_idx", "due_at"),
)

products = Table(
    "products",
    metadata,
    _location(),
    Column("key", Text, primary_key=True, comment="its id at the POS, or its SKU"),
    Column("position", Integer, nullable=False),
    Column("sku", Text),
    Column("product_id", Text, comment="lower case"),
    Column("body", JSONB, nullable=False),
    ForeignKeyConstraint(*_TO_LOCATION),
    Index("products_sku_idx", "location_id", "sku"),
    Index("products_product_id_idx", "location_id", "product_id"),
)

dictionaries = Table(
    "dictionaries",
    metadata,
    _location(),
    Column("kind", Text, primary_key=True),
    Column("entries", JSONB, nullable=False),
    ForeignKeyConstraint(*_TO_LOCATION),
)

pos_tokens = Table(
    "pos_tokens",
    metadata,
    _location(),
    Column("began_with", LargeBinary, nullable=False, comment="SHA-256 of the refresh token in the settings"),
    Column("tokens", LargeBinary, nullable=False, comment="Fernet token of a JSON object"),
    _at("expires_at", nullable=False),
    _now("renewed_at"),
    ForeignKeyConstraint(*_TO_LOCATION),
)

# One row at most. It is how a database notices that it came out of a backup (ADR 17).
installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("identity", Text, comment="server, database and table that this row was written in"),
    Column("written_by", Text, comment="the transaction that wrote it, as xmin says it"),
    _at("held_at", comment="a hold that is being placed now counts from here"),
    _at("known_at", comment="when this database was last recognized, or declared, as itself"),
    CheckConstraint("id = 1", name="id"),
)
