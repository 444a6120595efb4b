"""The password as a program gives it, in the header `Authorization: Basic`, in any letters.

datasette-auth-passwords reads ASCII alone and answers all else with a fault of ours, whether there is a password or not.
"""

from base64 import b64decode, b64encode
from functools import wraps

from datasette import hookimpl
from datasette_auth_passwords.utils import verify_password

NOBODY = b"Basic " + b64encode(b":")


def give_actor(datasette, scope):
    """The scope without credentials that are not ASCII: whoever they belong to stands in it instead."""
    given = dict(scope.get("headers") or ()).get(b"authorization", b"")
    if not given.startswith(b"Basic "):
        return scope
    try:
        credentials = b64decode(given.removeprefix(b"Basic "))
        if credentials.isascii():
            return scope
        user, _, password = credentials.decode().partition(":")
    except ValueError:  # no base64, no UTF-8
        user = password = ""
    known = (datasette.plugin_config("datasette-auth-passwords") or {}).get(f"{user}_password_hash")
    actor = {"actor": {"id": user}} if known and verify_password(password, known) else {}
    # A wrong password is left as one, so that the answer is not the form for people.
    headers = [(name, NOBODY if name == b"authorization" else value) for name, value in scope["headers"]]
    return {**scope, "headers": headers, **actor}


@hookimpl
def asgi_wrapper(datasette):
    def read_credentials(app):
        @wraps(app)
        async def read(scope, receive, send):
            await app(give_actor(datasette, scope) if scope["type"] == "http" else scope, receive, send)

        return read

    return read_credentials
