import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { PageTurn } from "@telephony_connector/services/page_turn";

/**
 * Opens the pages of calls: by itself in one tab, or as the user wants. What opened by
 * itself closes again when somebody else answers, unless the user did something since.
 */
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
        // The page that opened by itself while the phone rang: ids of call and controller.
        this.untouched = null;
        for (const type of ["keydown", "pointerdown"]) {
            browser.addEventListener(type, () => (this.untouched = null), {
                capture: true,
                passive: true,
            });
        }
        services.bus_service.subscribe("telephony.call/changed", (news) => this.closeTaken(news));
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
        if (this.pageTurn.isUserBusy()) {
            return;
        }
        const shown = this.services.action.currentController?.jsId;
        await this.services.action.doAction(action);
        const jsId = this.services.action.currentController?.jsId;
        if (mine === "ringing" && jsId !== shown) {
            this.untouched = { id, jsId };
            // It may have been answered while the page was read.
            const call = this.telephony.calls[id];
            if (call) {
                this.closeTaken(call);
            }
        }
    }

    /**
     * Leave the page where somebody else talks with the caller.
     *
     * @param {import("./call_news").CallNews} news
     */
    closeTaken({ id, mine, state }) {
        // The own phone may fall silent before it is known why.
        if (this.untouched?.id !== id || state === "ringing" || mine === "ringing") {
            return;
        }
        const { jsId } = this.untouched;
        this.untouched = null;
        const { currentController } = this.services.action;
        const isTaken = mine === "ended" && state === "ongoing";
        if (isTaken && currentController?.jsId === jsId && !this.pageTurn.isUserBusy()) {
            currentController.config.historyBack();
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
    dependencies: ["action", "bus_service", "multi_tab", "orm", "telephony", "ui"],
    start: (env, services) => new Pages(services),
});
