def migrate(cr, version):
    """Empty the addon's views that inherit from views of its own.

    A view is validated together with the stored ones that inherit from it. Where an
    upgrade moves what these hold on to, it would stop at the old ones, which are loaded
    later. Each gets its new content when its file is loaded.
    """
    cr.execute(
        """
        UPDATE ir_ui_view AS view SET arch_db = '{"en_US": "<data/>"}'
          FROM ir_model_data AS name, ir_model_data AS parent
         WHERE name.module = 'telephony_connector' AND name.model = 'ir.ui.view'
           AND name.res_id = view.id
           AND parent.module = 'telephony_connector' AND parent.model = 'ir.ui.view'
           AND parent.res_id = view.inherit_id
        """
    )
