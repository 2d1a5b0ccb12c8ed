"""The product's settings, read from an environment made for one test process.

The suite runs on SQLite, or with DATABASE_URL and REDIS_URL on the real servers (`make test-services`). All
else is given here, so that no test depends on the machine's own variables.
"""

import atexit
import os
import secrets
import shutil
import tempfile

data_dir = tempfile.mkdtemp(prefix="prazo-test-")
atexit.register(shutil.rmtree, data_dir, ignore_errors=True)

for name in ("PRODUCTION", "SITE_URL", "EMAIL_URL", "MAIL_PROVIDER", "PORT", "TRUSTED_PROXIES"):
    os.environ.pop(name, None)
os.environ.update(
    DATA_DIR=data_dir,
    DEMO="1",
    SECRET_KEY="only-for-tests-" + "x" * 50,
    ANYMAIL_WEBHOOK_SECRET="postmark:only-for-tests",
    TWILIO_ACCOUNT_SID="AC" + "0" * 32,
    TWILIO_AUTH_TOKEN="only-for-tests",
    TWILIO_FROM="+15005550006",
    TWILIO_BASE_URL="http://127.0.0.1:9",  # the discard port: a test that sends brings its own server
    WEBHOOK_SIGNING_KEY="only-for-tests-" + "w" * 50,
    LOG_LEVEL="WARNING",
    REDIS_PREFIX=f"prazo-test-{secrets.token_hex(4)}:",
)

from config.settings import *  # noqa: E402, F403  the environment comes first
from config.settings import DATABASES, SQLITE  # noqa: E402  named, because they are used below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == SQLITE["ENGINE"]:
    # In a file, not in memory: the locks are real, and other processes can open it.
    DATABASES["default"]["TEST"] = {"NAME": f"{data_dir}/test.sqlite3"}
