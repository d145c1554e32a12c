"""Post over connections of the SDK's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import Any
from weakref import WeakValueDictionary

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPConnectionPool

from .connection import Attempt, Connection, current_attempt, use_own_pools
from .prepared import Body, origin_of, prepare, proxies_for

__all__ = ['PooledTransport']

# Connections that stay open for the next call. More threads than this may call at the same time.
# The surplus connections are closed after use.
POOL_SIZE = 32

# The hosts whose settings stay in memory: the number to which requests keeps connections.
MOST_HOSTS = 10


class PooledTransport:
    """Post over an adapter of requests, without a session.

    For each request, a session reads the environment and ~/.netrc, collects cookies and hooks, and
    parses the URL. This class reads the environment once for each host and does none of the rest.
    The credentials in ~/.netrc are not for Hoiio, the cookies of one caller are not for the next
    one, and an adapter does not follow redirects.
    """

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._adapter = Adapter(pool_maxsize=POOL_SIZE)
        self._settings: dict[str, dict[str, Any]] = {}

    def check(self, url: str) -> None:
        """Accept every URL, because this adapter does not repeat requests."""

    def post(
        self, url: str, body: Body, timeout: tuple[float, float], attempt: Attempt
    ) -> requests.Response:
        """Post, and return the response, unread and without the body of its request."""
        started = perf_counter()
        headers = CaseInsensitiveDict({**self._headers, 'Content-Length': str(len(body))})
        request, shown = prepare(url, headers, body), prepare(url, headers, None)
        before = current_attempt.set(attempt)
        try:
            response = self._adapter.send(request, timeout=timeout, **self._settings_for(url))
        except requests.RequestException as exc:
            exc.request = shown
            raise
        finally:
            current_attempt.reset(before)
        attempt.keep_out_of_pool(response.raw)
        response.elapsed = timedelta(seconds=perf_counter() - started)
        response.request = shown
        return response

    def _settings_for(self, url: str) -> dict[str, Any]:
        origin = origin_of(url)
        if origin not in self._settings:
            if len(self._settings) >= MOST_HOSTS:
                self._settings.clear()
            session = requests.Session()
            self._settings[origin] = session.merge_environment_settings(
                url, proxies_for(url), True, None, None
            )
        return self._settings[origin]

    def adapters(self) -> Iterable[BaseAdapter]:
        """Return the one adapter."""
        return [self._adapter]

    def close(self) -> None:
        """Close the connections."""
        self._adapter.close()


class Adapter(HTTPAdapter):
    """An adapter whose connections are `Connection`."""

    _pools: WeakValueDictionary[str, HTTPConnectionPool]

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Start with no connections."""
        # The manager decides to which hosts it keeps connections. These are weak references, so
        # that a pool ends when the manager drops it.
        self._pools = WeakValueDictionary()
        super().init_poolmanager(*args, **kwargs)
        use_own_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the manager of the connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        use_own_pools(manager)
        return manager

    def close(self) -> None:
        """Close the connections."""
        self._pools = WeakValueDictionary()
        super().close()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> HTTPConnectionPool:
        """Return the connections to the host of a request.

        This looks them up by the host alone, because nothing else changes between requests. If
        requests computed the key of the pool each time, a send would take 5 % to 14 % more.
        """
        attempt = current_attempt.get()
        attempt.left = False
        origin = origin_of(str(request.url))
        pool = self._pools.get(origin)
        if pool is None:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            super().cert_verify(pool, str(request.url), verify, cert)
            self._pools[origin] = pool
        # Only a connection of the SDK records when the request leaves.
        if not issubclass(pool.ConnectionCls, Connection):
            attempt.left = None
        return pool

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing, because this is done once for each pool.

        If requests looked for the file of certificates each time, a send would take 5 % more.
        """

    def request_url(self, request: requests.PreparedRequest, proxies: dict[str, str] | None) -> str:
        """Return the path of a request: plain http never goes through a proxy.

        If requests parsed the URL each time, a send would take 3 % to 5 % more.
        """
        url = str(request.url)
        return url[len(origin_of(url)) :]

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Make the response, and look for cookies only if there are any.

        If requests looked for cookies each time, a send would take 3 % to 4 % more.
        """
        if 'Set-Cookie' in resp.headers:
            return super().build_response(req, resp)
        response = requests.Response()
        response.status_code, response.reason = resp.status, resp.reason
        response.headers = CaseInsensitiveDict(resp.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw, response.url, response.request = resp, str(req.url), req
        return response
