"""Figures for Prometheus. No label is an id, a name or a tenant, and each label has few values."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)


class Metrics:
    """One registry of our own; others add theirs to `registry`."""

    def __init__(self, version: str = "0") -> None:
        self.registry = CollectorRegistry()
        self._received = Counter(
            "schoolgate_events_received", "Activities taken", ["source", "kind"], registry=self.registry
        )
        self._rejected = Counter(
            "schoolgate_events_rejected", "Activities turned away", ["reason"], registry=self.registry
        )
        self._skipped = Counter("schoolgate_members_skipped", "Unreadable meeting members", registry=self.registry)
        self._ack = Histogram(
            "schoolgate_ack_duration_seconds", "Until an activity was answered", buckets=_FAST, registry=self.registry
        )
        self._upstream = Histogram(
            "schoolgate_upstream_request_duration_seconds",
            "Requests we made",
            ["api", "method", "code"],
            registry=self.registry,
        )
        self._throttled = Counter(
            "schoolgate_upstream_throttled", "Requests answered with 429", ["api"], registry=self.registry
        )
        self._decisions = Counter(
            "schoolgate_decisions", "Decisions written", ["rule", "status"], registry=self.registry
        )
        self._outcomes = Counter(
            "schoolgate_outcomes", "Attempts to carry decisions out", ["rule", "outcome"], registry=self.registry
        )
        self._lag = Gauge("schoolgate_event_loop_lag_seconds", "How late the event loop is", registry=self.registry)
        info = Gauge("schoolgate_build_info", "What is running", ["version"], registry=self.registry)
        info.labels(version).set(1)

    def decided(self, rule: str, status: str) -> None:
        """A decision was written."""
        self._decisions.labels(rule, status).inc()

    def settled(self, rule: str, outcome: str) -> None:
        """An attempt to carry a decision out ended."""
        self._outcomes.labels(rule, outcome).inc()

    def received(self, kind: str, skipped: int = 0) -> None:
        """An activity was taken."""
        self._received.labels("teams", kind).inc()
        if skipped:
            self._skipped.inc(skipped)

    def rejected(self, reason: str) -> None:
        """An activity was turned away."""
        self._rejected.labels(reason).inc()

    def acknowledged(self, seconds: float) -> None:
        """An activity was answered after so long."""
        self._ack.observe(seconds)

    def connector(self, method: str, answer: str, seconds: float) -> None:
        """We asked the Bot Connector; give this as its `watch`."""
        self._upstream.labels("connector", method, answer).observe(seconds)
        if answer == "429":
            self._throttled.labels("connector").inc()

    def lag(self, seconds: float) -> None:
        """The loop woke so much later than asked."""
        self._lag.set(seconds)

    def page(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
