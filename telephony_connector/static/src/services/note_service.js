import { markup } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const MODEL = "telephony.registration";
// Milliseconds without a key after which the note of a call that is over is closed.
const PAUSE = 10000;

/**
 * Notes that users write in the call bar. What they add goes below the call's note: it
 * replaces nothing, and closing keeps what was typed.
 */
export class Notes {
    constructor({ orm, telephony, "telephony.commands": commands }) {
        this.orm = orm;
        this.telephony = telephony;
        this.commands = commands;
    }

    open(call) {
        call.isNoteOpen = true;
        call.noteText ||= "";
    }

    async read(call) {
        const [values] = (await this.telephony.request("read", [[call.id], ["note"]])) || [];
        this.show(call, values?.note);
    }

    /** @param {string|false} [note] HTML, which the server sanitized */
    show(call, note) {
        call.noteHtml = note && markup(note);
    }

    type(call, text) {
        call.noteText = text;
    }

    /** @returns {Promise<boolean>} whether nothing is left to add */
    async add(call) {
        if (call.isNoteBusy || !call.noteText?.trim()) {
            return !call.isNoteBusy;
        }
        call.isNoteBusy = true;
        try {
            this.show(call, await this.orm.call(MODEL, "add_note", [call.id, call.noteText]));
            call.noteText = "";
            return true;
        } catch (error) {
            this.commands.showRefusal(error);
            return false;
        } finally {
            call.isNoteBusy = false;
        }
    }

    async close(call) {
        this.telephony.clearTimer(`note_${call.id}`);
        if (await this.add(call)) {
            call.isNoteOpen = false;
            this.telephony.updateCard(call);
        }
    }

    /** Of a call that is over: whoever still types has the time to end. */
    closeSoon(call) {
        this.telephony.setTimer(`note_${call.id}`, PAUSE, () => this.close(call));
    }

    /** Add what was typed when the page is left, which waits for no answer. */
    addAtLast(call) {
        if (!call.noteText?.trim()) {
            return;
        }
        const args = [call.id, call.noteText];
        const params = {
            model: MODEL,
            method: "add_note",
            args,
            kwargs: { context: user.context },
        };
        const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
        browser.navigator.sendBeacon(
            `/web/dataset/call_kw/${MODEL}/add_note`,
            new Blob([body], { type: "application/json" })
        );
        call.noteText = "";
    }
}

registry.category("services").add("telephony.notes", {
    dependencies: ["orm", "telephony", "telephony.commands"],
    start: (env, services) => new Notes(services),
});
