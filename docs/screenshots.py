"""Take the pictures of the documentation anew: crawl the sample site, serve it, photograph it.

Needs Debian's chromium. Run from the project's root: .venv/bin/python docs/screenshots.py
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PAGES = {
    "home": ("/", 1200, 900),
    "search": ("/search?_search=洛阳", 1200, 900),
    "article": ("/archive/articles/1", 1200, 1000),
    "article-phone": ("/archive/articles/1", 390, 800),
}


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    jianbao = str(Path(sys.executable).with_name("jianbao"))
    with tempfile.TemporaryDirectory() as data:
        subprocess.run([jianbao, "demo", "--no-serve", "--data", data], check=True)
        server = subprocess.Popen([jianbao, "serve", "--data", data, "--port", "0"], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+", server.stdout.readline())
            assert address is not None
            take(address[0].rstrip("/"))
        finally:
            server.terminate()
            server.wait()


def take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, (path, width, height) in PAGES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            page.goto(address + path)
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
