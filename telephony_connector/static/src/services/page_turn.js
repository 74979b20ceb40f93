import { browser } from "@web/core/browser/browser";
import { Mutex } from "@web/core/utils/concurrency";

// Milliseconds that a tab leaves to the ones which the user rather looks at.
const VISIBLE_WAIT = 200;
const HIDDEN_WAIT = 500;
// Milliseconds after the last key in which the user counts as typing.
const TYPING_PAUSE = 5000;
// Its half-filled pages are drafts: leaving one stores it and changes nothing else.
const DRAFT_MODEL = "telephony.registration";

/**
 * Decides which tab opens a call's page, and whether this is a moment to do so. The
 * server hands a page out once; the waiting makes the tab before the user's eyes ask
 * first.
 */
export class PageTurn {
    /** @param {import("services").ServiceFactories} services */
    constructor({ action, multi_tab, ui }) {
        this.action = action;
        this.multiTab = multi_tab;
        this.ui = ui;
        // The multi-tab service forgets a question when the next one comes before the
        // answer.
        this.mutex = new Mutex();
        this.lastInput = 0;
        browser.addEventListener("input", () => (this.lastInput = Date.now()), {
            capture: true,
            passive: true,
        });
    }

    /**
     * Wait until it is this tab's turn to ask for a page.
     *
     * @returns {Promise<boolean>} false where another tab should have it
     */
    async isMine() {
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
        return this.mutex.exec(() => this.multiTab.isOnMainTab());
    }

    /** Whether a page that opens now would take something out of the user's hands. */
    isUserBusy() {
        return (
            this.ui.activeElement !== document ||
            Date.now() - this.lastInput < TYPING_PAUSE ||
            this.hasUnsavedChanges()
        );
    }

    hasUnsavedChanges() {
        if (this.action.currentController?.action.res_model === DRAFT_MODEL) {
            return false;
        }
        return Boolean(
            document.querySelector(
                ".o_form_dirty, .o_form_status_indicator_buttons:not(.invisible), .o_list_renderer .o_selected_row"
            )
        );
    }
}
