"""Where the archive has a password, whoever has not given it yet is asked for it.

datasette-auth-passwords checks it. Its own answer is a page that says "Forbidden".
"""

from datasette import Response, hookimpl


@hookimpl
def forbidden(datasette, request):
    if not datasette.plugin_config("datasette-auth-passwords") or request.actor:
        return None
    if request.headers.get("authorization"):  # a program, which no form helps
        header = {"WWW-Authenticate": 'Basic realm="jianbao", charset="UTF-8"'}
        return Response.text("wrong password", status=401, headers=header)
    return Response.redirect(datasette.urls.path("/-/login")) if request.method == "GET" else None
