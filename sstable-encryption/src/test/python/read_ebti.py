#!/usr/bin/env python3
"""Reads the encrypted SSTable format ebti, version 1, from docs/FORMAT-EBTI.md alone.

Usage: read_ebti.py VECTORS                                   compares every vector with its result
       read_ebti.py --keys KEYFILE [--out DIRECTORY] TABLE    verifies every SSTable in a table's directory, and writes its components in clear

A key file has lines "cipher:bits:base64" (docs/FORMAT.md, local keys) or "key id=hex".
"""
import argparse
import base64
import hashlib
import hmac
import pathlib
import struct
import sys
import uuid
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from read_chunks import NAMES, Rejected, decompress, hkdf

PARTS = ["VALIDATION", "COMPACTION", "STATS", "HEADER"]
RAW = ["Data.db", "Statistics.db", "CompressionInfo.db", "Digest.crc32", "TOC.txt", "Encryption.db"]


def need(condition, why="MALFORMED"):
    if not condition:
        raise Rejected(why)


def token_key(key):
    """What a token's key is called: its id and its check value."""
    block = hashlib.sha256(b"cassandra-tde/1 token-key-id").digest()[:16]
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    image = cipher.update(block) + cipher.finalize()
    return image[:8].hex(), image[8:12]


def aes_open(key, nonce, sealed, aad):
    """The nonce may be a counter of 4 bytes."""
    try:
        return AESGCM(key).decrypt(bytes(12 - len(nonce)) + nonce, sealed, aad)
    except InvalidTag:
        raise Rejected("NOT_AUTHENTIC") from None


