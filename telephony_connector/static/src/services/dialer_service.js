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
    async dial(target, confirmed) {
        if (this.isDialing) {
            return false;
        }
        this.isDialing = true;
        try {
            const { number, model, resId, field } = target;
            // A colleague's extension belongs to no field of a record.
            const source = field && { model, res_id: resId, field };
            const answer = await rpc("/telephony/call", { number, ...source, confirmed });
            const dialAgain = (chosen, isConfirmed) =>
                this.dial({ ...target, number: chosen }, isConfirmed);
            if (this.askUser(answer, number, _t("Call Anyway"), dialAgain)) {
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

    /**
     * Ask the user what the server wants to know first: which of several numbers is meant,
     * or whether to call this one at all.
     *
     * @param {Function} retry called with the number, and true where it was confirmed
     * @returns {boolean} whether there was something to ask
     */
    askUser({ choose, confirm }, number, confirmLabel, retry) {
        const { dialog } = this.services;
        if (choose) {
            dialog.add(ChooseNumberDialog, { choices: choose, choose: retry });
        } else if (confirm) {
            dialog.add(ConfirmationDialog, {
                title: _t("Call this number?"),
                body: confirm,
                confirmLabel,
                confirm: () => retry(number, true),
                cancel: () => {},
            });
        }
        return Boolean(choose || confirm);
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
        const { data, dirty, resId, resModel } = record;
        const source = resId && !dirty && { model: resModel, resId, field };
        return this.dial({ number: data[field], ...source });
    }

    async onDialed({ call_id, command_id, expires_in, number_display, link, action }) {
        if (link) {
            // No source reports this call: there is nothing for a card to show.
            openLink(link);
            return action && this.services.action.doAction(action);
        }
        this.services.telephony.showDialed(call_id, number_display);
        this.services["telephony.commands"].watch({ command_id, expires_in });
    }

    /**
     * Do something with a call: `action` is one of the card's `controls`.
     *
     * @param {string} [target] the number that a transfer goes to
     * @param {boolean} confirmed whether the user was asked about numbers not to call
     */
    async control(call, action, target = false, confirmed = false) {
        const answer = await this.services["telephony.commands"].send(
            "telephony.client",
            "control",
            [call.id, action, target, confirmed]
        );
        if (answer) {
            this.askUser(answer, target, _t("Transfer Anyway"), (chosen, isConfirmed) =>
                this.control(call, action, chosen, isConfirmed)
            );
        }
        return answer;
    }
}

registry.category("services").add("telephony.dialer", {
    dependencies: ["action", "dialog", "telephony", "telephony.commands"],
    start: (env, services) => reactive(new Dialer(services)),
});
