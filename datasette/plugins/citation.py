"""How to cite an article, in the form of GB/T 7714: reporter. title[EB/OL]. source, (date)[seen]. address."""

from datasette import hookimpl


def citation(article):
    where = f"{article['source']}, " if article["source"] else ""
    published = f"({article['published']})" if article["published"] else ""
    seen = f"[{article['last_seen'][:10]}]"
    parts = (article["reporter"], f"{article['title']}[EB/OL]", f"{where}{published}{seen}", article["url"])
    return ". ".join(part for part in parts if part) + "."


@hookimpl
def prepare_jinja2_environment(env):
    env.filters["citation"] = citation
