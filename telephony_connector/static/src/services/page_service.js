import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";

// Milliseconds that a tab leaves to the ones which the user rather looks at.
const VISIBLE_WAIT = 200;
const HIDDEN_WAIT = 500;
// Milliseconds after the last key in which the user counts as typing.
const TYPING_PAUSE = 5000;
// Its half-filled pages are drafts: leaving one stores it and changes nothing else.
const DRAFT_MODEL = "telephony.registration";

/**
 * Opens the pages of calls: by itself in one tab, or as the user wants. The server hands a
 * page out once; the waiting makes the tab before the user's eyes ask first. What opened
 * by itself closes again when somebody else answers, unless the user did something since.
 */
export class Pages {
    constructor(services) {
        this.services = services;
        // The multi-tab service forgets a question when the next one comes before the
        // answer.
        this.mutex = new Mutex();
        // Of each call: the state of the user's leg in which its page was asked for, or
        // `opened`.
        this.requested = new Map();
        this.lastInput = 0;
        browser.addEventListener("input", () => (this.lastInput = Date.now()), {
            capture: true,
            passive: true,
        });
        services.telephony.bus.addEventListener("PAGE", ({ detail: { id, leg_state, read } }) =>
            this.offerPage(id, leg_state, read)
        );
        // The page that opened by itself while the phone rang: ids of call and controller.
        this.untouched = null;
        for (const type of ["keydown", "pointerdown"]) {
            browser.addEventListener(type, () => (this.untouched = null), {
                capture: true,
                passive: true,
            });
        }
        services.bus_service.subscribe("telephony.call/changed", (payload) =>
            this.closeTaken(payload)
        );
    }

    /**
     * Open the call's page, in one tab only and not under the user's hands.
     *
     * Asks once while the phone rings, and once more when the user answered: the server
     * may keep the page back until then.
     *
     * @param {number} id of the call
     * @param {"ringing"|"ongoing"} legState of the user's leg
     * @param {Promise} read of the card: who calls is on the screen first, and the page
     *  takes no time of the server from it
     */
    async offerPage(id, legState, read) {
        const { action, telephony } = this.services;
        if ([legState, "opened"].includes(this.requested.get(id))) {
            return;
        }
        this.requested.set(id, legState);
        const [mayOpen] = await Promise.all([this.mayOpenPage(), read]);
        if (!mayOpen || telephony.endedIds.has(id)) {
            return;
        }
        const page = await telephony.request("claim_page", [id], "telephony.client");
        if (!page) {
            return;
        }
        this.requested.set(id, "opened");
        if (this.isUserBusy()) {
            return;
        }
        const shownId = action.currentController?.jsId;
        await action.doAction(page);
        const jsId = action.currentController?.jsId;
        if (legState === "ringing" && jsId !== shownId) {
            this.untouched = { id, jsId };
            // It may have been answered while the page was read.
            const call = telephony.calls[id];
            if (call) {
                this.closeTaken(call);
            }
        }
    }

    /**
     * Leave the page where somebody else talks with the caller.
     *
     * @param {import("./call_state").CallPayload} payload
     */
    closeTaken({ id, leg_state, state }) {
        // The own phone may fall silent before it is known why.
        if (this.untouched?.id !== id || state === "ringing" || leg_state === "ringing") {
            return;
        }
        const { jsId } = this.untouched;
        this.untouched = null;
        const { currentController } = this.services.action;
        const isTaken = leg_state === "ended" && state === "ongoing";
        if (isTaken && currentController?.jsId === jsId && !this.isUserBusy()) {
            currentController.config.historyBack();
        }
    }

    /**
     * Wait until this tab may ask for a page.
     *
     * @returns {Promise<boolean>} false where another tab should have it
     */
    async mayOpenPage() {
        if (document.hasFocus()) {
            return true;
        }
        const isHidden = document.visibilityState === "hidden";
        await new Promise((resolve) =>
            browser.setTimeout(resolve, isHidden ? HIDDEN_WAIT : VISIBLE_WAIT)
        );
        return !isHidden || this.isOnMainTab();
    }

    /** @returns {Promise<boolean>} whether this tab acts for all tabs of the browser */
    isOnMainTab() {
        return this.mutex.exec(() => this.services.multi_tab.isOnMainTab());
    }

    /** Whether a page that opens now would take something out of the user's hands. */
    isUserBusy() {
        const { action, ui } = this.services;
        return Boolean(
            ui.activeElement !== document ||
                Date.now() - this.lastInput < TYPING_PAUSE ||
                (action.currentController?.action.res_model !== DRAFT_MODEL &&
                    document.querySelector(
                        ".o_form_dirty, .o_form_status_indicator_buttons:not(.invisible), .o_list_renderer .o_selected_row"
                    ))
        );
    }

    /**
     * @param {string} [start] what an unknown caller's page begins with: a kind of new
     *  record, or `existing`
     */
    async openPage(call, start) {
        const { action, orm, telephony } = this.services;
        await action.doAction(
            await orm.call(
                "telephony.call",
                "action_open_page",
                [[call.id]],
                start ? { start } : {}
            )
        );
        telephony.dismiss(call);
    }
}

registry.category("services").add("telephony.pages", {
    dependencies: ["action", "bus_service", "multi_tab", "orm", "telephony", "ui"],
    start: (env, services) => new Pages(services),
});
