#!/usr/bin/env python3
"""Garbage on the port never harms other clients."""

import random
import socket
import threading

import harness

GARBAGE = [
    b"\x00" * 100,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 300,  # a TLS hello
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    b"GET / HTTP/1.1\r\nA: " + b"x" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /%00%ff%zz?%%% HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /loki/api/v1/query_range?query=%7B HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
]


class GarbageTest(harness.Case):
    def test_others_work_while_garbage_arrives(self):
        seed = random.randrange(1 << 32)
        print("seed", seed)
        daemon = self.daemon()
        done = threading.Event()
        self.pieces = self.refused = 0
        senders = [threading.Thread(target=self.send_garbage, args=(daemon, seed + i, done))
                   for i in range(3)]
        for sender in senders:
            sender.start()
        try:
            for i in range(200):
                daemon.push({"app": "good"}, [f"line {i}"])
        finally:
            done.set()
            for sender in senders:
                sender.join()
        self.assertEqual(daemon.lines('{app="good"}'), [f"line {i}" for i in range(200)])
        self.assertTrue(daemon.running())
        self.assertGreater(self.pieces, 10 * self.refused, "most garbage must get through")

    def test_each_piece_of_garbage_gets_a_refusal_or_a_closed_connection(self):
        daemon = self.daemon()
        for garbage in GARBAGE:
            with self.subTest(garbage[:40]):
                answer = daemon.client.raw(garbage, half_close=True)
                if answer:
                    self.assertRegex(answer[:12], rb"^HTTP/1\.[01] [245]")
        self.assertEqual(daemon.client.get("/-/healthy").status, 200)

    def send_garbage(self, daemon, seed, done):
        """A few hundred pieces per second; what the daemon does to them is its business."""
        rng = random.Random(seed)
        while not done.wait(0.005):
            data = bytearray(rng.choice(GARBAGE)[:2000])
            for _ in range(rng.randrange(4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            try:
                self.send_piece(daemon.port, data, reset=rng.random() < 0.5)
                self.pieces += 1
            except OSError:
                self.refused += 1

    def send_piece(self, port, data, reset):
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(data)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


if __name__ == "__main__":
    harness.main()
