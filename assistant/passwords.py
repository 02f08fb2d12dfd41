"""Who may log in: names and what scrypt makes of their passwords, one a line in a file (`lagebild password`).

A line is `NAME:$scrypt$ln=15,r=8,p=3$SALT$HASH`, in the notation of password hashes (PHC string format). Knows nothing
of HTTP.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.errors import SettingsError

__all__ = ["MAX_PASSWORD", "MIN_PASSWORD", "Accounts", "Hashed", "set_password"]

MIN_PASSWORD, MAX_PASSWORD = 12, 1_000
"""Characters."""

_LINE = re.compile(r"([^:\s]{1,64}):\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)", re.ASCII)
_MEMORY = 1 << 28  # bytes that one check may take at most


@dataclass(frozen=True, slots=True)
class Hashed:
    """What is kept of a password. The costs are OWASP's for scrypt: 32 MiB, and about 0.3 s on one core."""

    salt: bytes
    digest: bytes
    ln: int = 15
    r: int = 8
    p: int = 3

    @classmethod
    def of(cls, password: str) -> Hashed:
        """A new password; one that is too short or too long is a SettingsError, which does not quote it."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise SettingsError(f"The password has {len(password)} characters. Take {MIN_PASSWORD} to {MAX_PASSWORD}.")
        salt = secrets.token_bytes(16)
        return cls(salt, cls(salt, b"").made_from(password))

    def made_from(self, password: str) -> bytes:
        """What scrypt makes of a password with this salt and these costs: 32 bytes."""
        typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
        return hashlib.scrypt(typed, salt=self.salt, n=1 << self.ln, r=self.r, p=self.p, maxmem=_MEMORY, dklen=32)

    def __str__(self) -> str:
        salt, digest = (base64.b64encode(part).decode("ascii").rstrip("=") for part in (self.salt, self.digest))
        return f"$scrypt$ln={self.ln},r={self.r},p={self.p}${salt}${digest}"


class Accounts:
    """The names that may log in, with their passwords."""

    def __init__(self, passwords: Mapping[str, Hashed]) -> None:
        if not passwords:
            raise SettingsError("There is nobody who could log in. Add a name: lagebild password NAME FILE")
        self._passwords = dict(passwords)
        known = next(iter(self._passwords.values()))
        self._nobody = replace(known, salt=secrets.token_bytes(16), digest=secrets.token_bytes(32))

    @classmethod
    def read(cls, file: Path) -> Accounts:
        """The accounts in a file; a SettingsError where it cannot be read or has none."""
        return cls(_read(file))

    def admit(self, name: str, password: str) -> bool:
        """Whether this is the name's password. Takes as long for a name that is not there."""
        kept = self._passwords.get(name, self._nobody)
        return hmac.compare_digest(kept.made_from(password[:MAX_PASSWORD]), kept.digest)


def set_password(file: Path, name: str, password: str) -> None:
    """Give a name its password in a file, which is made, for its owner alone, where there is none."""
    if not re.fullmatch(r"(?!#)[^:\s]{1,64}", name):
        raise SettingsError(f"{name!r} is no name. Take up to 64 characters, no space, no colon, no # in front.")
    passwords = _read(file) if file.exists() else {}
    passwords[name] = Hashed.of(password)
    text = "".join(f"{known}:{hashed}\n" for known, hashed in passwords.items())
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        beside.replace(file)
    except OSError as error:
        raise SettingsError(f"{file}: the password cannot be written ({error}). Name another file.") from error


def _read(file: Path) -> dict[str, Hashed]:
    try:
        lines = file.expanduser().read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        # Whoever wrote NAME:PASSWORD here shall not find it in a log.
        shown = file.name.partition(":")[0]
        raise SettingsError(
            f"{shown}: no file of passwords can be read there. Make one: lagebild password NAME FILE"
        ) from error
    found = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            name, hashed = _account(line.strip(), f"{file.name}, line {number}")
            found[name] = hashed
    return found


def _account(line: str, where: str) -> tuple[str, Hashed]:
    match = _LINE.fullmatch(line)
    try:
        if match is None:
            raise ValueError(line)
        name, ln, r, p = match[1], *map(int, match.groups()[1:4])
        salt, digest = (base64.b64decode(part + "==") for part in match.groups()[4:])
        if not (1 <= ln <= 20 and 1 <= r <= 32 and 1 <= p <= 16 and 128 * r << ln < _MEMORY and len(digest) == 32):
            raise ValueError(line)
    except (ValueError, binascii.Error) as error:
        raise SettingsError(f"{where} is no name with its password. Make it: lagebild password NAME FILE") from error
    return name, Hashed(salt, digest, ln, r, p)
