#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Metrics as Prometheus meets them: promtool, alert rules, the dashboard, and a real Prometheus that scrapes.

metrics_test.py DAEMON PACKAGING [TEST]...
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from harness import FACTOR, Daemon, Receiver, eventually, main, need, samples_of, secret_file

PACKAGING = sys.argv.pop(2)
ALERTS = PACKAGING + "/prometheus/alerts.yml"
DASHBOARD = PACKAGING + "/grafana/code-executor.json"
HELLO = {"language": "python", "source": "print('hello')"}

# Everything that the server counts, with the labels it counts by.
EXPECTED = {
    "cex_build_info": {"version"}, "cex_jobs_accepted_total": {"language"}, "cex_jobs_refused_total": {"code"},
    "cex_jobs_total": {"language", "status"}, "cex_run_exits_total": {"class", "language"},
    "cex_job_retries_total": {"language"}, "cex_plugin_strikes_total": {"plugin"},
    "cex_plugin_info": {"plugin", "version", "state"}, "cex_plugin_changes_total": set(),
    "cex_compile_cache_total": {"language", "result"}, "cex_job_cpu_seconds_total": {"language"},
    "cex_queue_wait_seconds": {"language"}, "cex_compile_seconds": {"language"}, "cex_run_seconds": {"language"},
    "cex_run_memory_peak_bytes": {"language"}, "cex_http_requests_total": {"code", "method", "route"},
    "cex_http_request_seconds": {"route"}, "cex_layer_use_total": {"language", "result"},
    "cex_preboots_used_total": {"language"}, "cex_auth_total": {"kind", "result"},
    "cex_token_key_fetches_total": {"result"}, "cex_cells_made_total": set(), "cex_queue_jobs": set(),
    "cex_queue_bytes": set(), "cex_jobs_running": set(), "cex_slots": {"state"}, "cex_http_streams": set(),
    "cex_audit_sequence": set(), "cex_audit_head": set(), "cex_audit_unsynced_records": set(),
    "cex_audit_lag_seconds": set(), "cex_audit_records_lost_total": set(), "cex_spans_exported_total": set(),
    "cex_spans_dropped_total": set(), "cex_spans_waiting": set(), "cex_webhook_tries_total": {"result"},
    "cex_webhooks_given_up_total": set(), "cex_webhook_seconds": set(), "cex_webhooks_waiting": set()}


def families_of(text):
    """{name of the family: labels of its samples}"""
    families = {}
    for name in samples_of(text):
        base, _, labels = name.partition("{")
        family = re.sub(r"_(bucket|sum|count)$", "", base)
        found = set(re.findall(r'([a-z_]+)="', labels)) - {"le"}
        families.setdefault(family, set()).update(found)
    return families


