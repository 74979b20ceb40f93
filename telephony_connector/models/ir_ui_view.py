"""Phone numbers in lists and on cards can be clicked, in whichever view they stand."""

from odoo import models

from ..tools.groups import USER

# Marks the fields in the view that all users share, until it is made for one of them.
MARK = "telephony_phone"


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    def _postprocess_tag_field(self, node, name_manager, node_info):
        result = super()._postprocess_tag_field(node, name_manager, node_info)
        if _may_be_phone(node, node_info.get("view_type")):
            numbers = self.env["telephony.number"]
            if node.get("name") in numbers._get_phone_fields(name_manager.model):
                node.set(MARK, "1")
        return result

    def _postprocess_access_rights(self, tree):
        tree = super()._postprocess_access_rights(tree)
        nodes = tree.xpath(f"//field[@{MARK}]")
        is_telephony_user = bool(nodes) and self.env.user.has_group(USER)
        for node in nodes:
            del node.attrib[MARK]
            if is_telephony_user:
                node.set("widget", "phone")
                node.set("class", f"{node.get('class', '')} o_telephony_inline".strip())
                if not node.get("options"):
                    node.set("options", "{'enable_sms': false}")
        return tree


def _may_be_phone(node, view_type):
    """Say whether a field of a view is shown as plain text in a list or on a card."""
    if node.get("widget"):
        return False
    if view_type == "kanban":
        # What stands beside the templates is only read.
        return next(node.iterancestors("templates"), None) is not None
    return view_type == "list"
