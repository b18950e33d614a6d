#!/usr/bin/env python3
"""Malformed pushes get 400, 413 or 415 with a message that helps, and do no harm."""

import gzip
import zlib

import harness
from loki import push_body

JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}
PUSH = "/loki/api/v1/push"
WRITE = "/api/v1/write"

NOON = "1700000000000000000"
GOOD = push_body({"app": "ok"}, ["fine"])


def stream(labels, value):
    return harness.encode_json({"streams": [{"stream": labels, "values": [value]}]})


# path, headers, body, expected statuses, a word that the message must contain
CASES = [
    ("no JSON", PUSH, JSON, b"not json", {400}, ""),
    ("an empty body", PUSH, JSON, b"", {400}, ""),
    ("JSON cut in the middle", PUSH, JSON, GOOD[: len(GOOD) // 2], {400}, ""),
    ("JSON of another shape", PUSH, JSON, b'{"lines": []}', {400}, "streams"),
    ("streams that are no list", PUSH, JSON, b'{"streams": 3}', {400}, "streams"),
    ("a timestamp that is no number", PUSH, JSON, stream({"a": "b"}, ["soon", "x"]), {400}, "soon"),
    ("a line that is a number", PUSH, JSON, stream({"a": "b"}, [NOON, 7]), {400}, ""),
    ("a bad label name", PUSH, JSON, stream({"a-b": "c"}, [NOON, "x"]), {400}, "a-b"),
    ("no labels", PUSH, JSON, stream({}, [NOON, "x"]), {400}, "label"),
    ("JSON nested too deep", PUSH, JSON, b"[" * 100_000, {400}, ""),
    ("another content type", PUSH, {"Content-Type": "text/html"}, GOOD, {400, 415}, "text/html"),
    ("gzip that is none", PUSH, {**JSON, "Content-Encoding": "gzip"}, GOOD, {400}, "gzip"),
    ("an unknown encoding", PUSH, {**JSON, "Content-Encoding": "br"}, GOOD, {415}, "br"),
    ("gzip cut short", PUSH, {**JSON, "Content-Encoding": "gzip"}, gzip.compress(GOOD)[:-9], {400},
     "gzip"),
    ("protobuf without snappy", PUSH, PROTOBUF, b"\x0a\x03abc", {400}, "snappy"),
    ("snappy cut short", PUSH, PROTOBUF, b"\x64\x90abcdef", {400}, "snappy"),
    ("snappy that declares 4 GB", PUSH, PROTOBUF, b"\xff\xff\xff\xff\x0f\x00", {400, 413}, ""),
    ("bad protobuf in snappy", PUSH, PROTOBUF, b"\x03\x08\xff\xff\xff", {400}, ""),
    ("remote write that is no snappy", WRITE, PROTOBUF, b"not snappy", {400}, "snappy"),
    ("remote write of bad protobuf", WRITE, PROTOBUF, b"\x03\x08\xff\xff\xff", {400}, ""),
]


class MalformedTest(harness.Case):
    def test_each_malformed_push_is_refused_with_a_reason(self):
        daemon = self.daemon()
        for what, path, headers, body, statuses, word in CASES:
            with self.subTest(what):
                answer = daemon.client.post(path, body, headers)
                self.assertIn(answer.status, statuses, answer.text)
                self.assertGreater(len(answer.text.strip()), 10, "the message says nothing")
                self.assertIn(word, answer.text)
        daemon.push({"app": "ok"}, ["fine"])
        self.assertEqual(daemon.lines('{app="ok"}'), ["fine"])

    def test_a_declared_gigabyte_is_refused_before_it_is_read(self):
        daemon = self.daemon()
        head = (f"POST {PUSH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Content-Length: {1 << 30}\r\n\r\n").encode()
        answer = daemon.client.raw(head + b'{"streams":')
        self.assertTrue(answer.startswith(b"HTTP/1.1 413"), answer[:200])

    def test_an_endless_chunked_body_is_cut(self):
        daemon = self.daemon()
        head = (f"POST {PUSH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                "Transfer-Encoding: chunked\r\n\r\n").encode()
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        answer = daemon.client.raw(head + chunk * 200)
        # Cut while sending: the answer may be lost with the connection, but the daemon lives.
        self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 413"), answer[:200])
        daemon.push({"app": "ok"}, ["fine"])

    def test_a_compressed_gigabyte_is_refused(self):
        daemon = self.daemon()
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        megabyte = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
        bomb = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + megabyte * 1024 + b"\x03\0" + b"\0" * 8
        answer = daemon.client.post(PUSH, bomb, {**JSON, "Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 413, answer.text)
        daemon.push({"app": "ok"}, ["fine"])


if __name__ == "__main__":
    harness.main()
