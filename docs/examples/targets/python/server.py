"""Server-sent events with nothing but Python's standard library. It publishes by itself, and says when."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PER_SECOND = 40
changed = threading.Condition()
newest = {"n": 0}


def publish():
    while True:
        time.sleep(1 / PER_SECOND)
        with changed:
            newest.update(n=newest["n"] + 1, at=time.time(), temperature=20)
            changed.notify_all()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path != "/temperature":
            self.send_response(200 if self.path == "/healthz" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        seen = newest["n"]
        while True:
            with changed:
                changed.wait_for(lambda: newest["n"] > seen)
                reading = dict(newest)
            seen = reading["n"]
            self.wfile.write(f"event: reading\ndata: {json.dumps(reading)}\n\n".encode())
            self.wfile.flush()

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *_):
        pass


threading.Thread(target=publish, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
server.daemon_threads = True
server.serve_forever()
