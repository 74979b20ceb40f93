from .base import Provider


class ApiProvider(Provider):
    """A telephone system that Odoo asks nothing, and that asks Odoo by the API.

    It reports its calls, and looks callers up, with a token of its own. Telephone
    systems whose kind is no longer installed become one.
    """
