# SPDX-License-Identifier: Apache-2.0
"""A load generator: many clients on one thread, each with a connection that it keeps."""

import asyncio
import json
import time


class Client:
    """One connection to one server; opened again where it was closed."""

    def __init__(self, port, key=None):
        self.port, self.key = port, key
        self.reader = self.writer = None

    async def request(self, method, target, body=None):
        """(status, headers, body); status 0: the connection was refused or cut twice."""
        data = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n"
        if self.key:
            head += f"Authorization: Bearer {self.key}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        for _ in range(2):
            try:
                if self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                self.writer.write(head.encode() + b"\r\n" + data)
                return await self.answer()
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.close()
        return 0, {}, b""

    async def answer(self):
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        status = int(head[0].split()[1])
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return status, headers, body

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))] if values else None


class Tally:
    """What many requests came to."""

    def __init__(self):
        self.statuses, self.times = {}, []
        self.begun = time.monotonic()

    def add(self, status, seconds):
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if 200 <= status < 300:
            self.times.append(seconds * 1000)

    def report(self):
        seconds = time.monotonic() - self.begun
        return {"seconds": round(seconds, 2), "per_second": round(len(self.times) / seconds, 1),
                "p50_ms": rounded(percentile(self.times, 0.5)),
                "p99_ms": rounded(percentile(self.times, 0.99)),
                "statuses": {str(key): value for key, value in sorted(self.statuses.items())}}


def rounded(value):
    return None if value is None else round(value, 2)


async def hammer(port, clients, seconds, method, target, body=None, key=None, pause=0.0, late=True):
    """`clients` that send one request after the other for so long; answers that come `late` count, too."""
    tally, end = Tally(), time.monotonic() + seconds

    async def one():
        client = Client(port, key)
        while time.monotonic() < end:
            begun = time.monotonic()
            status, headers, _ = await client.request(method, target, body)
            if late or time.monotonic() < end:
                tally.add(status, time.monotonic() - begun)
            if status == 429:
                # A client that is told to wait does, if not as long as it was asked to: more of
                # them are to come back than the server has room for.
                await asyncio.sleep(min(0.2, float(headers.get("retry-after", 1))))
            elif pause:
                await asyncio.sleep(pause)
        client.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    return tally