class Busy:
    """A daemon that has seen a bit of everything."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="cex-metrics-")
        os.chmod(self.folder.name, 0o777)
        secret = secret_file(self.folder.name, "secret", "0123456789abcdef")
        self.receiver = Receiver(lambda request: request.reply(200))
        self.host = f"127.0.0.1:{self.receiver.port}"
        self.daemon = Daemon(program, f'[webhooks]\nallow = ["{self.host}"]\nallow_http = true\n'
                                      f'permit_addresses = ["127.0.0.1"]\n[tenants.default]\n'
                                      f'webhook_secret_file = "{secret}"\n', folder=self.folder.name)

    def __enter__(self):
        daemon = self.daemon.__enter__()
        daemon.run({**HELLO, "callback_url": f"http://{self.host}/"})
        daemon.run({"language": "python", "source": "raise SystemExit(3)"})
        daemon.run({"language": "python", "source": "import os; os.kill(os.getpid(), 11)"})
        for _ in range(2):
            daemon.run({"language": "c", "source": "int main(void) { return 0; }"})
        daemon.ask("POST", "/v1/jobs", {"language": "klingon", "source": ""})
        eventually(lambda: self.receiver.requests, "a webhook")
        return daemon

    def __exit__(self, *rest):
        self.daemon.__exit__(*rest)
        self.receiver.close()
        self.folder.cleanup()


def everything_is_counted_and_well_named(program):
    with Busy(program) as daemon:
        text = daemon.ask("GET", "/metrics").body.decode()
        found = families_of(text)
        assert found == EXPECTED, {name: (found.get(name), EXPECTED.get(name)) for name in found.keys() | EXPECTED.keys()
                                   if found.get(name) != EXPECTED.get(name)}
        samples = samples_of(text)
        for name, value in {
                'cex_jobs_accepted_total{language="python"}': 3, 'cex_jobs_total{language="c",status="ok"}': 2,
                'cex_jobs_total{language="python",status="runtime_error"}': 2,
                'cex_run_exits_total{class="signal",language="python"}': 1,
                'cex_run_exits_total{class="nonzero",language="python"}': 1,
                'cex_run_exits_total{class="zero",language="c"}': 2,
                'cex_compile_cache_total{language="c",result="miss"}': 1,
                'cex_compile_cache_total{language="c",result="hit"}': 1,
                'cex_jobs_refused_total{code="unknown_language"}': 1,
                'cex_compile_seconds_count{language="c"}': 1, 'cex_run_seconds_count{language="python"}': 3,
                'cex_queue_wait_seconds_count{language="python"}': 3,
                'cex_run_memory_peak_bytes_count{language="python"}': 3,
                'cex_webhook_tries_total{result="delivered"}': 1, "cex_webhook_seconds_count": 1,
                "cex_queue_jobs": 0, "cex_queue_bytes": 0, "cex_jobs_running": 0, "cex_http_streams": 0,
                "cex_webhooks_waiting": 0, 'cex_slots{state="quarantined"}': 0}.items():
            assert samples.get(name) == value, (name, samples.get(name), value)
        assert samples['cex_job_cpu_seconds_total{language="python"}'] > 0
        assert samples['cex_job_cpu_seconds_total{language="c"}'] > 0
        assert samples["cex_cells_made_total"] >= 7, samples["cex_cells_made_total"]
        assert samples['cex_slots{state="all"}'] >= 1
        assert samples["cex_audit_sequence"] == daemon.audit()[-1]["seq"]
        assert samples['cex_http_requests_total{code="422",method="POST",route="/v1/jobs"}'] == 1
        need("promtool")
        done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
                              check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def what_waits_and_runs_is_shown(program):
    with Daemon(program, "[tenants.local]\nmax_running = 1\n") as daemon:
        sleeper = {"language": "python", "source": "import time; time.sleep(600)", "limits": {"wall_ms": 60000}}
        ids = [daemon.ask("POST", "/v1/jobs", sleeper).json()["id"] for _ in range(3)]
        samples = eventually(lambda: [s for s in [daemon.metrics()] if s["cex_jobs_running"] == 1], "a running job")[0]
        assert samples["cex_queue_jobs"] == 2 and samples["cex_queue_bytes"] > 0, samples
        for job in ids:
            daemon.ask("DELETE", "/v1/jobs/" + job)


def names_in_alerts_and_dashboard_exist(program):
    with open(ALERTS, encoding="utf-8") as file:
        alerts = file.read()
    with open(DASHBOARD, encoding="utf-8") as file:
        dashboard = json.load(file)
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    expressions += [variable["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
    assert len(panels) > 20 and len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    with Busy(program) as daemon:
        families = families_of(daemon.ask("GET", "/metrics").body.decode())
    shown = set()
    for text in [*expressions, *re.findall(r"cex_[a-z_]+(?:\{[^}]*\})?", alerts)]:
        for name, _, selector in re.findall(r"(cex_[a-z_]+)(\{([^}]*)\})?", text):
            family = name if name in families else re.sub(r"_(bucket|sum|count)$", "", name)
            assert family in families, (name, text)
            shown.add(family)
            for label in re.findall(r"([a-z_]+)\s*(?:=|!|=~)", selector):
                assert label in families[family] | {"instance"}, (name, label)
    # What is worth counting is worth showing.
    assert set(EXPECTED) <= shown | {"cex_audit_sequence", "cex_audit_head"}, set(EXPECTED) - shown


def rules_hold_in_their_own_tests(_):
    need("promtool")
    for command in (["check", "rules", ALERTS],
                    ["test", "rules", PACKAGING + "/prometheus/alerts_test.yml"]):
        done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def a_real_prometheus_scrapes_and_answers(program):
    need("prometheus")
    with Busy(program) as daemon, tempfile.TemporaryDirectory(prefix="cex-prometheus-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with open(folder + "/prometheus.yml", "w", encoding="utf-8") as file:
            json.dump({"global": {"scrape_interval": "1s", "evaluation_interval": "1s"}, "rule_files": [ALERTS],
                       "scrape_configs": [{"job_name": "code-executor", "static_configs": [
                           {"targets": [f"127.0.0.1:{daemon.port}"]}]}]}, file)
        with open(folder + "/log", "wb") as log:
            server = subprocess.Popen(["prometheus", "--config.file", folder + "/prometheus.yml",
                                       "--storage.tsdb.path", folder + "/data", "--web.listen-address",
                                       f"127.0.0.1:{port}"], stdout=log, stderr=log)
        try:
            def ask(path, **query):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}?" +
                                                urllib.parse.urlencode(query), timeout=60 * FACTOR) as answer:
                        return json.load(answer)["data"]
                except OSError:
                    return None

            def value(query):
                data = ask("query", query=query)
                return float(data["result"][0]["value"][1]) if data and data["result"] else None

            assert eventually(lambda: value('up{job="code-executor"}') == 1, "a scrape")
            assert value('sum(cex_jobs_total{status="ok"})') == 3
            assert value('cex_jobs_total{language="python",status="runtime_error"}') == 2
            daemon.run(HELLO)
            eventually(lambda: value('sum(cex_jobs_total{status="ok"})') == 4, "the next scrape")
            assert value("histogram_quantile(0.5, sum by (le) (cex_run_seconds_bucket))") > 0
            rules = ask("rules")["groups"][0]["rules"]
            assert len(rules) >= 13
            healthy = eventually(lambda: [rule for rule in ask("rules")["groups"][0]["rules"]
                                          if rule["health"] == "ok"], "an evaluation")
            assert all(not rule.get("lastError") for rule in healthy)
            assert not [alert for alert in ask("alerts")["alerts"] if alert["state"] == "firing"]
            # Every expression of the dashboard is one that Prometheus understands.
            with open(DASHBOARD, encoding="utf-8") as file:
                panels = json.load(file)["panels"]
            for target in [target for panel in panels for target in panel.get("targets", [])]:
                query = target["expr"].replace("$instance", ".*").replace("$language", ".*")
                data = ask("query", query=query.replace("$__rate_interval", "1m"))
                assert data is not None, target["expr"]
        finally:
            server.terminate()
            server.wait(timeout=60 * FACTOR)


if __name__ == "__main__":
    sys.exit(main([
        everything_is_counted_and_well_named, what_waits_and_runs_is_shown, names_in_alerts_and_dashboard_exist,
        rules_hold_in_their_own_tests, a_real_prometheus_scrapes_and_answers]))
