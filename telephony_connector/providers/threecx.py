"""The template by which 3CX looks callers up, as its server-side CRM takes it.

The elements are those of 3CX's "CRM template XML description". The token is typed in
by the administrator there: it stands in no file.
"""

from xml.etree import ElementTree


def build_template(base_url):
    """Return the XML of the template.

    :param str base_url: of this Odoo, as ``https://odoo.example.com``
    :rtype: str
    """
    root = ElementTree.Element(
        "Crm", Country="US", Name="Odoo", Version="1", SupportsEmojis="true"
    )
    ElementTree.SubElement(root, "Number", Prefix="AsIs", MaxLength="32")
    ElementTree.SubElement(root, "Connection", MaxConcurrentRequests="4")
    parameters = ElementTree.SubElement(root, "Parameters")
    for name, kind, title, default in (
        ("OdooAddress", "String", "Odoo's address:", base_url),
        ("Token", "Password", "API token of the telephone system in Odoo:", ""),
    ):
        ElementTree.SubElement(
            parameters,
            "Parameter",
            Name=name,
            Type=kind,
            Parent="General Configuration",
            Editor="String",
            Title=title,
            Default=default,
        )
    authentication = ElementTree.SubElement(root, "Authentication", Type="Basic")
    ElementTree.SubElement(authentication, "Value").text = "3cx:[Token]"
    scenario = ElementTree.SubElement(
        ElementTree.SubElement(root, "Scenarios"), "Scenario", Id="", Type="REST"
    )
    _add_lookup(scenario)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_lookup(scenario):
    """Add the request that asks who calls, and what 3CX shows of the answer."""
    ElementTree.SubElement(
        scenario,
        "Request",
        Url="[OdooAddress]/telephony/lookup?format=json&number=[Number]",
        MessagePasses="0",
        Message="",
        RequestContentType="",
        RequestEncoding="UrlEncoded",
        RequestType="Get",
        ResponseType="Json",
    )
    rules = ElementTree.SubElement(scenario, "Rules")
    ElementTree.SubElement(rules, "Rule", Type="Any", Ethalon="").text = "name"
    variables = ElementTree.SubElement(scenario, "Variables")
    outputs = ElementTree.SubElement(scenario, "Outputs", AllowEmpty="false")
    for variable, path, output in (
        ("CallerName", "name", "FirstName"),
        ("CallerNumber", "number", "PhoneBusiness"),
    ):
        element = ElementTree.SubElement(
            variables, "Variable", Name=variable, LookupValue="", Path=path
        )
        ElementTree.SubElement(element, "Filter")
        ElementTree.SubElement(
            outputs, "Output", Type=output, Passes="0", Value=f"[{variable}]"
        )
    url = "[OdooAddress]/telephony/incoming?number=[Number]"
    ElementTree.SubElement(outputs, "Output", Type="ContactUrl", Passes="0", Value=url)
