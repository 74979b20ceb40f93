import { markRaw, reactive } from "@odoo/owl";

import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { ChooseNumberDialog } from "@telephony_connector/components/choose_number/choose_number_dialog";
import { openLink } from "@telephony_connector/utils/open_link";

/** Dials, and transfers calls to numbers; asks the user what there is to ask. */
export class Dialer {
    constructor(services) {
        this.services = markRaw(services);
        this.isDialing = false;
    }

    /**
     * Ring the user's own phone, then the number. The server reads what it is handed as it
     * does when somebody calls; where that is several numbers, the user chooses one.
     *
     * @param {{ number: string, model?: string, resId?: number, field?: string }} target
     *  the text that was clicked or typed, and the record and the field, if any
     * @param {boolean} confirmed whether the user was asked what the server wants to know
     * @returns {Promise<boolean>} whether the telephone system was asked
     */
    async dial(target, confirmed = false) {
        if (this.isDialing) {
            return false;
        }
        this.isDialing = true;
        try {
            const { number, model, resId, field } = target;
            const params = model ? { number, model, res_id: resId, field } : { number };
            const answer = await rpc(
                "/telephony/call",
                confirmed ? { ...params, confirmed } : params
            );
            if (answer.choose) {
                this.letChoose(answer.choose, (chosen) => this.dial({ ...target, number: chosen }));
                return false;
            }
            if (answer.confirm) {
                this.askFirst(answer.confirm, _t("Call Anyway"), () => this.dial(target, true));
                return false;
            }
            await this.onDialed(answer);
            return true;
        } catch (error) {
            this.services["telephony.commands"].showRefusal(error);
            return false;
        } finally {
            this.isDialing = false;
        }
    }

    /** A text that holds several numbers: the user says which one is meant. */
    letChoose(choices, choose) {
        this.services.dialog.add(ChooseNumberDialog, { choices, choose });
    }

    /** A number not to be called, or a phone that may ring already: the user decides. */
    askFirst(question, confirmLabel, confirm) {
        this.services.dialog.add(ConfirmationDialog, {
            title: _t("Call this number?"),
            body: question,
            confirmLabel,
            confirm,
            cancel: () => {},
        });
    }

    /**
     * Call what a record's field shows. The call belongs to that record, whoever else has
     * the number; what was changed there is saved first.
     *
     * @param {import("@web/model/relational_model/record").Record} record
     */
    async dialField(record, field) {
        if (record === record.model.root && !record.isNew && !(await record.save())) {
            return false;
        }
        const number = record.data[field];
        const isStored = record.resId && !record.dirty;
        return this.dial(
            isStored ? { number, model: record.resModel, resId: record.resId, field } : { number }
        );
    }

    async onDialed({ call_id, command_id, expires_in, number_display, link, action }) {
        if (link) {
            // Nobody tells of this call's end: there is nothing for a card to show.
            openLink(link);
            return action && this.services.action.doAction(action);
        }
        this.services.telephony.showDialed(call_id, number_display);
        this.services["telephony.commands"].follow({ command_id, expires_in });
    }

    /**
     * Do something with a call: `action` is one of the card's `controls`.
     *
     * @param {string} [target] the number that a transfer goes to
     * @param {boolean} confirmed whether the user was asked about numbers not to call
     */
    async control(call, action, target, confirmed = false) {
        const args = [call.id, action, target || false];
        const answer = await this.services["telephony.commands"].order(
            "telephony.client",
            "control",
            confirmed ? [...args, confirmed] : args
        );
        if (answer?.choose) {
            this.letChoose(answer.choose, (chosen) => this.control(call, action, chosen));
        } else if (answer?.confirm) {
            this.askFirst(answer.confirm, _t("Transfer Anyway"), () =>
                this.control(call, action, target, true)
            );
        }
        return answer;
    }
}

registry.category("services").add("telephony.dialer", {
    dependencies: ["action", "dialog", "telephony", "telephony.commands"],
    start: (env, services) => reactive(new Dialer(services)),
});
