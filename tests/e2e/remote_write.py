"""Prometheus remote write 1.0 from Python: docs/format/remote-write.md."""
import struct


def varint(number):
    """LEB128 of a number that is not negative; a negative one as protobuf's int64 has it."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, payload):
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def encode_labels(labels):
    return b"".join(field(1, field(1, name.encode()) + field(2, value.encode()))
                    for name, value in sorted(labels.items()))


def encode_sample(timestamp_ms, value):
    return field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(timestamp_ms))


def encode_exemplar(labels, value, timestamp_ms):
    return field(3, encode_labels(labels) + b"\x11" + struct.pack("<d", value) + b"\x18"
                 + varint(timestamp_ms))


def snappy(body):
    """A snappy block of literals only, which every decoder takes."""
    out = [varint(len(body))]
    for begin in range(0, len(body), 65536):
        piece = body[begin:begin + 65536]
        out.append(b"\xf4" + struct.pack("<H", len(piece) - 1) + piece)
    return b"".join(out)


def write_request(series):
    """Of [(labels as encode_labels() makes them, [(timestamp_ms, value)])]; a third item of a
    series may be its exemplars, [(labels, value, timestamp_ms)]."""
    return snappy(b"".join(
        field(1, labels + b"".join(encode_sample(*sample) for sample in samples)
              + b"".join(encode_exemplar(*one) for exemplars in more for one in exemplars))
        for labels, samples, *more in series))


HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy",
           "X-Prometheus-Remote-Write-Version": "0.1.0"}
