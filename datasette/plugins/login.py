"""Where the archive has a password, whoever has not given it yet is asked for it.

datasette-auth-passwords checks it. Its own answer is a page that says "Forbidden".
"""

from datasette import Response, hookimpl


@hookimpl
def forbidden(datasette, request):
    has_password = datasette.plugin_config("datasette-auth-passwords")
    asks = has_password and not request.actor and request.method == "GET"
    return Response.redirect(datasette.urls.path("/-/login")) if asks else None
