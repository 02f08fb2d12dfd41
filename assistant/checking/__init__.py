"""Does a statement rest on the sentences that it cites?

    checker = Checker(embedder, background_for(embedder.identity), gazetteer)
    findings = checker.check([Claim("Iraqi forces took al-Qaim on Friday.", cited)], question)

What is looked for is in the modules `figures`, `names`, `words`, `polarity` and `meaning`; `checker` puts them
together. None of them knows who wrote the statement.
"""

from assistant.checking.checker import Checker, Claim, Finding

__all__ = ["Checker", "Claim", "Finding"]