class Bytes:
    """Takes one field after the other; too few bytes are a rejection."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        need(0 <= length <= len(self.data) - self.at)
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length, signed=False):
        return int.from_bytes(self.take(length), "big", signed=signed)

    def text(self):
        try:
            return self.take(self.number(2)).decode("utf-8")  # modified UTF-8 is UTF-8 for the names and values here
        except UnicodeDecodeError:
            raise Rejected("MALFORMED") from None


def key_id(form, data):
    """Takes a key id: (text, its encoding)."""
    need(form in (0, 1))
    start = data.at
    if form == 0:
        return str(uuid.UUID(bytes=data.take(16))), data.data[start:data.at]
    length = data.number(2)
    need(1 <= length <= 1024)
    try:
        text = data.take(length).decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("MALFORMED") from None
    try:
        need(str(uuid.UUID(text)) != text)
    except ValueError:
        pass
    return text, data.data[start:data.at]


class Row:
    """A wrapped data key."""

    def __init__(self, data, purposes):
        start = data.at
        self.id, self.purpose, algorithm, form = data.number(2), data.number(1), data.number(1), data.number(1)
        need(self.purpose in purposes and algorithm in (1, 2))
        self.by_token = algorithm == 2
        tag_and_check = data.take(8)
        self.check = tag_and_check[4:]
        self.wrapped_by, encoded = key_id(form, data)
        self.context = tag_and_check + encoded
        self.salt = data.take(12 if self.by_token else 16)
        length = data.number(1)
        need(length in (16, 24, 32))
        self.head = data.data[start:data.at]
        self.wrapped = data.take(length + 16)

    def unwrap(self, uid, keys):
        key = keys.get(self.wrapped_by)
        need(key is not None, "KEY_NOT_FOUND")
        token_id, token_check = token_key(key)
        in_token = token_id == self.wrapped_by
        check = token_check if in_token else hkdf(key, b"", "cassandra-tde/1 check-value", b"", 32)[:4]
        need(check == self.check, "WRONG_KEY")
        need(in_token == self.by_token, "NOT_AUTHENTIC")
        if in_token:
            data_key = aes_open(key, self.salt, self.wrapped, uid + self.head)
        else:
            wrap = hkdf(key, self.salt, "cassandra-tde/1 wrap", self.context, 32)
            data_key = aes_open(wrap, bytes(4), self.wrapped, uid + self.head)
        need(len(data_key) <= len(key), "UNFIT")
        return data_key


class Carrier:
    def __init__(self, data):
        need(30 <= len(data) <= 2 * 1024 * 1024)
        need(data[:7] == b"TDECARR" and data[7] == 1)
        need(zlib.crc32(data[:-4]) == struct.unpack(">I", data[-4:])[0])
        fields = Bytes(data[:-4])
        fields.take(8)
        self.uid = fields.take(16)
        count = fields.number(2)
        need(count <= 1024)
        self.rows = []
        for _ in range(count):
            row = Row(fields, (0, 1))
            need(not self.rows or row.id > self.rows[-1].id)
            self.rows.append(row)
        need(fields.at == len(fields.data))


class SSTable:
    """A carrier, and its data keys."""

    def __init__(self, carrier, keys):
        self.uid, self.rows, self.keys = carrier.uid, carrier.rows, keys

    def data_key(self, data_key_id):
        """Unwraps one row: a file needs no other."""
        rows = [row for row in self.rows if row.id == data_key_id]
        need(rows, "NOT_AUTHENTIC")
        return rows[0].unwrap(self.uid, self.keys)

    def derive(self, data_key_id, use, salt, name=b"", length=None):
        key = self.data_key(data_key_id)
        return hkdf(key, salt, "cassandra-tde/1 " + use, self.uid + struct.pack(">H", data_key_id) + name, length or len(key))


class Extent:
    def __init__(self, data, start, end):
        self.header, self.body = data[start:start + 64], data[start + 64:end - 12]
        need(self.header[:7] == b"TDEPAGE" and self.header[7] == 1)
        self.uid, self.salt = self.header[8:24], self.header[24:40]
        self.key_id, self.shift, self.continues, zero = struct.unpack(">HBBI", self.header[40:48])
        self.previous = self.header[48:]
        need(9 <= self.shift <= 20 and self.continues <= 1 and zero == 0)
        need(self.continues or self.previous == bytes(16))

    def pages(self):
        """(page number, is last, its bytes on disk)"""
        size = (1 << self.shift) + 20
        need(len(self.body) >= 20)
        count = (len(self.body) + size - 1) // size
        last = len(self.body) - (count - 1) * size
        need(last >= 20 and (last > 20 or count == 1))
        return [(i, i == count - 1, self.body[i * size:(i + 1) * size]) for i in range(count)]

    def open(self, sstable, component):
        need(self.uid == sstable.uid, "NOT_AUTHENTIC")
        key = sstable.derive(self.key_id, "page", self.salt, component.encode())
        plain = b""
        pages = self.pages()
        total = len(self.body) - 20 * len(pages)
        for number, last, page in pages:
            place = struct.pack(">QBQ", number, last, total if last else 0)
            plain += aes_open(key, page[:4], page[4:], self.header + place)
        return plain


def open_pages(sstable, component, data):
    extents, end = [], len(data)
    while True:
        need(end >= 76 and data[end - 4:end] == b"TDEX")
        length = struct.unpack(">q", data[end - 12:end - 4])[0]
        need(76 <= length <= end and len(extents) < 65536)
        extents.insert(0, Extent(data, end - length, end))
        end -= length
        if end == 0:
            break
    plain, tag = b"", None
    for extent in extents:
        need(extent.continues == (tag is not None) and extent.previous == (tag or bytes(16)), "NOT_AUTHENTIC")
        plain += extent.open(sstable, component)
        tag = extent.body[-16:]
    return plain


def open_chunk(sstable, key_id, salt, place, chunk):
    """(code of the inner compression, payload)"""
    need(len(chunk) >= 25 and chunk[0] >> 4 == 1)
    need(struct.unpack(">I", chunk[1:5])[0] == place, "NOT_AUTHENTIC")
    key = sstable.derive(key_id, "sstable-chunk", salt)
    payload = aes_open(key, chunk[5:9], chunk[9:], sstable.uid + salt + struct.pack(">H", key_id) + chunk[:9])
    need(chunk[0] & 15 <= 4)
    return chunk[0] & 15, payload


def uncompress(inner, own, payload, chunk_length):
    need(NAMES[inner] in ("STORED", own), "UNFIT")
    return decompress(inner, payload, chunk_length)


class ChunkIndex:
    """CompressionInfo.db."""

    def __init__(self, data):
        fields = Bytes(data)
        name = fields.text()
        need(name == "EncryptedSSTableCompressor")
        count = fields.number(4, signed=True)
        pairs = [(fields.text(), fields.text()) for _ in range(count)] if 0 <= count <= 64 else []
        options = dict(pairs)
        need(len(pairs) == 4 and set(options) == {"salt", "data_key", "inner", "mac"})
        self.chunk_length, limit, self.length, chunks = struct.unpack(">iiqi", fields.take(20))
        need(chunks > 0)
        self.offsets = [fields.number(8, signed=True) for _ in range(chunks)] if chunks <= len(data) // 8 else need(False)
        need(fields.at == len(data))
        need(options["inner"] in NAMES and options["data_key"].isdecimal() and int(options["data_key"]) <= 65535)
        try:
            self.salt = bytes.fromhex(options["salt"])
        except ValueError:
            raise Rejected("MALFORMED") from None
        need(len(self.salt) == 16)
        self.inner, self.key_id = options["inner"], int(options["data_key"])
        self.code = options.pop("mac")
        self.message = self.text(name) + struct.pack(">I", len(options))
        for option in sorted(options):
            self.message += self.text(option) + self.text(options[option])
        self.message += struct.pack(">iiqi", self.chunk_length, limit, self.length, chunks)
        self.message += b"".join(struct.pack(">q", offset) for offset in self.offsets)

    @staticmethod
    def text(value):
        return struct.pack(">I", len(value.encode())) + value.encode()

    def verify(self, sstable):
        key = sstable.derive(self.key_id, "chunk-index", self.salt, length=32)
        need(hmac.new(key, self.message, hashlib.sha256).hexdigest() == self.code, "NOT_AUTHENTIC")


class Part:
    """A sealed part of Statistics.db, which holds its own data key."""

    def __init__(self, data):
        fields = Bytes(data)
        need(fields.take(7) == b"TDESTAT" and fields.number(1) == 1)
        self.uid = fields.take(16)
        self.row = Row(fields, (2,))
        need(self.row.id == 0)
        self.salt = fields.take(16)
        need(len(data) - fields.at >= 16)
        self.head, self.sealed = data[:fields.at], data[fields.at:]

    def open(self, uid, keys, name):
        """(key spec, Cassandra's bytes)"""
        need(self.uid == uid, "NOT_AUTHENTIC")
        data_key = self.row.unwrap(uid, keys)
        key = hkdf(data_key, self.salt, "cassandra-tde/1 statistics", uid + name.encode(), len(data_key))
        plain = aes_open(key, bytes(4), self.sealed, self.head)
        try:
            fields = Bytes(plain)
            spec = fields.take(fields.number(2))
            of_spec = Bytes(spec)
            texts = [of_spec.text() for _ in range(5)]
            need(of_spec.number(2) in (128, 192, 256) and of_spec.at == len(spec))
            need(texts[0] in ("kmip", "local", "replicated", "pkcs11") and texts[1] and (texts[4] or texts[0] != "local"))
        except Rejected:
            raise Rejected("UNFIT") from None
        return spec, plain[fields.at:]


# Vectors


def value(vector, name):
    return bytes.fromhex(vector[name].replace("-", ""))


def check_carrier(vector, sstable):
    for row in sstable.rows:
        sstable.data_key(row.id)
    rows = [row.split("/") for row in vector["rows"].split(" ") if row != "-"]
    assert sstable.uid.hex() == vector["uid"]
    assert [(str(r.id), r.wrapped_by, sstable.data_key(r.id).hex(), r.salt.hex()) for r in sstable.rows] == [tuple(r) for r in rows]


def check_chunk(vector, sstable):
    chunk, chunk_length = value(vector, "chunk"), int(vector["chunk_length"])
    need(len(chunk) <= chunk_length + 25, "UNFIT")
    inner, payload = open_chunk(sstable, int(vector["data_key_id"]), value(vector, "salt"), int(vector["place"]), chunk)
    plain = uncompress(inner, vector["own"], payload, chunk_length)
    assert NAMES[inner] == vector["inner"] and payload == value(vector, "payload") and plain == value(vector, "plaintext")
    assert chunk[1:9] == struct.pack(">II", int(vector["ordinal"]), int(vector["counter"]))


def check_index(vector, sstable):
    index = ChunkIndex(value(vector, "file"))
    index.verify(sstable)
    assert index.salt == value(vector, "salt") and index.key_id == int(vector["data_key_id"]) and index.inner == vector["inner"]
    assert index.chunk_length == int(vector["chunk_length"]) and index.length == int(vector["data_length"])
    assert index.offsets == [int(offset) for offset in vector["offsets"].split(" ")]


def check(vector):
    keys = dict(key.rsplit("=", 1) for key in vector["keys"].split(" ") if key != "-")
    try:
        keys = {k: bytes.fromhex(v) for k, v in keys.items()}
        sstable = SSTable(Carrier(value(vector, "carrier")), keys)
        if vector["kind"] == "carrier":
            check_carrier(vector, sstable)
        elif vector["kind"] == "page":
            assert open_pages(sstable, vector["component"], value(vector, "file")) == value(vector, "plain")
        elif vector["kind"] == "chunk":
            check_chunk(vector, sstable)
        elif vector["kind"] == "index":
            check_index(vector, sstable)
        else:
            assert vector["kind"] == "part"
            part = Part(value(vector, "sealed"))
            opened = part.open(sstable.uid, keys, vector["name"])
            assert opened == (value(vector, "spec"), value(vector, "plain")) and part.salt == value(vector, "salt")
    except Rejected as e:
        return str(e)
    return "OPENS"


def check_vectors(path):
    with open(path, encoding="utf-8") as file:
        blocks = [b for b in file.read().split("\n\n") if b.strip()]
    bad = 0
    for block in blocks:
        vector = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith("#"))
        result = check(vector)
        if result != vector["result"]:
            bad += 1
            print(f"{vector['vector']}: {result}, stated {vector['result']}")
    if not bad:
        print(f"{len(blocks)} vectors as stated")
    return 1 if bad or not blocks else 0


