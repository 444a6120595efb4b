"""The words of the interface in the reader's language, all from one table: labels.yaml.

A page is in Chinese or English by the cookie that the switch in its head sets, else by Accept-Language. Archived
text stays what it is, marked `lang="zh-CN"` in the templates.
"""

import re
from functools import wraps
from pathlib import Path

import yaml
from datasette import Response, hookimpl
from jinja2 import pass_context

TABLE = yaml.safe_load((Path(__file__).parent.parent / "labels.yaml").read_text(encoding="utf-8"))
LANGUAGES = TABLE["languages"]
COOKIE = "jianbao_language"
YEAR_SECONDS = 365 * 24 * 3600
ADDRESS = re.compile(r"/[!-~]*")
"""What can stand in a header: a line end in it would be an internal error."""


def language_of(request):
    """`zh-CN` or `en`. Who asks for other languages only reads English likelier than Chinese."""
    if request is None:
        return LANGUAGES[0]
    if request.cookies.get(COOKIE) in LANGUAGES:
        return request.cookies[COOKIE]
    wanted = preferences(request.headers.get("accept-language", ""))
    for name in wanted:
        for language in LANGUAGES:
            if name.partition("-")[0] == language.partition("-")[0]:
                return language
    return "en" if [name for name in wanted if name != "*"] else LANGUAGES[0]


def preferences(accepted):
    """The languages of an Accept-Language header, the most wanted first, without those not wanted."""
    weighed = []
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0
        if name.strip() and quality > 0:
            weighed.append((quality, name.strip()))
    return [name for _, name in sorted(weighed, key=lambda pair: -pair[0])]


def text_in(language, key, **values):
    return TABLE["text"][key][LANGUAGES.index(language)].format(**values)


def place(context):
    return LANGUAGES.index(language_of(context.get("request")))


@pass_context
def text(context, key, **values):
    return TABLE["text"][key][place(context)].format(**values)


@pass_context
def language(context):
    return language_of(context.get("request"))


# What has no label passes through: people bring their own tables and columns.
@pass_context
def table_label(context, name):
    return TABLE["tables"][name][place(context)] if name in TABLE["tables"] else name


@pass_context
def column_label(context, name):
    return TABLE["columns"][name][place(context)] if name in TABLE["columns"] else name


@pass_context
def value_label(context, value, column):
    labels = TABLE["values"].get(column, {})
    if isinstance(value, str) and (parts := value.split(": ", 1))[0] in labels:
        what, *detail = (labels[part][place(context)] if part in labels else part for part in parts)
        return text(context, "with_detail", what=what, detail=detail[0]) if detail else what
    return value


@pass_context
def finding_label(context, finding, part):
    """The `sentence` or the `advice` of a row of `findings`, which the archive has in English."""
    chinese = TABLE["findings"].get(finding["check"]) if place(context) == 0 else None
    if chinese is None:
        return finding[part]
    return chinese[part].format(**{figure: finding[figure] or 0 for figure in ("figure", "low", "high")})


@pass_context
def described(context, metadata, key):
    """What metadata.yaml says under a key, in Chinese where it has that too: `description_zh`, `columns_zh`."""
    metadata = metadata or {}
    chinese = metadata.get(f"{key}_zh") if place(context) == 0 else None
    return chinese or metadata.get(key)


@hookimpl
def prepare_jinja2_environment(env):
    env.globals.update(t=text, language=language, text_in=text_in, language_of=language_of)
    for name in (table_label, column_label, value_label, finding_label, described):
        env.filters[name.__name__] = name


@hookimpl
def register_routes():
    return [(r"/-/language/(?P<language>[\w-]+)$", switch)]


async def switch(datasette, request):
    """Set the cookie and go back to where the reader was, which onsite_redirects.py holds to this site."""
    back = request.args.get("to") or ""
    response = Response.redirect(back if ADDRESS.fullmatch(back) else datasette.urls.instance())
    if request.url_vars["language"] in LANGUAGES:
        response.set_cookie(COOKIE, request.url_vars["language"], max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response


@hookimpl
def asgi_wrapper(datasette):
    def vary_by_language(app):
        """Else a browser shows the page that it kept in the other language."""

        @wraps(app)
        async def varying(scope, receive, send):
            async def send_varying(message):
                if message["type"] == "http.response.start":
                    headers = [*message.get("headers", ()), (b"vary", b"accept-language, cookie")]
                    message = {**message, "headers": headers}
                await send(message)

            await app(scope, receive, send_varying)

        return varying

    return vary_by_language
