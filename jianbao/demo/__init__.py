"""The bundled sample site: two small content farms over real HTTP on loopback, with their known truth."""

from jianbao.demo.server import Request
from jianbao.demo.site import DemoSite
from jianbao.demo.truth import DemoArticle, DemoRelated

__all__ = ["DemoArticle", "DemoRelated", "DemoSite", "Request"]
