MOVED = {
    "telephony_supervisor": (
        "access_telephony_call_report_user",
        "action_telephony_board",
        "action_telephony_call_report",
        "action_telephony_dashboard",
        "ir_cron_telephony_weekly_report",
        "ir_cron_telephony_weekly_report_ir_actions_server",
        "mail_template_weekly_report",
        "menu_telephony_board",
        "menu_telephony_call_report",
        "menu_telephony_dashboard",
        "menu_telephony_reporting",
        "telephony_call_report_administrator_rule",
        "telephony_call_report_company_rule",
        "telephony_call_report_supervisor_rule",
        "telephony_call_report_user_rule",
    ),
    "telephony_recording": (
        "access_telephony_legal_hold_supervisor",
        "access_telephony_recording_rule_administrator",
        "access_telephony_recording_rule_supervisor",
        "action_telephony_fetch_recording",
        "action_telephony_legal_hold",
        "action_telephony_recording_rule",
        "group_telephony_download",
        "ir_cron_delete_recordings",
        "ir_cron_delete_recordings_ir_actions_server",
        "ir_cron_fetch_recordings",
        "ir_cron_fetch_recordings_ir_actions_server",
        "menu_telephony_recording_rule",
        "res_groups_privilege_telephony_download",
        "telephony_legal_hold_rule",
        "telephony_recording_rule_rule",
    ),
}


def migrate(cr, version):
    """Have the addons installed that this one had within it, with all that is theirs.

    Without them the upgrade would delete what they keep. What administrators may have
    changed, and who may download, stays as it is under its new name.
    """
    for addon, names in MOVED.items():
        cr.execute(
            """
            UPDATE ir_model_data SET module = %s
             WHERE module = 'telephony_connector' AND name = ANY(%s)
            """,
            [addon, list(names)],
        )
        cr.execute(
            """
            UPDATE ir_module_module SET state = 'to install'
             WHERE name = %s AND state = 'uninstalled'
            """,
            [addon],
        )
