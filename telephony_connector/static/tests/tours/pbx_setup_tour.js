import { registry } from "@web/core/registry";

/** From nothing to a connected telephone system with an extension: the guided form. */
registry.category("web_tour.tours").add("telephony_pbx_setup", {
    steps: () => [
        {
            content: "Connect a telephone system",
            trigger: ".o_list_view button:contains(Connect an Asterisk)",
            run: "click",
        },
        {
            content: "The account to copy is there at once, with the least rights",
            trigger:
                ".modal .o_field_widget[name=manager_conf]:contains(write = originate,call,agent,reporting)",
        },
        {
            content: "Which kind is it?",
            trigger: ".modal .o_field_widget[name=system] input",
            run: "click",
        },
        {
            content: "Plain Asterisk has another file to copy it to",
            trigger: ".o_select_menu_item:contains(Asterisk, phones on PJSIP)",
            run: "click",
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
            trigger: ".modal .alert-warning:contains(Odoo could not log in)",
        },
        {
            content: "There is no way on",
            trigger: ".modal:not(:has(button[name=action_connect]))",
        },
        {
            content: "Back to the account",
            trigger: ".modal button[name=action_back]",
            run: "click",
        },
        {
            content: "The right address",
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
            trigger: ".modal .o_field_widget[name=findings]:contains(✓)",
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
