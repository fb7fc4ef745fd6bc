"""A stub of a power company's customer system, to try the flows of conf/examples by hand.

    python docs/examples/power_service.py 8095

Two customers are known, one of them by telephone; everything else is 404. Stop it, and callers hear what
they do when the system is down.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KNOWN: dict[str, Any] = {
    "/api/telephones/13800138000": {"account": "4500123456", "name": "王芳"},
    "/api/accounts/4500123456": {"name": "王芳"},
    "/api/accounts/4500123456/bill": {"amount": 86.5, "due": "2026-12-15"},
    "/api/accounts/4500654321": {"name": "李明"},
    "/api/accounts/4500654321/bill": {"amount": 0, "due": "2026-12-15"},
    "/api/arrears/13800138000": {"name": "王芳", "amount": 128.5, "due": "2026-12-01"},
}


class PowerService(BaseHTTPRequestHandler):
    """Answers as the real system would."""

    def do_GET(self) -> None:
        """What is known under this path."""
        found = KNOWN.get(self.path.partition("?")[0])
        answer = json.dumps(found, ensure_ascii=False).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8095
    with ThreadingHTTPServer(("127.0.0.1", port), PowerService) as server:
        server.serve_forever()
