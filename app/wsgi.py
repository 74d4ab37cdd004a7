"""What gunicorn serves."""

import gc

from app.site import create_app
from app.worker import hang_bell
from core.db import connect
from core.settings import settings

connect(settings().database_url)
hang_bell(settings().redis_url)
app = create_app()
gc.freeze()  # what stands now stands for good: no request waits while all of it is looked at again
