def migrate(cr, version):
    """Give each call that is over an outcome: the database insists on one.

    Those of which nobody told how they went had none. That they are no missed calls
    stays so.
    """
    cr.execute(
        """
        UPDATE telephony_call
           SET outcome = CASE
                   WHEN answer_date IS NULL THEN 'unknown' ELSE 'answered' END
         WHERE state = 'ended' AND outcome IS NULL
        """
    )
