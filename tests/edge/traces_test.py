#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Traces: a collector on loopback that takes OTLP over HTTP (JSON) and is strict about it.

traces_test.py DAEMON [TEST]...
"""

import json
import re
import sys
import threading
import time

from harness import Daemon, Receiver, eventually, main

HELLO = {"language": "python", "source": "print('hello')"}
COMPILED = {"language": "c", "source": "int main(void) { return 0; }"}


def only(value, names):
    assert isinstance(value, dict) and set(value) <= set(names), (set(value) - set(names), value)


def attributes_of(items):
    found = {}
    for item in items:
        only(item, ("key", "value"))
        assert isinstance(item["key"], str) and item["key"] and item["key"] not in found, items
        (kind, value), = item["value"].items()
        if kind == "intValue":  # 64-bit numbers are text in this protocol
            assert isinstance(value, str)
            value = int(value)
        elif kind == "stringValue":
            assert isinstance(value, str)
        else:
            assert kind == "boolValue" and isinstance(value, bool), item
        found[item["key"]] = value
    return found


def spans_of(body):
    """Every span of a request, checked against the protocol (proto3's JSON, with ids in hex)."""
    document = json.loads(body)
    only(document, ("resourceSpans",))
    spans = []
    for resource in document["resourceSpans"]:
        only(resource, ("resource", "scopeSpans"))
        only(resource["resource"], ("attributes",))
        about = attributes_of(resource["resource"]["attributes"])
        assert {"service.name", "service.version", "service.instance.id"} <= set(about), about
        for scope in resource["scopeSpans"]:
            only(scope, ("scope", "spans"))
            only(scope["scope"], ("name", "version"))
            for span in scope["spans"]:
                only(span, ("traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano",
                            "endTimeUnixNano", "attributes", "status"))
                assert re.fullmatch("[0-9a-f]{32}", span["traceId"]) and span["traceId"].strip("0"), span
                assert re.fullmatch("[0-9a-f]{16}", span["spanId"]) and span["spanId"].strip("0"), span
                if "parentSpanId" in span:
                    assert re.fullmatch("[0-9a-f]{16}", span["parentSpanId"]), span
                assert isinstance(span["kind"], int) and span["kind"] in (1, 2), span
                for time_name in ("startTimeUnixNano", "endTimeUnixNano"):
                    assert re.fullmatch(r"\d{19}", span[time_name]), span
                assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span
                if "status" in span:
                    only(span["status"], ("code", "message"))
                    assert span["status"]["code"] in (1, 2)
                spans.append({**span, "attributes": attributes_of(span["attributes"]), "service": about})
    assert len({span["spanId"] for span in spans}) == len(spans)
    return spans


class Collector:
    def __init__(self, reply=None):
        self.spans = []
        self.failures = []
        self.reply = reply or (lambda request: request.reply(200, b"{}"))
        self.receiver = Receiver(self.take)
        self.endpoint = f"http://127.0.0.1:{self.receiver.port}"

    def take(self, request):
        try:
            assert request.path == "/v1/traces" and request.command == "POST", request.path
            assert request.headers["Content-Type"] == "application/json"
            spans = spans_of(request.body)
            self.reply(request)
            if request.accepted if hasattr(request, "accepted") else True:
                self.spans += spans
        except AssertionError as failure:
            self.failures.append(failure)
            request.reply(400)

    def of_trace(self, trace):
        assert not self.failures, self.failures
        return [span for span in self.spans if span["traceId"] == trace]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.receiver.close()


def traced(collector, trace, names):
    """The spans of the trace, once there is one of each name."""
    def there():
        found = collector.of_trace(trace)
        return found if set(names) <= {span["name"] for span in found} else None

    return eventually(there, f"spans {names}")


def a_job_is_told_from_request_to_cleanup(program):
    with Collector() as collector, Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\n') as daemon:
        caller = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
        job = daemon.run(COMPILED, {"traceparent": caller})
        assert job["trace_id"] == "ab" * 16 and job["status"] == "ok", job
        request_name = "POST /v1/jobs"
        spans = traced(collector, "ab" * 16, (request_name, "queue", "compile", "run", "cleanup"))
        by_name = {span["name"]: span for span in spans if not span["name"].startswith("GET")}
        root = by_name[request_name]
        assert root["parentSpanId"] == "cd" * 8 and root["kind"] == 2
        assert root["attributes"]["http.response.status_code"] in (200, 202)
        assert root["attributes"]["http.route"] == "/v1/jobs" and root["attributes"]["cex.job"] == job["id"]
        for name in ("queue", "compile", "run", "cleanup"):
            span = by_name[name]
            assert span["parentSpanId"] == root["spanId"] and span["kind"] == 1, span
            assert span["attributes"]["cex.job"] == job["id"] and span["attributes"]["cex.language"] == "c"
            assert span["attributes"]["cex.attempt"] == 1
            assert "status" not in span
        order = [by_name[name] for name in ("queue", "compile", "run", "cleanup")]
        for before, after in zip(order, order[1:]):
            assert int(before["endTimeUnixNano"]) <= int(after["startTimeUnixNano"]), (before, after)
        assert by_name["run"]["attributes"]["cex.status"] == "ok"
        assert root["service"]["service.name"] == "code-executor"
        # Each test is a run of its own.
        job = daemon.run({**HELLO, "tests": [{"stdin": "1"}, {"stdin": "2"}, {"stdin": "3"}]})
        spans = traced(collector, job["trace_id"], ("queue", "run", "cleanup"))
        assert sum(1 for span in spans if span["name"] == "run") == 3
        assert not [span for span in spans if span["name"] == "compile"]
        eventually(lambda: daemon.metrics()["cex_spans_waiting"] == 0 and
                   daemon.metrics()["cex_spans_exported_total"] >= 9, "the counts")
        assert daemon.metrics()["cex_spans_dropped_total"] == 0


def the_callers_decision_counts(program):
    with Collector() as collector, Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\n') as daemon:
        job = daemon.run(HELLO, {"traceparent": "00-" + "12" * 16 + "-" + "34" * 8 + "-00"})
        assert job["trace_id"] == "12" * 16
        for bad in ("", "00-" + "0" * 32 + "-" + "34" * 8 + "-01", "00-" + "AB" * 16 + "-" + "34" * 8 + "-01",
                    "ff-" + "56" * 16 + "-" + "34" * 8 + "-01", "00-" + "56" * 16 + "-" + "0" * 16 + "-01",
                    "00-" + "56" * 16 + "-" + "34" * 8 + "-01-x"):
            job = daemon.run(HELLO, {"traceparent": bad})
            spans = traced(collector, job["trace_id"], ("POST /v1/jobs", "run"))
            root = [span for span in spans if span["name"] == "POST /v1/jobs"][0]
            assert "parentSpanId" not in root, (bad, root)
        assert not collector.of_trace("12" * 16)


def names_of_the_environment_are_honoured(program):
    with Collector() as collector, Daemon(program, environment={
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint + "/", "OTEL_SERVICE_NAME": "judge"}) as daemon:
        job = daemon.run(HELLO)
        assert traced(collector, job["trace_id"], ("run",))[0]["service"]["service.name"] == "judge"
    with Collector() as collector, Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\nsample_ratio = 0.0\n') \
            as daemon:
        job = daemon.run(HELLO)
        told = daemon.run(HELLO, {"traceparent": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"})
        traced(collector, told["trace_id"], ("run",))
        assert not collector.of_trace(job["trace_id"])


def a_busy_collector_is_asked_again(program):
    turns = [503, 429]
    seen = []

    def reply(request):
        seen.append(time.monotonic())
        request.accepted = not turns
        if turns:
            request.reply(turns.pop(0), b"", {"Retry-After": "1"})
        else:
            request.reply(200, b"{}")

    with Collector(reply) as collector, Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\n') as daemon:
        job = daemon.run(HELLO)
        traced(collector, job["trace_id"], ("run", "cleanup"))
        assert len(seen) >= 3
        # What the collector asks for is the least that is waited.
        assert seen[1] - seen[0] >= 0.9 and seen[2] - seen[1] >= 0.9, seen
        assert daemon.metrics()["cex_spans_dropped_total"] == 0


def a_collector_that_says_no_is_not_asked_again(program):
    seen = []

    def reply(request):
        seen.append(request)
        request.accepted = False
        request.reply(400, b"no")

    with Collector(reply) as collector, Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\n') as daemon:
        daemon.run(HELLO)
        eventually(lambda: daemon.metrics()["cex_spans_dropped_total"] >= 4, "the loss is counted")
        assert daemon.metrics()["cex_spans_exported_total"] == 0
        assert daemon.log("the collector does not take spans")[0]["status"] == 400
        assert len(seen) == 1, len(seen)


def a_collector_that_is_away_costs_spans_and_nothing_else(program):
    with Receiver(lambda request: None) as gone:
        port = gone.port
    config = f'[traces]\nendpoint = "http://127.0.0.1:{port}"\nqueue = 64\n'
    with Daemon(program, config) as daemon:
        for _ in range(25):
            assert daemon.run(HELLO)["status"] == "ok"
        metrics = daemon.metrics()
        assert metrics["cex_spans_waiting"] <= 64 and metrics["cex_spans_dropped_total"] > 0, metrics
    # One that takes the connection and never answers does not hold up the end of the server.
    release = threading.Event()
    with Receiver(lambda request: release.wait(120)) as silent:
        daemon = Daemon(program, f'[traces]\nendpoint = "http://127.0.0.1:{silent.port}"\n')
        assert daemon.run(HELLO)["status"] == "ok"
        daemon.stop()
        release.set()


def the_last_spans_are_sent_at_the_end(program):
    with Collector() as collector:
        with Daemon(program, f'[traces]\nendpoint = "{collector.endpoint}"\n') as daemon:
            job = daemon.run(HELLO)
        assert {"queue", "run", "cleanup"} <= {span["name"] for span in collector.of_trace(job["trace_id"])}


if __name__ == "__main__":
    sys.exit(main([
        a_job_is_told_from_request_to_cleanup, the_callers_decision_counts, names_of_the_environment_are_honoured,
        a_busy_collector_is_asked_again, a_collector_that_says_no_is_not_asked_again,
        a_collector_that_is_away_costs_spans_and_nothing_else, the_last_spans_are_sent_at_the_end]))
