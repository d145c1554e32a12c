"""Notifications as a web application gets them."""

from __future__ import annotations

from urllib.parse import urlsplit

from hoiio import HoiioClient
from hoiio.notification import Notification
from hoiio.sandbox import ACCESS_TOKEN, APP_ID
from tests.sandbox.conftest import Post

__all__ = ['parse']

_client = HoiioClient(APP_ID, ACCESS_TOKEN)


def parse(post: Post) -> Notification:
    """Verify and parse what was posted."""
    signature = post.headers['X-Hoiio-Signature']
    query = urlsplit(post.path).query
    return _client.notification.parse(post.body, signature, query=query)
