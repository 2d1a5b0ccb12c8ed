"""Run the benchmarks: all, or those named (`make bench ARGS="queue mail"`).

On PostgreSQL with DATABASE_URL, else on SQLite. A database of its own is made and dropped again.
"""

import argparse
import os
import sys
import tempfile
from importlib import import_module

PARTS = ("hours", "clocks", "quota", "contracts", "mail_reading", "mail", "queue", "starts")


def main() -> None:
    """Print one part after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--clocks", type=int, default=0, help="default: 1,000,000; 20,000 on SQLite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prazo-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        os.environ.setdefault("ANYMAIL_WEBHOOK_SECRET", "postmark:bench")
        for name in asked.parts or PARTS:
            print(f"\n== {name}")
            import_module(f"benchmarks.{name}").main(asked.clocks if name == "clocks" else asked.tickets)


if __name__ == "__main__":
    sys.exit(main())
