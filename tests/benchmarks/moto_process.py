"""Serve moto, repaired as the local stack's is, in a process of its own.

python -m tests.benchmarks.moto_process      (prints the port)
"""

import os
import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.moto_repairs import repair_moto
from local.server import WsgiServer


def main() -> None:
    """Serve until the process ends."""
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"
    repair_moto()
    server = WsgiServer(0, DomainDispatcherApplication(create_backend_app))
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
