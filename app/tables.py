"""Every table of every floor, gathered so that migrations and tests see the whole."""

import importlib
import pkgutil

import app.acts
import app.auth.models  # noqa: F401
import core.audit
import core.decided
import core.jobs  # noqa: F401
import geo.models
import programs.models
import registry.models
from core.db import Base

for floor in (geo.models, registry.models, programs.models):
    for module in pkgutil.iter_modules(floor.__path__):
        importlib.import_module(f"{floor.__name__}.{module.name}")

metadata = Base.metadata
