"""The vectors of docs/FORMAT-KEY-COPY.md, "Export", from its text alone. Needs cryptography 44 or later, over OpenSSL 3.2 or later.

sealed-key-v1.txt (sealed keys) goes to standard output, or with the argument 'file' a whole file under the passphrase PASSPHRASE."""
import base64
import hashlib
import hmac
import json
import struct
import sys
import uuid
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PASSPHRASE = b'correct horse battery staple 7'
T = 1795737600000
lp = lambda b: struct.pack('>H', len(b)) + b
lq = lambda b: struct.pack('>I', len(b)) + b
info = lambda label: lp(b'cassandra-tde/1 ' + label) + lp(b'')
b64 = lambda b: base64.b64encode(b).decode()


def hkdf(key, salt, label, n=32):
    return HKDF(algorithm=hashes.SHA256(), length=n, salt=salt, info=info(label)).derive(key)


def check(material):
    return struct.unpack('>I', hkdf(material, None, b'check-value')[:4])[0]


def seal(recipient, ephemeral, material, kid, version, state, master, space):
    ephemeral = X25519PrivateKey.from_private_bytes(ephemeral)
    public = ephemeral.public_key().public_bytes_raw()
    head = b'TDEKEYX\x01' + struct.pack('>16sIIHBQQQ', kid.bytes, version, check(material), 8 * len(material), state, T, T + 1, T + 2)
    head += lp(master) + lp(space) + recipient + public
    key = hkdf(ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient)), public + recipient, b'key-export')
    return head + AESGCM(key).encrypt(b'\0' * 12, material, head)


KEYS = [('7d0e1b86-8f3c-4f6a-9a52-4f1c6f1d2a10', 3, 2, b'payments', b'cards', 32, 0x41),
        ('00000000-0000-4000-8000-00000000000a', 1, 3, b'payments', b'', 16, 0x42),
        ('ffffffff-ffff-4fff-bfff-ffffffffffff', 1 << 30, 5, 'sch\u00fcssel'.encode(), b'n' * 1024, 24, 0x43)]


def sealed(recipient):
    for n, (kid, version, state, master, space, length, fill) in enumerate(KEYS):
        eph, material = bytes([0x60 + n] * 32), bytes([fill] * length)
        yield uuid.UUID(kid), version, state, master, space, material, eph, seal(recipient, eph, material, uuid.UUID(kid), version, state, master, space)


if sys.argv[1:] == ['file']:
    salt = bytes(range(16))
    root = Argon2id(salt=salt, length=32, iterations=2, lanes=4, memory_cost=19456).derive(PASSPHRASE)
    private = X25519PrivateKey.from_private_bytes(hkdf(root, None, b'passphrase-key'))
    public = private.public_key().public_bytes_raw()
    header = salt + struct.pack('>III', 19456, 2, 4) + public
    cluster, at = 'vector', '2026-11-27T12:00:00Z'
    entries, content = [], header + lq(cluster.encode()) + lq(at.encode()) + struct.pack('>I', len(KEYS))
    for kid, version, state, master, space, material, eph, bytes_ in sealed(public):
        entries.append({'key': str(kid), 'master': master.decode(), 'sealed': b64(bytes_)})
        content += lq(bytes_)
    mac = hmac.new(hkdf(root, None, b'passphrase-mac'), content, hashlib.sha256).digest()
    print(json.dumps({'format': 'cassandra-tde-key-export', 'version': 2, 'cluster': cluster, 'exported_at': at,
                      'passphrase': {'function': 'argon2id', 'salt': b64(salt), 'memory_kib': 19456, 'passes': 2, 'lanes': 4,
                                     'public_key': b64(public), 'checksum': b64(hashlib.sha256(header).digest()[:8])},
                      'keys': entries, 'mac': b64(mac)}, indent=1))
else:
    own = bytes([0x51] * 32)
    recipient = X25519PrivateKey.from_private_bytes(own).public_key().public_bytes_raw()
    print('# docs/FORMAT-KEY-COPY.md, "Export", by a script written from it alone (keycache/src/test/python/make_key_exports.py).')
    print('# key id,version,state,master,namespace|private key of the recipient|ephemeral private key|data key|sealed key')
    for kid, version, state, master, space, material, eph, bytes_ in sealed(recipient):
        print('|'.join([','.join([str(kid), str(version), str(state), master.decode(), space.decode()]), own.hex(), eph.hex(), material.hex(), bytes_.hex()]))
