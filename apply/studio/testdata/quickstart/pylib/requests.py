"""The part of the requests package that the quick start uses, over urllib.

It stands in where requests is not installed, so that the program itself can
run as the API document prints it.
"""
import json as _json
import urllib.error
import urllib.request


class Response:
    def __init__(self, body):
        self._body = body

    def json(self):
        return _json.loads(self._body)


def _send(request):
    try:
        with urllib.request.urlopen(request) as answer:
            return Response(answer.read())
    except urllib.error.HTTPError as refusal:
        return Response(refusal.read())


def get(url, headers):
    return _send(urllib.request.Request(url, headers=headers))


def post(url, headers, json):
    body = _json.dumps(json).encode()
    headers = {**headers, "Content-Type": "application/json"}
    return _send(urllib.request.Request(url, data=body, headers=headers))
