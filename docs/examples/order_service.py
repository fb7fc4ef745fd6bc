"""A stub of a hotline's business system: it keeps work orders (工单) in memory.

    python docs/examples/order_service.py 8096

POST /orders opens one for a contact, or gives the one that is there; PATCH /orders/<id> adds to it; GET
/orders lists them.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ORDERS: dict[str, dict[str, Any]] = {}


class OrderService(BaseHTTPRequestHandler):
    """Answers as the real system would."""

    def do_GET(self) -> None:
        """All orders."""
        self._answer(200, list(ORDERS.values()))

    def do_POST(self) -> None:
        """A new order; of one contact there is one."""
        given = self._body()
        known = [order for order in ORDERS.values() if order["contact_id"] == given["contact_id"]]
        order = known[0] if known else {"id": f"12345-{len(ORDERS) + 1:04}", **given}
        ORDERS[order["id"]] = order
        self._answer(200 if known else 201, order)

    def do_PATCH(self) -> None:
        """More about an order."""
        order = ORDERS.get(self.path.rpartition("/")[2])
        if order is None:
            self._answer(404, {"error": "there is no such order"})
        else:
            order.update(self._body())
            self._answer(200, order)

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8096
    with ThreadingHTTPServer(("127.0.0.1", port), OrderService) as server:
        server.serve_forever()
