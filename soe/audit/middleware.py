from .context import request_context


class ActorMiddleware:
    """Makes the signed-in person of the request the actor of everything it writes."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with request_context(request):
            return self.get_response(request)
