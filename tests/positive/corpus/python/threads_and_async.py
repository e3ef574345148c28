# SPDX-License-Identifier: Apache-2.0
# about: threads, executors, asyncio with subprocesses and a TCP server
import asyncio, concurrent.futures, socketserver, threading, urllib.request, http.server


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args):
        pass


async def talk():
    async def answer(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\n")
    assert await reader.readline() == b"LINE\n"
    child = await asyncio.create_subprocess_exec("echo", "x", stdout=asyncio.subprocess.PIPE)
    assert (await child.communicate())[0] == b"x\n"


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    assert sum(pool.map(lambda i: i, range(1000))) == 499500
asyncio.run(talk())
server = http.server.ThreadingHTTPServer(("localhost", 0), Hello)
threading.Thread(target=server.serve_forever, daemon=True).start()
assert urllib.request.urlopen(f"http://localhost:{server.server_port}/").read() == b"hello"
server.shutdown()
print("works")
