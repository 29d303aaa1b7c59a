"""A deck on this machine: a server that nobody else reaches, and a browser if there is one."""

from __future__ import annotations

import os
import platform
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO
from urllib.parse import quote

HOST = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the files of one folder, and says nothing; its page also where no file is named."""

    def __init__(self, *request: Any, page: Path) -> None:
        self.page = page
        super().__init__(*request, directory=str(page.parent))

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Answer only who asks for this machine by its own name: no other site may read it."""
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            self.send_error(403)
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:
        """No folder is listed."""
        if self.path == "/":
            self.send_response(302)
            self.send_header("Location", quote(f"/{self.page.name}"))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the command has said where the deck is."""


def _server(page: Path, port: int) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer((HOST, port), partial(_Handler, page=page))
    except OSError as error:
        raise OSError(
            f"Port {port} cannot be used ({error.strerror}); leave out --port for a free one."
        ) from error


def check_port(port: int) -> None:
    """Tell whether a port is free before anything is made; OSError where it is taken."""
    _server(Path(), port).server_close()


@contextmanager
def served(page: Path, port: int = 0) -> Iterator[str]:
    """Serve a page's folder on this machine alone; the page's address. Port 0 takes a free one.

    OSError where the port is taken.
    """
    server = _server(page, port)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/{quote(page.name)}"
    finally:
        server.shutdown()
        server.server_close()


def opens_browser(address: str) -> bool:
    """Open the address in a browser with windows; whether there is one."""
    if platform.system() == "Linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