# SSTables


def read_keys(path):
    keys = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            if line.startswith("AES") and line.count(":") == 2:
                key = base64.b64decode(line.split(":")[2])
                number = bytearray(hkdf(key, b"", "cassandra-tde/1 local-key-id", b"", 16))
                number[6], number[8] = number[6] & 15 | 0x80, number[8] & 63 | 0x80
                keys[str(uuid.UUID(bytes=bytes(number)))] = key
            else:
                name, _, key = line.rpartition("=")
                keys[name.strip()] = bytes.fromhex(key.strip())
    return keys


def read_data(sstable, index, data):
    """(the bytes in clear, a line that says what is there)"""
    plain, counts = b"", {}
    for place, (start, end) in enumerate(zip(index.offsets, index.offsets[1:] + [len(data)])):
        need(0 <= start and start + 29 <= end <= len(data))
        chunk = data[start:end - 4]
        need(len(chunk) <= index.chunk_length + 25, "UNFIT")
        need(zlib.crc32(chunk) == int.from_bytes(data[end - 4:end], "big"), f"CRC-32 of chunk {place}")
        inner, payload = open_chunk(sstable, index.key_id, index.salt, place, chunk)
        part = uncompress(inner, index.inner, payload, index.chunk_length)
        need(len(part) == min(index.chunk_length, index.length - len(plain)), f"chunk {place} has {len(part)} bytes in clear")
        plain += part
        counts[NAMES[inner]] = counts.get(NAMES[inner], 0) + 1
    need(len(plain) == index.length, f"{len(plain)} bytes in clear")
    return plain, f"chunks of {index.chunk_length} bytes under data key {index.key_id}, by inner compression: {counts}"


