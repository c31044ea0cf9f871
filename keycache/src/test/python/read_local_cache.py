#!/usr/bin/env python3
"""Reads files of the local key cache, from docs/FORMAT-LOCAL-CACHE.md alone.

read_local_cache.py VECTORS     holds the reader against every vector of the file
read_local_cache.py --keys KEYFILE FILE...   says what each file holds, without the key itself
"""
import base64
import hashlib
import hmac
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NO_END = 2**63 - 1


class Unusable(Exception):
    pass


def hkdf(key, salt, info, length):
    pseudo = hmac.new(salt or bytes(32), key, hashlib.sha256).digest()
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(pseudo, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:length]


def lp(value):
    return struct.pack(">H", len(value)) + value


def derive(key, salt, label, context, length):
    return hkdf(key, salt, lp(label.encode()) + lp(context), length)


def system_key_id(key):
    raw = bytearray(derive(key, b"", "cassandra-tde/1 local-key-id", b"", 16))
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return bytes(raw)


def check_value(key):
    return derive(key, b"", "cassandra-tde/1 check-value", b"", 32)[:4].hex()


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Unusable("ends early")
        part = self.data[self.at : self.at + count]
        self.at += count
        return part

    def number(self, count):
        return int.from_bytes(self.take(count), "big")

    def time(self):
        value = self.number(8)
        if value >= 2**63:
            raise Unusable("before 1970")
        return value

    def text(self):
        length = self.number(2)
        if not 1 <= length <= 1024:
            raise Unusable("name of %d bytes" % length)
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise Unusable("not UTF-8")

    def optional(self):
        flag = self.number(1)
        if flag > 1:
            raise Unusable("flag %d" % flag)
        return self.text() if flag else "-"


def read(data, system_keys):
    """The fields of a file; raises Unusable."""
    if len(data) > 8192:
        raise Unusable("too long")
    r = Reader(data)
    if r.take(7) != b"TDEKEYC" or r.number(1) != 1:
        raise Unusable("magic or version")
    kind = r.number(1)
    if kind not in (1, 2) or r.number(1) != 1:
        raise Unusable("kind or algorithm")
    key_id, salt = r.take(16), r.take(16)
    f = {"kind": "key" if kind == 1 else "seals", "salt": salt.hex(), "written": str(r.time())}
    f["check_value"] = r.take(4).hex()
    bits = r.number(2)
    if bits not in (128, 192, 256):
        raise Unusable("bits")
    f["bits"] = str(bits)
    state = r.number(1)
    if state > 4 or (kind == 2 and state != 2):
        raise Unusable("state")
    f["state"] = str(state)
    f["cluster"], f["group"], f["key_id"] = r.text(), r.text(), r.text()
    if kind == 2:
        f["namespace"], f["template"] = r.optional(), r.optional()
        until = r.time()
        f["until"] = "-" if until == NO_END else str(until)
    length = bits // 8 if kind == 1 else 0
    if len(data) - r.at != length + 16:
        raise Unusable("length")
    for key in system_keys:
        if len(key) == 32 and system_key_id(key) == key_id:
            break
    else:
        raise Unusable("no such system key")
    sealing = derive(key, salt, "cassandra-tde/1 local-cache", key_id, 32)
    try:
        content = AESGCM(sealing).decrypt(bytes(12), data[r.at :], data[: r.at])
    except InvalidTag:
        raise Unusable("tag")
    if kind == 1:
        if check_value(content) != f["check_value"]:
            raise Unusable("check value")
        f["key"] = content.hex()
    return f


def vectors(path):
    fields = {}
    for line in open(path, encoding="utf-8").read().split("\n"):
        if line.startswith("#"):
            continue
        if not line:
            if fields:
                yield fields
            fields = {}
            continue
        name, value = line.split(": ", 1)
        fields[name] = value


def judge(vector):
    data = bytes.fromhex("" if vector["file"] == "-" else vector["file"])
    try:
        got = read(data, [bytes.fromhex(vector["system_key"])])
        if got["cluster"] != vector["cluster"] or got["group"] != vector["group"]:
            raise Unusable("foreign")
    except Unusable:
        return vector["result"] == "UNUSABLE"
    stated = {k: v for k, v in vector.items() if k in got}
    return vector["result"] == "OPENS" and stated == got


def main():
    if sys.argv[1] == "--keys":
        lines = open(sys.argv[2]).read().split("\n")
        keys = [base64.b64decode(l.split(":")[2]) for l in lines if l.count(":") >= 2]
        for path in sys.argv[3:]:
            fields = read(open(path, "rb").read(), keys)
            fields.pop("key", None)
            print(path, fields)
        return 0
    count, wrong = 0, []
    for vector in vectors(sys.argv[1]):
        count += 1
        if not judge(vector):
            wrong.append(vector["vector"])
    if wrong:
        print("not as stated: " + ", ".join(wrong))
        return 1
    print("%d vectors as stated" % count)
    return 0


sys.exit(main())
