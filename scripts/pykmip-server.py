#!/usr/bin/python3
"""Runs a real PyKMIP server for tests; it stops when its standard input closes, so it never outlives a test.

    /usr/bin/python3 scripts/pykmip-server.py --dir DIR --cert server.pem --key server.key --ca ca.pem
                     [--listen 127.0.0.1] [--port 0]

Prints one line, "listening on HOST:PORT", once connections are accepted. DIR receives pykmip.db (SQLite, key bytes
in clear: an oracle for tests), server.log and an empty policy folder. Certificates: EC P-256 (with RSA, PyKMIP offers no
GCM suite); the client's needs extendedKeyUsage=clientAuth and exactly one CN, which owns the keys that it makes.

Differences from Debian's /usr/bin/pykmip-server, all in how it is started: an SSLContext with TLS 1.2 and 1.3 instead of
ssl.wrap_socket (removed in Python 3.12), a port of the system's choice, policies in this process instead of a manager
process, and the end by end-of-file. The protocol engine is PyKMIP's own, unchanged.
Needs Debian's python3-pykmip: use /usr/bin/python3, another python3 on the PATH lacks the module.
"""
import argparse
import copy
import os
import socket
import ssl
import sys
import threading

try:
    from kmip.core import policy as operation_policy
    from kmip.services.server import KmipServer
    from kmip.services.server import engine
except ImportError:
    sys.exit("PyKMIP is missing for %s: run 'apt-get install python3-pykmip' and use /usr/bin/python3" % sys.executable)


class Server(KmipServer):
    def start(self):
        settings = self.config.settings
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(settings["certificate_path"], settings["key_path"])
        context.load_verify_locations(settings["ca_path"])
        self._engine = engine.KmipEngine(
            policies=copy.deepcopy(operation_policy.policies), database_path=settings["database_path"])
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings["hostname"], self.wanted_port))
        listener.listen(128)
        # The session thread makes the handshake, so a slow client cannot hold up the others.
        self._socket = context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
        self._is_serving = True
        return self._socket.getsockname()

    def serve(self):
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                continue
            self._setup_connection_handler(connection, address)


def main():
    arguments = argparse.ArgumentParser(description="PyKMIP for tests; stops at end of standard input")
    arguments.add_argument("--dir", required=True, help="folder for database, log and policies")
    arguments.add_argument("--cert", required=True, help="server certificate, PEM")
    arguments.add_argument("--key", required=True, help="its private key, PEM")
    arguments.add_argument("--ca", required=True, help="certificate authority of the clients, PEM")
    arguments.add_argument("--listen", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=0, help="0: the system chooses")
    options = arguments.parse_args()

    policies = os.path.join(options.dir, "policy")
    os.makedirs(policies, exist_ok=True)
    server = Server(
        hostname=options.listen, port=5696, certificate_path=options.cert, key_path=options.key, ca_path=options.ca,
        auth_suite="TLS1.2", config_path=None, log_path=os.path.join(options.dir, "server.log"), policy_path=policies,
        enable_tls_client_auth=True, logging_level="INFO", database_path=os.path.join(options.dir, "pykmip.db"))
    server.wanted_port = options.port
    host, port = server.start()
    threading.Thread(target=server.serve, name="accept", daemon=True).start()
    print("listening on %s:%d" % (host, port), flush=True)
    while sys.stdin.buffer.read(4096):
        pass
    # Sessions are daemon threads blocked in reads; SQLite commits per operation, so nothing is lost by leaving at once.
    os._exit(0)


if __name__ == "__main__":
    main()
