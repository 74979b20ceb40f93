def migrate(cr, version):
    """Where there is a telephone system, nobody needs to be led to the set-up."""
    cr.execute(
        """
        UPDATE ir_actions_todo
           SET state = 'done'
          FROM ir_model_data
         WHERE ir_model_data.module = 'telephony_connector'
           AND ir_model_data.name = 'telephony_begin_todo'
           AND ir_model_data.res_id = ir_actions_todo.id
           AND EXISTS (SELECT FROM telephony_pbx)
        """
    )
