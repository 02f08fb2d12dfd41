"""The language model that somebody chose, as Lagebild sees it: text goes in, pieces of text come out, or an LLMError.

Knows LlamaIndex and how its models fail; knows nothing of reports, prompts or answers. Keys come from the environment
alone, and no message of a server is passed on: some of them quote the key.
"""

from __future__ import annotations

import importlib
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from assistant.errors import LLMError, LLMFailure, SettingsError
from assistant.line import heard_over

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

__all__ = ["AnyLLM", "LanguageModel", "LlamaIndexModel", "load_llm"]

AnyLLM: TypeAlias = "LLM"
"""Any LLM of LlamaIndex, for those who have no other use of it."""

MAX_TOKENS = 2_000  # of one reply; a model that thinks aloud needs most of them
_OLLAMA_CONTEXT = 8_192  # tokens; without it, LlamaIndex asks Ollama for all that the model can, gigabytes of it

log = logging.getLogger("lagebild.llm")

_FORMS = (
    "openai-like:MODEL@URL, ollama:MODEL, ollama:MODEL@URL, anthropic:MODEL, or package.module:attribute, such as"
    " openai-like:llama3.1@http://127.0.0.1:8080/v1"
)
_IMPORT_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")


class LanguageModel(Protocol):
    """What can be asked to write. `identity` names the model, for people and for the provenance of an answer."""

    @property
    def identity(self) -> str:
        """The model's name."""
        ...

    def stream(self, rules: str, request: str) -> Iterator[str]:
        """What it writes, piece by piece; an empty piece is a sign of life. Every failure is an LLMError."""
        ...


@dataclass(frozen=True, slots=True)
class LlamaIndexModel:
    """Any LLM of LlamaIndex."""

    llm: LLM = field(repr=False)  # which shows its key
    identity: str

    @classmethod
    def of(cls, llm: LLM) -> LlamaIndexModel:
        """An LLM that somebody made, named by its class and its model."""
        return cls(llm, f"{llm.class_name()}:{llm.metadata.model_name}")

    def stream(self, rules: str, request: str) -> Iterator[str]:
        """What it writes, piece by piece. `rules` are the system's message, `request` is the user's."""
        from llama_index.core.llms import ChatMessage, MessageRole

        messages = [ChatMessage(rules, role=MessageRole.SYSTEM), ChatMessage(request, role=MessageRole.USER)]
        try:
            for response in self.llm.stream_chat(messages):
                yield response.delta or ""
        except Exception as error:  # the edge: LlamaIndex's models raise whatever their clients raise
            log.warning("%s: %s", self.identity, type(error).__name__)
            raise LLMError(*_failure(error)) from error


def load_llm(choice: str, seconds: float, environment: Mapping[str, str] | None = None) -> LlamaIndexModel:
    """The model that a setting names, as `Settings.llm` describes it. Nothing is sent yet.

    `seconds` is how long its client waits for the next piece. A SettingsError says what is wrong with the setting, or
    which package has to be installed for it.
    """
    env = os.environ if environment is None else environment
    kind, _, rest = choice.partition(":")
    if kind in _MAKERS:
        model, url = _model_and_url(choice, rest)
        try:
            return LlamaIndexModel(_MAKERS[kind](model, url, seconds, env), choice)
        except ImportError as error:
            extra = _EXTRAS.get(kind, kind)
            raise SettingsError(
                f"llm is {choice!r}, which needs a package. Install it: pip install 'lagebild[{extra}]'"
            ) from error
        except ValueError as error:
            raise SettingsError(f"llm is {choice!r}. The model cannot be used ({type(error).__name__}).") from error
    if not _IMPORT_PATH.fullmatch(choice):
        raise SettingsError(f"llm is {choice!r}. It must be {_FORMS}.")
    return LlamaIndexModel(_imported(choice), choice)


