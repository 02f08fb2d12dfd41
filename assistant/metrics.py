"""What is measured of a running server, as Prometheus reads it: questions, how long they took, refusals, reports.

Counts what is answered at any door of one assistant, from when it is made. Knows nothing of what was asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.assistant import Assistant
from assistant.errors import LagebildError, SettingsError
from assistant.records import Answer

try:
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
    from prometheus_client.core import GaugeMetricFamily, Metric
    from prometheus_client.registry import Collector
except ModuleNotFoundError as error:
    raise SettingsError(
        "The package prometheus-client is missing. Install it: pip install 'lagebild[metrics]'"
    ) from error

__all__ = ["Metrics"]

_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180)


class Metrics:
    """The measurements of one assistant. Safe to share between threads."""

    MEDIA_TYPE = CONTENT_TYPE_LATEST

    def __init__(self, assistant: Assistant) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "lagebild_questions", "Questions, by what became of them.", ["outcome"], registry=self._registry
        )
        self._seconds = Histogram(
            "lagebild_answer_seconds", "How long an answer took.", buckets=_SECONDS, registry=self._registry
        )
        self._registry.register(_Held(assistant))
        assistant.on_answer(self._answered)

    def _answered(self, answer: Answer, seconds: float) -> None:
        self._questions.labels("answered" if answer.refusal is None else answer.refusal.value).inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        """All of them, in the text format (`MEDIA_TYPE`)."""
        return generate_latest(self._registry)


class _Held(Collector):
    """What the index holds when it is asked for; nothing where there is none."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def collect(self) -> Iterable[Metric]:
        try:
            counts = self._assistant.catalog().counts()
        except LagebildError:  # before the first report; a server that is scraped has to answer
            return
        yield GaugeMetricFamily("lagebild_reports", "Reports in the index.", counts.reports)
        yield GaugeMetricFamily("lagebild_sentences", "Sentences in the index.", counts.sentences)
