"""axe-core finds nothing serious on any page, in either colour scheme and language. (axe/ is axe-core 4.14.1.)"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/search?_search=洛阳",
    "/search?_search=设备&source=河阳晨报",
    "/search?_search=没有的词",
    "/archive/articles",
    "/archive/articles/1",
    "/archive/versions/2?_against=1",
    "/archive/articles/5/graph",
    "/archive",
    "/archive/removals",
    "/archive/removals/1",
    "/archive/removals_by_rule",
    "/archive/crawl_trend",
    "/archive/pages/1",
    "/archive?sql=select+1",
    "/nowhere",
)


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-CN"), ("dark", "en-US")])
def test_nothing_serious(chromium: Browser, address: str, scheme: str, language: str) -> None:
    dark = "dark" if scheme == "dark" else "light"
    # The site's own policy keeps out the inline script that the check is.
    context = chromium.new_context(base_url=address, locale=language, color_scheme=dark, bypass_csp=True)
    page = context.new_page()
    found = {}
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.evaluate(AXE)
        violations = page.evaluate("axe.run().then(result => result.violations)")
        serious = [
            (violation["id"], [node["html"] for node in violation["nodes"]][:3])
            for violation in violations
            if violation["impact"] in ("serious", "critical")
        ]
        if serious:
            found[path] = serious
    context.close()
    assert found == {}
