import { registry } from "@web/core/registry";
import { PageTurn } from "@telephony_connector/services/page_turn";

/** Opens the pages of calls: by itself in one tab, or as the user wants. */
export class Pages {
    constructor(services) {
        this.services = services;
        this.telephony = services.telephony;
        this.pageTurn = new PageTurn(services);
        // Of each call: the user's share in which its page was asked for, or `opened`.
        this.shares = new Map();
        this.telephony.bus.addEventListener("PAGE", ({ detail: { id, mine, read } }) =>
            this.offerPage(id, mine, read)
        );
    }

    /**
     * Open the call's page, in one tab only and not under the user's hands.
     *
     * Asks once while the phone rings, and once more when the user answered: the server
     * may keep the page back until then.
     *
     * @param {number} id of the call
     * @param {"ringing"|"ongoing"} mine the user's share of it
     * @param {Promise} read of the card: who calls is on the screen first, and the page
     *  takes no time of the server from it
     */
    async offerPage(id, mine, read) {
        if ([mine, "opened"].includes(this.shares.get(id))) {
            return;
        }
        this.shares.set(id, mine);
        const [isMine] = await Promise.all([this.pageTurn.isMine(), read]);
        if (!isMine || this.telephony.endedIds.has(id)) {
            return;
        }
        const action = await this.telephony.ask("claim_page", [id], "telephony.client");
        if (!action) {
            return;
        }
        this.shares.set(id, "opened");
        if (!this.pageTurn.isUserBusy()) {
            await this.services.action.doAction(action);
        }
    }

    /**
     * @param {string} [start] what an unknown caller's page begins with: a kind of new
     *  record, or `existing`
     */
    async openPage(call, start) {
        const action = await this.services.orm.call(
            "telephony.call",
            "action_open_page",
            [[call.id]],
            start ? { start } : {}
        );
        await this.services.action.doAction(action);
        this.telephony.dismiss(call);
    }
}

registry.category("services").add("telephony.pages", {
    dependencies: ["action", "multi_tab", "orm", "telephony", "ui"],
    start: (env, services) => new Pages(services),
});