def _model_and_url(choice: str, rest: str) -> tuple[str, str | None]:
    model, at, address = rest.partition("@http")
    url = f"http{address}" if at else None
    if not model:
        raise SettingsError(f"llm is {choice!r}, without a model. It must be {_FORMS}.")
    if url is not None:
        try:
            parts = urlsplit(url)
            plain = parts.hostname and not (parts.username or parts.password or parts.query or parts.fragment)
        except ValueError:
            plain = False
        if not plain:
            raise SettingsError("llm has an address with a user, a query or a flaw. A key belongs in LAGEBILD_LLM_KEY.")
    return model, url


def _openai_like(model: str, url: str | None, seconds: float, env: Mapping[str, str]) -> Any:
    from llama_index.llms.openai_like import OpenAILike

    if url is None:
        raise SettingsError(f"llm is openai-like:{model}, without an address. It must be {_FORMS}.")
    key = env.get("LAGEBILD_LLM_KEY") or "none"  # servers of one's own want none, and the client wants one
    return OpenAILike(
        model=model,
        api_base=url,
        api_key=key,
        is_chat_model=True,
        temperature=0.0,
        max_tokens=MAX_TOKENS,
        timeout=seconds,
        max_retries=0,
        **_heard(seconds),
    )


def _heard(seconds: float) -> dict[str, Any]:
    """A client whose connections can be hung up."""
    import httpx

    client = httpx.Client(
        timeout=seconds,
        follow_redirects=True,
        limits=httpx.Limits(max_keepalive_connections=0),
        event_hooks={"request": [heard_over]},
    )
    return {"http_client": client}


def _ollama(model: str, url: str | None, seconds: float, env: Mapping[str, str]) -> Any:
    from llama_index.llms.ollama import Ollama

    key = env.get("LAGEBILD_LLM_KEY")
    return Ollama(
        model=model,
        base_url=url or "http://localhost:11434",
        temperature=0.0,
        context_window=_OLLAMA_CONTEXT,
        request_timeout=seconds,
        additional_kwargs={"num_predict": MAX_TOKENS},
        headers={"Authorization": f"Bearer {key}"} if key else None,
    )


def _anthropic(model: str, url: str | None, seconds: float, env: Mapping[str, str]) -> Any:
    from llama_index.llms.anthropic import Anthropic

    return Anthropic(
        model=model,
        base_url=url,
        api_key=env.get("LAGEBILD_LLM_KEY") or env.get("ANTHROPIC_API_KEY"),
        temperature=0.0,
        max_tokens=MAX_TOKENS,
        timeout=seconds,
        max_retries=0,
    )


_MAKERS: Mapping[str, Callable[[str, str | None, float, Mapping[str, str]], Any]] = {
    "openai-like": _openai_like,
    "ollama": _ollama,
    "anthropic": _anthropic,
}


_EXTRAS = {"openai-like": "llm"}  # the others are called as their extras


def _imported(path: str) -> LLM:
    from llama_index.core.llms import LLM

    module, _, attribute = path.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"llm is {path!r}, which cannot be imported ({error}).") from error
    llm = found if isinstance(found, LLM) or not callable(found) else found()
    if not isinstance(llm, LLM):
        raise SettingsError(f"llm is {path!r}, a {type(llm).__name__}. It must be a LlamaIndex LLM, or make one.")
    return llm


def _failure(error: Exception) -> tuple[LLMFailure, float | None]:
    """Why it failed, and how many seconds the server asks to wait.

    The clients of LlamaIndex's models (openai, anthropic, ollama, httpx) have no common tree of errors, but all of them
    have the status of a response, and a connection's failure has a telling name.
    """
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    if status is not None:
        after = str(getattr(response, "headers", {}).get("retry-after", ""))
        wait = float(after) if re.fullmatch(r"\d{1,4}(?:\.\d+)?", after) else None
        if status in {401, 403}:
            return "denied", None
        if status in {402, 429}:
            return "quota", wait
        if status in {408, 504}:
            return "slow", None
        return ("down", wait) if status >= 500 else ("broken", None)
    names = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "Timeout" in names:
        return "slow", None
    if isinstance(error, OSError) or "Connect" in names or "Transport" in names or "Protocol" in names:
        return "down", None
    return "broken", None
