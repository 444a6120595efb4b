"""No redirect leaves this site.

Datasette strips a trailing slash by redirecting: `/\\evil.example/` went to `/\\evil.example`, which browsers
read as `//evil.example`, another site.
"""

from functools import wraps

from datasette import Response, hookimpl


def leaves_site(location):
    # Browsers drop tabs and line ends from an address and take a backslash for a slash.
    location = location.translate({9: None, 10: None, 13: None}).replace("\\", "/").lstrip()
    return not location.startswith("/") or location.startswith("//")


@hookimpl(tryfirst=True)  # innermost, so that the refusal gets the security headers too
def asgi_wrapper(datasette):
    def refuse_offsite_redirects(app):
        @wraps(app)
        async def guarded(scope, receive, send):
            refused = False

            async def send_guarded(message):
                nonlocal refused
                if message["type"] == "http.response.start":
                    refused = any(
                        bytes(name).lower() == b"location" and leaves_site(bytes(value).decode("latin-1"))
                        for name, value in message.get("headers", ())
                    )
                    if refused:
                        await Response.text("Not found", status=404).asgi_send(send)
                if not refused:
                    await send(message)

            await app(scope, receive, send_guarded)

        return guarded

    return refuse_offsite_redirects
