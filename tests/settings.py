"""The product's own settings, in a data folder that ends with the tests."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="homespun-tests-")
for name in [name for name in os.environ if name.startswith("HOMESPUN_") and not name.startswith("HOMESPUN_TEST_")]:
    del os.environ[name]
os.environ["HOMESPUN_DATA"] = FOLDER
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

from homespun.config.settings import *  # noqa: E402, F403  (the folder comes first)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, as nothing here is secret
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
