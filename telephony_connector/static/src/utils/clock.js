import { onWillDestroy, reactive, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";

const clock = reactive({ now: Date.now() });
let users = 0;
let interval;

/**
 * The present, to the second: one clock for all timers of the page, however many.
 *
 * @returns {{ now: number }} milliseconds; a component that reads it renders each second
 */
export function useClock() {
    if (!users++) {
        clock.now = Date.now();
        interval = browser.setInterval(() => (clock.now = Date.now()), 1000);
    }
    onWillDestroy(() => {
        if (!--users) {
            browser.clearInterval(interval);
        }
    });
    return useState(clock);
}
