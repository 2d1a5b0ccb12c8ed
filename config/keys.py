"""The secret key: given, or made once and kept beside the data."""

import os
import secrets
from pathlib import Path

from config import env


def secret_key(data_dir: Path, *, is_production: bool) -> str:
    """The key of SECRET_KEY or SECRET_KEY_FILE, else the one kept in `data_dir`, made at first need.

    In production a missing key is refused: a key that appears by itself would differ between machines.
    """
    given = env.text("SECRET_KEY")
    if given:
        return given
    if is_production:
        env.refuse("SECRET_KEY", "is not set, and with PRODUCTION=1 it is never generated")
    return _kept_key(data_dir / "secret-key")


def _kept_key(path: Path) -> str:
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        env.refuse("DATA_DIR", f"{path.parent} cannot keep the secret key: {error}")


def _make_key(path: Path) -> None:
    """Write aside and link, so that of several processes starting at once all read the same whole key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is read
    finally:
        draft.unlink()
