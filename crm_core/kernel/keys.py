"""One key ring for a site: a master key in a file that only the owner reads, and a key of its own for each purpose."""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path


class KeyRing:
    """Keys derived from the master key (HKDF-SHA256, RFC 5869), one for each purpose. Never logged, never in the database."""

    def __init__(self, master: bytes) -> None:
        if len(master) < 32:
            raise ValueError("the master key needs at least 32 bytes")
        if len(set(master)) < 12:  # 32 random bytes have fewer than that once in 10²⁰ times
            raise ValueError("the master key is not random")
        self._secret = hmac.digest(b"tangram-crm", master, "sha256")

    @classmethod
    def at(cls, path: Path) -> "KeyRing":
        """Read the key file, or make it (0600). Raises PermissionError when others can read it."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return cls.at(path)
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} can be read by others; chmod 600 it")
        return cls(base64.b64decode(path.read_bytes()))

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self._secret, purpose.encode() + b"\x01", "sha256")

    def sign(self, purpose: str, text: str) -> str:
        """A short signature of `text`, hex."""
        return hmac.digest(self.derive(purpose), text.encode(), "sha256").hex()

    def verify(self, purpose: str, text: str, signature: str) -> bool:
        return hmac.compare_digest(self.sign(purpose, text), signature)


def token() -> str:
    """A fresh 256-bit secret, safe in URLs and headers."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the database keeps of a random secret: SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()
