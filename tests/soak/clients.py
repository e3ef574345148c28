# SPDX-License-Identifier: Apache-2.0
"""Clients of a soak: each sends one job after the other, well or badly mannered, and holds the answer
against what it must be."""

import http.client
import json
import random
import socket
import threading
import time

import machine
import programs

POLL_SECONDS = 0.3
JOB_PATIENCE = 1800  # a good job may wait behind many others on a slow machine


class Lost(Exception):
    """The server went away: what becomes of the job cannot be known."""


class Tally:
    """Counts and complaints, from all clients."""

    def __init__(self):
        self.lock = threading.Lock()
        self.by_name, self.counts, self.complaints, self.times = {}, {}, [], {}

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def ended(self, job, status, seconds):
        with self.lock:
            statuses = self.by_name.setdefault(job.name, {})
            statuses[status] = statuses.get(status, 0) + 1
            if job.good and status == "ok":
                self.times.setdefault(job.name, []).append(seconds)

    def complain(self, text):
        with self.lock:
            self.complaints.append(text)
        print(f"WRONG: {text}", flush=True)


class Client(threading.Thread):
    """Works until `world.over`. `world` has: server, ready (an event), languages, tag, tally, over,
    launcher_deaths (moments)."""

    def __init__(self, world, number, seed):
        super().__init__(name=f"client-{number}", daemon=True)
        self.world, self.rng, self.number, self.sent = world, random.Random(seed), number, 0

    def run(self):
        while not self.world.over.is_set():
            if not self.world.ready.wait(0.2):
                continue
            self.sent += 1
            word = f"{self.world.tag}-{self.number}-{self.sent}"
            job = programs.pick(self.world.languages, self.rng, word)
            manner = self.rng.choices((self.waits, self.polls, self.cancels, self.hangs_up, self.streams),
                                      (6, 2, 1.5, 1, 0.5))[0]
            server = self.world.server
            started = time.monotonic()
            try:
                manner(server.port, job, word, started)
            except (Lost, OSError, http.client.HTTPException, ValueError) as error:
                self.lost(server, job, error)

    def lost(self, server, job, error):
        """A dead server excuses a lost job; a living one does not."""
        machine.wait_until(lambda: self.world.server is not server or not self.world.ready.is_set()
                           or self.world.over.is_set(), 3)
        if self.world.server is server and self.world.ready.is_set() and not self.world.over.is_set():
            self.world.tally.complain(f"{job.name}: a living server did not answer: {error!r}")
        self.world.tally.count("lost with the server")

    def ask(self, port, method, path, body=None, patience=90):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read()
            return reply.status, json.loads(text) if text else None
        finally:
            connection.close()

    def submit(self, port, job, query=""):
        """The answer to a submission that was taken; a full queue is asked again."""
        while True:
            status, view = self.ask(port, "POST", "/v1/jobs" + query, job.request)
            if status in (200, 202):
                return view
            if status not in (429, 503) or self.world.over.is_set():
                raise Lost(f"status {status}: {view}") if self.world.over.is_set() else \
                    ValueError(f"status {status}: {view}")
            self.world.tally.count("told to come again")
            time.sleep(0.2 + self.rng.random())
            if not self.world.ready.is_set():
                raise Lost("refused by a server that is going")

    def finish(self, port, view, started):
        while view["state"] not in ("finished", "cancelled"):
            time.sleep(POLL_SECONDS)
            if time.monotonic() - started > JOB_PATIENCE:
                raise ValueError(f"job {view['id']} does not end")
            status, answer = self.ask(port, "GET", f"/v1/jobs/{view['id']}")
            if status != 200:
                raise ValueError(f"job {view['id']} is forgotten before its end: status {status}")
            view = answer
        return view

    def judge(self, job, view, started):
        seconds = time.monotonic() - started
        self.world.tally.ended(job, view["status"], seconds)
        if view["status"] == "internal_error" and any(
                started - 1 <= death for death in self.world.launcher_deaths):
            return self.world.tally.count("failed with a launcher")
        complaint = job.complaint(view)
        if complaint:
            self.world.tally.complain(f"{job.name} ({view['id']}): {complaint}; {json.dumps(view)[:1500]}")

    def waits(self, port, job, _word, started):
        self.judge(job, self.finish(port, self.submit(port, job, "?wait=60"), started), started)

    def polls(self, port, job, _word, started):
        self.judge(job, self.finish(port, self.submit(port, job), started), started)

    def cancels(self, port, job, word, _started):
        view = self.submit(port, job)
        time.sleep(self.rng.random() ** 2 * 2)
        status, answer = self.ask(port, "DELETE", f"/v1/jobs/{view['id']}")
        if status != 204:
            raise ValueError(f"a job cannot be cancelled: status {status}: {answer}")
        left = machine.processes_with(word + "\0")
        if left:
            self.world.tally.complain(f"{job.name}: processes {left} are alive after a cancel")
        self.world.tally.count("cancelled")

    def hangs_up(self, port, job, _word, _started):
        """Goes without a word: within the request, or while the answer is waited for."""
        body = json.dumps(job.request).encode()
        head = (f"POST /v1/jobs?wait=60 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            message = head + body
            connection.sendall(message[:self.rng.choice((len(message), len(message), len(head), 20))])
            time.sleep(self.rng.random())
        self.world.tally.count("hung up")

    def streams(self, port, job, _word, _started):
        """Follows the events for a while; hanging up cancels the job."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
        try:
            connection.request("POST", "/v1/jobs?stream=1", json.dumps(job.request),
                               {"Content-Type": "application/json"})
            reply = connection.getresponse()
            for _ in range(self.rng.randrange(1, 40)):
                if not reply.readline():
                    break
        finally:
            connection.close()
        self.world.tally.count("streamed")
