"""What a user can set. The environment is read here, and for the key of a language model in llm.py."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

from assistant.errors import SettingsError

__all__ = ["EMBEDDED_MODEL", "EMBEDDED_READER", "Settings"]

EMBEDDED_MODEL = "multilingual-e5-small"
"""The model whose weights come with a package; any other name is loaded by sentence-transformers."""

EMBEDDED_READER = "embedded"
"""The reader that ships; any other name is loaded by sentence-transformers as a cross-encoder, "" reads nothing."""

ENGINES = ("onnx", "torch")
UNSUPPORTED = ("drop", "show")
MIN_KEY = 16  # characters; nothing but its length keeps a key from being tried out
LLM_FIRST, LLM_TOTAL = 60.0, 180.0  # seconds: a model on two cores reads some thousand words in the first


def _user_data() -> Path:
    return Path(platformdirs.user_data_dir("lagebild"))


def _user_cache() -> Path:
    return Path(platformdirs.user_cache_dir("lagebild"))


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, which model embeds, and how much is retrieved.
    `engine` is what runs the embedded model: "onnx", or "torch", slower and the reference. `query_prefix` and
    `passage_prefix` are for models that want one and do not carry it themselves; None leaves the model's own.
    `reader` reads the best hits with the question in mind: "embedded" is the one
    that ships, another name a cross-encoder, "" is none.
    `judge` tells whether a statement follows from what it cites: a cross-encoder of natural language inference, "" is
    none.
    `keep` is whether conversations are kept in the data folder. `read_only` is whether the server's doors, the page and
    REST, neither add nor remove reports nor judge answers.
    `llm` is the language model that writes the answers; "" is none, and they are quoted. It is "openai-like:MODEL@URL",
    "ollama:MODEL", "ollama:MODEL@URL", "anthropic:MODEL", or the import path of a LlamaIndex LLM, or of what makes one,
    "package.module:attribute". `llm_first` and `llm_total` are how many seconds it may take for its first word, and for
    all of them. `unsupported` is what becomes of what it says and the reports do not support: "drop", or "show", apart.
    `hits` is how many passages a question retrieves. `max_question` is counted in characters.
    `chroma` is where the vectors are: the address of a Chroma server, "embedded", or "" for where they are already.
    `api_keys` are what a request to the doors for programs has to carry one of; none lets everyone in who can reach
    them (access.py). `auth` is the file of names and passwords to log in with (passwords.py); None
    asks for no login.
    """

    data: Path = field(default_factory=_user_data)
    cache: Path = field(default_factory=_user_cache)
    embedding_model: str = EMBEDDED_MODEL
    engine: str = "onnx"
    reader: str = EMBEDDED_READER
    judge: str = ""
    keep: bool = True
    read_only: bool = False
    query_prefix: str | None = None
    passage_prefix: str | None = None
    llm: str = ""
    llm_first: float = LLM_FIRST
    llm_total: float = LLM_TOTAL
    unsupported: str = "drop"
    hits: int = 10
    max_question: int = 2_000
    chroma: str = ""
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    auth: Path | None = None

    def __post_init__(self) -> None:
        if not self.embedding_model.strip():
            raise SettingsError(f"embedding_model is empty. Name a model, or leave it out for {EMBEDDED_MODEL}.")
        if self.engine not in ENGINES:
            raise SettingsError(f"engine is {self.engine!r}. It must be one of {', '.join(ENGINES)}.")
        if self.unsupported not in UNSUPPORTED:
            raise SettingsError(f"unsupported is {self.unsupported!r}. It must be one of {', '.join(UNSUPPORTED)}.")
        for name in ("llm_first", "llm_total"):
            if not 0 < getattr(self, name) < math.inf:
                raise SettingsError(f"{name} is {getattr(self, name)}. It must be a number of seconds above 0.")
        if any(len(key) < MIN_KEY for key in self.api_keys):
            raise SettingsError(
                f"One of the keys for programs has fewer than {MIN_KEY} characters, which can be guessed. Make another:"
                ' python -c "import secrets; print(secrets.token_urlsafe())"'
            )
        for name in ("hits", "max_question"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} is {getattr(self, name)}. It must be at least 1.")

    def forgetful(self) -> Settings:
        """The same, and conversations are not kept."""
        return replace(self, keep=False)

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, data: Path | None = None, llm: str | None = None
    ) -> Settings:
        """Settings from `LAGEBILD_DATA`, `LAGEBILD_CACHE`, `LAGEBILD_EMBEDDING_MODEL`, `LAGEBILD_ENGINE`,
        `LAGEBILD_READER`, `LAGEBILD_JUDGE`, `LAGEBILD_LLM`, `LAGEBILD_LLM_FIRST`, `LAGEBILD_LLM_TOTAL`,
        `LAGEBILD_UNSUPPORTED`, `LAGEBILD_CHROMA`, `LAGEBILD_KEEP`, `LAGEBILD_API_KEYS`,
        `LAGEBILD_API_KEYS_FILE` and `LAGEBILD_AUTH`.

        `data` and `llm` win over the environment.
        """
        env = os.environ if environment is None else environment
        chosen = data or (Path(env["LAGEBILD_DATA"]) if env.get("LAGEBILD_DATA") else _user_data())
        return cls(
            data=chosen.expanduser(),
            cache=Path(env["LAGEBILD_CACHE"]).expanduser() if env.get("LAGEBILD_CACHE") else _user_cache(),
            embedding_model=env.get("LAGEBILD_EMBEDDING_MODEL") or EMBEDDED_MODEL,
            engine=env.get("LAGEBILD_ENGINE") or "onnx",
            reader=env.get("LAGEBILD_READER", EMBEDDED_READER).strip(),
            judge=env.get("LAGEBILD_JUDGE", "").strip(),
            chroma=env.get("LAGEBILD_CHROMA", "").strip(),
            llm=(env.get("LAGEBILD_LLM", "") if llm is None else llm).strip(),
            llm_first=_seconds(env, "LAGEBILD_LLM_FIRST", LLM_FIRST),
            llm_total=_seconds(env, "LAGEBILD_LLM_TOTAL", LLM_TOTAL),
            unsupported=env.get("LAGEBILD_UNSUPPORTED") or "drop",
            api_keys=(*env.get("LAGEBILD_API_KEYS", "").split(), *_lines(env.get("LAGEBILD_API_KEYS_FILE", ""))),
            auth=Path(env["LAGEBILD_AUTH"]).expanduser() if env.get("LAGEBILD_AUTH") else None,
            keep=_yes_or_no("LAGEBILD_KEEP", env.get("LAGEBILD_KEEP", "")),
        )


def _yes_or_no(name: str, value: str) -> bool:
    """Yes, unless it says no; a SettingsError where it says something else, so that nothing is kept by a slip."""
    if value.strip().lower() not in {"", "yes", "no"}:
        raise SettingsError(f"{name} is {value!r}. It must be yes or no.")
    return value.strip().lower() != "no"


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    value = environment.get(name, "").strip()
    try:
        return float(value) if value else default
    except ValueError:
        raise SettingsError(f"{name} is {value!r}. It must be a number of seconds above 0.") from None


def _lines(file: str) -> list[str]:
    """The lines of a file that have something in them and are no remark (#); none where no file is named."""
    if not file:
        return []
    try:
        lines = Path(file).expanduser().read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file}: the keys cannot be read ({error}). Write one a line, in UTF-8.") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
