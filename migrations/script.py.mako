"""${message}.

Revision ID: ${up_revision}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """The older code keeps working on the result: hosts are upgraded one after the other."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Loses what the newer code stored."""
    ${downgrades if downgrades else "pass"}
