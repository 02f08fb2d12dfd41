"""A language model for tests that says what it was told to, and nothing else. LlamaIndex's own kind of LLM.

Whoever builds on Lagebild can test with it what a model's words come to, without a model:

    >>> llm = ScriptedLLM(replies=["The army holds the town {full control}."], size=5)
    >>> [piece.delta for piece in llm.stream_complete("[k7f] The town is under full control.")]
    ['The a', 'rmy h', 'olds ', 'the t', 'own [', 'k7f].']
"""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.llms import CustomLLM
from pydantic import PrivateAttr

__all__ = ["ScriptedLLM"]

_LINE = re.compile(r"^(\[\w+\]) (.*)$", re.MULTILINE)


class ScriptedLLM(CustomLLM):
    """Gives its `replies` one after the other, and then again from the first, in pieces of `size` characters.

    In a reply, `{words}` becomes the key of the first line of the request that has these words: the citation of a
    sentence whose key nobody can know beforehand. `requests` are what it was asked. Words that no line has are a
    ValueError. Safe for one thread.
    """

    replies: list[str]
    size: int = 4
    _requests: list[str] = PrivateAttr(default_factory=list)

    @classmethod
    def class_name(cls) -> str:
        """Its name, to LlamaIndex."""
        return "ScriptedLLM"

    @property
    def requests(self) -> list[str]:
        """What it was asked, oldest first."""
        return self._requests

    @property
    def metadata(self) -> LLMMetadata:
        """What LlamaIndex wants to know of it."""
        return LLMMetadata(model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """The whole reply."""
        reply = self.replies[len(self._requests) % len(self.replies)]
        self._requests.append(prompt)
        lines = _LINE.finditer(prompt)
        keys = [(str(line[2]), str(line[1])) for line in lines]

        def key_of(words: re.Match[str]) -> str:
            for text, key in keys:
                if words[1] in text:
                    return key
            raise ValueError(f"no line of the request has {words[1]!r}")

        return CompletionResponse(text=re.sub(r"\{(.+?)\}", key_of, reply))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        """The reply in pieces."""
        text = self.complete(prompt, formatted, **kwargs).text
        ends = range(self.size, len(text) + self.size, self.size)
        return (CompletionResponse(text=text[:end], delta=text[end - self.size : end]) for end in ends)
