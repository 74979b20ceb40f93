"""Odoo over HTTP, the way that the web client talks to it."""

import itertools

import requests


class RpcError(RuntimeError):
    """Odoo answered with an error; ``name`` is the class of the exception there."""

    def __init__(self, error):
        data = error.get("data") or {}
        self.name = data.get("name", "")
        self.debug = data.get("debug", "")
        super().__init__(f"{self.name}: {data.get('message') or error['message']}")


class OdooClient:
    """A session of one user.

    :param url: of the server, as ``http://127.0.0.1:8069``.
    """

    def __init__(self, url, database, login, password=None):
        self.url = url
        self._session = requests.Session()
        self._ids = itertools.count(1)
        info = self.request(
            "/web/session/authenticate",
            db=database,
            login=login,
            password=password or login,
        )
        self.uid = info["uid"]

    @property
    def session_id(self):
        """The value of the session's cookie."""
        return self._session.cookies["session_id"]

    def request(self, path, **params):
        """Post to a ``jsonrpc`` route.

        :return: its result.
        :raise RpcError: the server answered with an error.
        """
        body = {"jsonrpc": "2.0", "id": next(self._ids), "params": params}
        answer = self._session.post(self.url + path, json=body, timeout=60)
        answer.raise_for_status()
        answer = answer.json()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer.get("result")

    def get(self, path):
        """
        :return: the ``requests`` response to a GET of a page.
        """
        return self._session.get(self.url + path, timeout=60)

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model.

        :return: its result.
        :raise RpcError: it raised.
        """
        return self.request(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def create(self, model, **values):
        """
        :return: the id of the new record.
        """
        return self.call(model, "create", [values])[0]

    def search_read(self, model, domain, fields, **kwargs):
        """
        :return: the matching records' fields, as dictionaries.
        """
        return self.call(model, "search_read", domain, fields, **kwargs)

    def search_count(self, model, domain):
        """
        :return: how many records match.
        """
        return self.call(model, "search_count", domain)

    def one(self, model, domain, fields=("id",)):
        """
        :return: the fields of the only record that matches, as a dictionary.
        :raise LookupError: none or several match.
        """
        found = self.search_read(model, domain, list(fields))
        if len(found) != 1:
            raise LookupError(f"{len(found)} of {model} match {domain}")
        return found[0]

    def upsert(self, model, domain, **values):
        """Write ``values`` to the record that matches, or create one with them.

        :return: its id.
        """
        found = self.call(model, "search", domain, limit=1)
        if not found:
            return self.create(model, **values)
        self.call(model, "write", found, values)
        return found[0]
