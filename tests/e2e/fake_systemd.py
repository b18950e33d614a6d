"""A system bus with systemd on it, as far as anyone who asks for units needs one.

Speaks D-Bus (docs/format/dbus.md) on a Unix socket: authentication as libraries do it, Hello,
ListUnits and Properties.Get. Anything else is answered with an error.
"""

import re
import socketserver
import struct
import threading

MANAGER = {"Version": ("s", "252.38-1~deb12u1"), "SystemState": ("s", "running"),
           "Virtualization": ("s", "kvm")}


def unit_path(name):
    return "/org/freedesktop/systemd1/unit/" + re.sub(
        r"[^A-Za-z0-9]", lambda m: f"_{ord(m.group()):02x}", name)


class Writer:
    def __init__(self, data=b""):
        self.data = data

    def align(self, to):
        self.data += bytes(-len(self.data) % to)
        return self

    def number(self, form, value):
        self.align(struct.calcsize(form))
        self.data += struct.pack("<" + form, value)
        return self

    def string(self, text):
        self.number("I", len(text.encode()))
        self.data += text.encode() + b"\0"
        return self

    def signature(self, text):
        self.data += bytes([len(text)]) + text.encode() + b"\0"
        return self

    def value(self, kind, value):
        if kind in "so":
            return self.string(value)
        if kind == "g":
            return self.signature(value)
        return self.number({"u": "I", "t": "Q"}[kind], value)

    def variant(self, kind, value):
        return self.signature(kind).value(kind, value)


def message(kind, serial, fields, body=b""):
    out = Writer(b"l" + bytes([kind, 1, 1]))
    out.number("I", len(body)).number("I", serial)
    inner = Writer(bytes(16))
    for code, form, value in fields:
        inner.align(8).data += bytes([code])
        inner.variant(form, value)
    out.number("I", len(inner.data) - 16)
    out.data += inner.data[16:]
    return out.align(8).data + body


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def align(self, to):
        self.at += -self.at % to

    def number(self):
        self.align(4)
        self.at += 4
        return struct.unpack_from("<I", self.data, self.at - 4)[0]

    def text(self, length):
        self.at += length + 1
        return self.data[self.at - length - 1:self.at - 1].decode()

    def string(self):
        return self.text(self.number())

    def signature(self):
        self.at += 1
        return self.text(self.data[self.at - 1])


def read_fields(head, length):
    """{code: value} of the fields of a call."""
    reader, found = Reader(head), {}
    reader.at = 16
    while reader.at < 16 + length:
        reader.align(8)
        code = head[reader.at]
        reader.at += 1
        kind = reader.signature()
        found[code] = (reader.number() if kind == "u" else
                       reader.signature() if kind == "g" else reader.string())
    return found


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        if self.authenticate():
            while self.answer_one():
                pass

    def authenticate(self):
        self.rfile.read(1)
        while line := self.rfile.readline().decode().strip():
            if line == "BEGIN":
                return True
            self.wfile.write(self.answer_to_auth(line) + b"\r\n")
        return False

    @staticmethod
    def answer_to_auth(line):
        if line == "AUTH":
            return b"REJECTED EXTERNAL"
        if line == "AUTH EXTERNAL":
            return b"DATA"
        if line.startswith(("AUTH EXTERNAL ", "DATA")):
            return b"OK 0123456789abcdef0123456789abcdef"
        return b"ERROR"

    def answer_one(self):
        head = self.rfile.read(16)
        if len(head) < 16:
            return False
        body_length, serial, length = struct.unpack_from("<III", head, 4)
        fields = read_fields(head + self.rfile.read(length + -length % 8), length)
        body = Reader(self.rfile.read(body_length))
        arguments = [body.string() for _ in fields.get(8, "")]
        form, data = self.result(fields, arguments)
        if form is None:
            reply = message(3, 1, [(5, "u", serial), (8, "g", "s"), (4, "s", data)],
                            Writer().string("no").data)
        else:
            reply = message(2, 1, [(5, "u", serial), (8, "g", form)], data)
        self.wfile.write(reply)
        return True

    def result(self, fields, arguments):
        if fields[3] == "Hello":
            return "s", Writer().string(":1.7").data
        if fields[3] == "ListUnits":
            return "a(ssssssouso)", self.server.list_units()
        if fields[3] == "Get" and (found := self.server.find(fields[1], arguments[1])):
            return "v", Writer().variant(*found).data
        return None, "org.freedesktop.DBus.Error.UnknownProperty"


class FakeSystemd(socketserver.ThreadingUnixStreamServer):
    """units: {name: (load state, active state, {property: (type, value)})}"""
    daemon_threads = True

    def __init__(self, path, units):
        super().__init__(path, Connection)
        self.units = units
        self.paths = {unit_path(name): unit[2] for name, unit in units.items()}
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def find(self, path, name):
        return self.paths.get(path, MANAGER).get(name)

    def list_units(self):
        inner = Writer(bytes(8))
        for name, (load, active, _) in self.units.items():
            inner.align(8).string(name).string("About " + name).string(load).string(active)
            inner.string("sub").string("").string(unit_path(name))
            inner.number("I", 0).string("").string("/")
        return Writer().number("I", len(inner.data) - 8).align(8).data + inner.data[8:]
