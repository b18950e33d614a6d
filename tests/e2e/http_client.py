"""HTTP for tests: one request per connection, any status is an answer, raw bytes if wanted."""

import http.client
import json
import socket
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 60


@dataclass
class Answer:
    """status 0 means that there was none; `body` then says why."""

    status: int
    headers: dict = field(default_factory=dict)  # names in lower case
    body: bytes = b""

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)


def encode_json(value):
    return json.dumps(value).encode()


class Client:
    def __init__(self, port, timeout=TIMEOUT_SECONDS):
        self.port = port
        self.timeout = timeout

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def try_request(self, method, path, body=None, headers=None):
        """The same for servers that may be gone: Answer(0) instead of an exception."""
        try:
            return self.request(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, {}, str(error).encode())

    def get(self, path, headers=None):
        return self.request("GET", path, None, headers)

    def try_get(self, path):
        return self.try_request("GET", path)

    def post(self, path, body, headers=None):
        return self.request("POST", path, body, headers)

    def raw(self, data, half_close=False):
        """Sends bytes as they are and returns what comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), self.timeout) as connection:
            received = b""
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
                while piece := connection.recv(65536):
                    received += piece
            except (ConnectionResetError, BrokenPipeError):
                pass  # the server may refuse before it has read everything
            return received