def read_statistics(sstable, data):
    """Yields (name of a part, the id of its wrapping key, its bytes in clear)."""
    fields = Bytes(data)
    count = fields.number(4)
    need(fields.number(4) == zlib.crc32(data[:4]) and count <= len(PARTS))
    table = [(fields.number(4), fields.number(4)) for _ in range(count)]
    need(fields.number(4) == zlib.crc32(data[:4] + data[8:8 + 8 * count]))
    need(table == sorted(set(table)) and all(kind < len(PARTS) for kind, _ in table))
    for i, (kind, position) in enumerate(table):
        end = table[i + 1][1] if i + 1 < count else len(data)
        need(fields.at == position and position + 5 <= end)
        part = fields.take(end - position - 4)
        need(fields.number(4) == zlib.crc32(part) and part[0] <= 1)
        need(part[0] == (1 if sstable.rows else 0), "NOT_AUTHENTIC")
        if part[0] == 0:
            yield PARTS[kind], None, part[1:]
        else:
            need(len(part) >= 5 and struct.unpack(">I", part[1:5])[0] == len(part) - 5)
            sealed = Part(part[5:])
            yield PARTS[kind], sealed.row.wrapped_by, sealed.open(sstable.uid, sstable.keys, "Statistics.db/" + PARTS[kind])[1]


