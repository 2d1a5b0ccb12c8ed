"""Run the benchmarks: all, or those named (`make bench ARGS="queue mail"`).

On PostgreSQL with DATABASE_URL, else on SQLite. A database of its own is made and dropped again.
"""

import argparse
import os
import sys
import tempfile
from importlib import import_module

PARTS = ("hours", "mail_reading", "mail", "queue", "starts")


def main() -> None:
    """Print one part after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--tickets", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prazo-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        os.environ.setdefault("ANYMAIL_WEBHOOK_SECRET", "postmark:bench")
        for name in asked.parts or PARTS:
            print(f"\n== {name}")
            import_module(f"benchmarks.{name}").main(asked.tickets)


if __name__ == "__main__":
    sys.exit(main())
