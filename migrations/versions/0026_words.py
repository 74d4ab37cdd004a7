"""More words of files, and a list of civil states."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LANGUAGES = ("en", "fr", "es", "ar")
