"""Headers that keep archived text inert in a reader's browser, on every answer."""

from functools import wraps

from datasette import hookimpl

# Our templates have neither inline script nor inline style, so neither is allowed.
HEADERS = {
    b"content-security-policy": b"; ".join(
        (
            b"default-src 'none'",
            b"script-src 'self'",
            b"style-src 'self'",
            b"img-src 'self' data:",
            b"font-src 'self'",
            b"connect-src 'self'",
            b"form-action 'self'",
            b"frame-ancestors 'none'",
            b"base-uri 'none'",
        )
    ),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
}


@hookimpl(trylast=True)  # outermost: every answer, whoever gave it
def asgi_wrapper(datasette):
    def add_security_headers(app):
        @wraps(app)
        async def guarded(scope, receive, send):
            async def send_guarded(message):
                if message["type"] == "http.response.start":
                    kept = [pair for pair in message.get("headers", ()) if bytes(pair[0]).lower() not in HEADERS]
                    message = {**message, "headers": [*kept, *HEADERS.items()]}
                await send(message)

            await app(scope, receive, send_guarded)

        return guarded

    return add_security_headers
