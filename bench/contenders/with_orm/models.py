"""The tables as classes, and the engine."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bench.contenders.model import DATABASE_URL, POOL


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class StoredOrder(Base):
    """An order."""

    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("location", "reference"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    location: Mapped[str]
    reference: Mapped[str]
    status: Mapped[str] = mapped_column(default="received")
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    delivered_at: Mapped[datetime | None]
    answer: Mapped[int | None]
    outbox: Mapped["Outbox"] = relationship(back_populates="order")


class Outbox(Base):
    """A delivery that is still to be made."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_waiting", "id", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orders.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    order: Mapped[StoredOrder] = relationship(back_populates="outbox")


engine = create_async_engine(
    DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://", 1) or "postgresql+asyncpg://",
    pool_size=POOL,
    max_overflow=0,
)
Session: async_sessionmaker[AsyncSession] = async_sessionmaker(engine, expire_on_commit=False)
