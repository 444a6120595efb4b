"""A page full of links that lead where a crawl has no business: no connection is made, and each is a row."""

from __future__ import annotations

from typing import Any


def hostile_links(victim: int, neighbour: int) -> list[str]:
    """Sixty ways to write what is not on the site: `victim` listens on 127.0.0.2, `neighbour` on 127.0.0.1."""
    return [
        # no page of the web at all
        "file:///etc/passwd",
        "file://127.0.0.2/etc/passwd",
        "data:text/html,<h1>公开征求意见</h1>",
        "ftp://127.0.0.2/a",
        "gopher://127.0.0.2/a",
        "s3://bucket/key",
        "ws://127.0.0.2/a",
        f"view-source:http://127.0.0.2:{victim}/",
        "jar:http://127.0.0.2/a.jar!/b",
        "telnet://127.0.0.2:23/",
        # loopback, in every spelling that some resolver takes
        f"http://127.0.0.2:{victim}/plain",
        f"http://127.0.0.1:{neighbour}/neighbour",
        f"http://localhost:{neighbour}/name",
        f"http://LOCALHOST.:{neighbour}/dot",
        f"http://localhost.localdomain:{neighbour}/domain",
        f"http://ip6-localhost:{neighbour}/hosts-file",
        f"http://[::1]:{neighbour}/six",
        f"http://[::ffff:127.0.0.2]:{victim}/mapped",
        f"http://[::ffff:7f00:2]:{victim}/mapped-hex",
        f"http://[0:0:0:0:0:ffff:7f00:0002]:{victim}/mapped-long",
        f"http://[::127.0.0.2]:{victim}/compatible",
        f"http://[64:ff9b::7f00:2]:{victim}/nat64",
        f"http://[2002:7f00:2::]:{victim}/6to4",
        f"http://0x7f000002:{victim}/hex",
        f"http://0X7F.0.0.2:{victim}/hex-part",
        f"http://2130706434:{victim}/decimal",
        f"http://0177.0.0.2:{victim}/octal",
        f"http://017700000002:{victim}/octal-whole",
        f"http://127.2:{victim}/short",
        f"http://127.0.2:{victim}/three-parts",
        f"http://127.0.0.02:{victim}/leading-zero",
        f"http://0:{neighbour}/zero",
        f"http://0.0.0.0:{neighbour}/zeros",
        f"http://[::]:{neighbour}/unspecified",
        f"http://①②⑦.⓪.⓪.②:{victim}/circled",
        f"http://127。0。0。2:{victim}/full-stops",
        f"http://127.0.0.2%00.example.com:{victim}/nul",
        f"http://127.0.0.2\\@www.example.com:{victim}/backslash",
        "http://127.0.0.1:22/ssh",
        f"//127.0.0.2:{victim}/no-scheme",
        "http://instance-data/latest/",
        # networks inside, and where clouds keep their credentials
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://172.31.255.254/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[fe80::1%25eth0]/",
        "http://[fc00::1]/",
        # whom the link seems to name
        f"http://127.0.0.1@127.0.0.2:{victim}/user",
        f"http://user:pass@127.0.0.2:{victim}/password",
        "http://127.0.0.1:99999/",
        "http://a..b/",
        "http://[::1/",
        "http://раураl.example/",
    ]


def test_no_connection_is_made_for_sixty_hostile_links_and_each_is_a_refusal(
    site: Any, new_site: Any, web: Any, crawler: Any
) -> None:
    victim, neighbour = new_site("127.0.0.2"), new_site()
    links = hostile_links(victim.port, neighbour.port)
    assert len(links) == 60
    site.pages["/a"] = web.article(1, *links)
    crawl = crawler.scrapy(f"{site.url}/a")
    assert victim.connections == neighbour.connections == 0
    ends = crawl.pages
    assert ends.pop(f"{site.url}/a") == ("fetched", None)
    assert {state for state, _ in ends.values()} == {"refused"}
    assert len(ends) == 60
