import { registry } from "@web/core/registry";

/** From nothing to a connected telephone system with an extension: the guided form. */
registry.category("web_tour.tours").add("telephony_pbx_setup", {
    steps: () => [
        {
            content: "Connect a telephone system",
            trigger: ".o_list_view button:contains(Connect a Telephone System)",
            run: "click",
        },
        {
            content: "Which kind is it?",
            trigger:
                ".modal .o_field_widget[name=system] .form-check:contains(Asterisk, phones on PJSIP) input",
            run: "click",
        },
        {
            content: "Go on",
            trigger: ".modal button[name=action_next]",
            run: "click",
        },
        {
            content: "The account to copy is there at once, with the least rights",
            trigger:
                ".modal .o_field_widget[name=manager_conf]:contains(write = originate,call,agent,reporting)",
        },
        {
            content: "It is told which",
            trigger: ".modal code:contains(/etc/asterisk/manager.conf)",
        },
        {
            content: "Give it a name",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Tour's PBX",
        },
        {
            content: "A wrong address first",
            trigger: ".modal .o_field_widget[name=host] input",
            run: "edit 127.0.0.9",
        },
        {
            content: "Test it",
            trigger: ".modal button[name=action_test]:contains(Test)",
            run: "click",
        },
        {
            content: "What is wrong is said in words",
            trigger: ".modal .alert-danger:contains(Odoo could not log in)",
        },
        {
            content: "There is no way on",
            trigger: ".modal:not(:has(button[name=action_connect]))",
        },
        {
            content: "The right address, where the fault is told",
            trigger: ".modal .o_field_widget[name=host] input",
            run: "edit 127.0.0.1",
        },
        {
            content: "Test again",
            trigger: ".modal button[name=action_test]:contains(Test)",
            run: "click",
        },
        {
            content: "It is reached",
            trigger: ".modal .alert-success:contains(found nothing wrong)",
        },
        {
            content: "Connect",
            trigger: ".modal button[name=action_connect]",
            run: "click",
        },
        {
            content: "Back once more",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            content: "Connect again",
            trigger: ".modal button[name=action_connect]",
            run: "click",
        },
        {
            content: "One could still give it up",
            trigger: ".modal button[special=cancel], .modal .o_form_button_cancel",
        },
        {
            content: "The extension found is proposed with its user",
            trigger: ".modal .o_data_row:contains(2001):has([name=user_id] :contains(alice_t))",
        },
        {
            content: "Whose phone is not there is not ticked",
            trigger: ".modal .o_data_row:contains(2002) [name=is_chosen] input:not(:checked)",
        },
        {
            content: "So is the queue",
            trigger: ".modal .o_field_widget[name=queues]:contains(support)",
        },
        {
            content: "Take them over",
            trigger: ".modal button[name=action_finish]",
            run: "click",
        },
        {
            content: "The last step is a call to one's own telephone",
            trigger: ".modal .o_telephony_test_call:contains(Ring My Phone)",
        },
        {
            content: "What its connection does is told",
            trigger:
                ".modal .alert-info .o_field_widget[name=connection_state]:contains(Connecting)",
        },
        {
            content: "Done",
            trigger: ".modal button[name=action_open_pbx]:contains(Done)",
            run: "click",
        },
        {
            content: "The telephone system has it",
            trigger: ".o_form_view [name=extension_ids] .o_data_row:contains(2001)",
        },
        {
            content: "How would a number be dialed?",
            trigger: ".o_field_widget[name=try_number] input",
            run: "edit 06 12 34 56 78 && press Tab",
        },
        {
            content: "It tells",
            trigger: ".o_field_widget[name=try_result]:contains(+33612345678)",
        },
        {
            content: "That was a question, no change",
            trigger: ".o_form_button_cancel",
            run: "click",
        },
        {
            content: "Nothing is left to save",
            trigger: ".o_form_view .o_form_saved",
        },
    ],
});