def read_sstable(carrier_file, keys, out):
    """Prints a line for each component; returns how many were rejected."""
    prefix = carrier_file.name[:-len("Encryption.db")]
    files = {f.name[len(prefix):]: f for f in sorted(carrier_file.parent.glob(prefix + "*"))}
    bad = 0

    def component(name, read):
        nonlocal bad
        try:
            need(name in files, "it is missing")
            print(f"{prefix}{name}: {read(files[name].read_bytes())}")
        except Rejected as e:
            bad += 1
            print(f"{prefix}{name}: REJECTED, {e}")

    def save(name, plain):
        if out:
            (out / (prefix + name)).write_bytes(plain)

    try:
        sstable = SSTable(Carrier(carrier_file.read_bytes()), keys)
    except Rejected as e:
        print(f"{carrier_file.name}: REJECTED, {e}")
        return 1
    print(f"{carrier_file.name}: SSTable {sstable.uid.hex()}, " + (", ".join(f"data key {r.id} wrapped by {r.wrapped_by}" for r in sstable.rows) or "in clear"))

    def statistics(data):
        lengths = []
        for part, wrapped_by, plain in read_statistics(sstable, data):
            lengths.append(f"{part} {len(plain)}" + (f" wrapped by {wrapped_by}" if wrapped_by else ""))
            save("Statistics.db." + part, plain)
        return "bytes of parts: " + ", ".join(lengths)

    indexes = []

    def index(data):
        found = ChunkIndex(data)
        found.verify(sstable)
        indexes.append(found)
        return f"authentic, {found.length} bytes in {len(found.offsets)} chunks"

    def chunks(data):
        plain, what = read_data(sstable, indexes[0], data)
        save("Data.db", plain)
        return what

    def digest(data):
        need(int(data) == zlib.crc32(files["Data.db"].read_bytes()), "CRC-32 of Data.db")
        return "as Data.db is on disk"

    def pages(name, data):
        plain = open_pages(sstable, name, data)
        save(name, plain)
        return f"{len(plain)} bytes in clear"

    component("Statistics.db", statistics)
    if "Digest.crc32" in files:
        component("Digest.crc32", digest)
    if sstable.rows:
        component("CompressionInfo.db", index)
        if indexes:
            component("Data.db", chunks)
        for name in files:
            if name not in RAW:
                component(name, lambda data: pages(name, data))
    return bad


def main():
    if len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        return check_vectors(sys.argv[1])
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--keys", required=True)
    arguments.add_argument("--out", type=pathlib.Path)
    arguments.add_argument("table", type=pathlib.Path)
    given = arguments.parse_args()
    carriers = sorted(given.table.glob("*-ebti-Encryption.db"))
    keys = read_keys(given.keys)
    bad = sum(read_sstable(carrier, keys, given.out) for carrier in carriers)
    print(f"{len(carriers)} SSTables, {bad} components rejected")
    return 1 if bad or not carriers else 0


if __name__ == "__main__":
    sys.exit(main())
