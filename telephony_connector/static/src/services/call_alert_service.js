import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { effect } from "@web/core/utils/reactive";
import { isRinging } from "./call_state";

const SOUND = "call-invitation";

/**
 * Rings and notifies where a card alone would go unnoticed: a sound if the user wants it,
 * a notification of the desktop while the tab is hidden. One tab does it for all.
 */
export class CallAlert {
    /** @param {import("services").ServiceFactories} services */
    constructor({ "mail.sound_effects": sound, "telephony.pages": pages }) {
        this.sound = sound;
        this.pages = pages;
        this.isRinging = false;
        /** Notifications by call id. */
        this.notifications = {};
    }

    /** @param {object[]} calls those that ring at the user's now, with their cards */
    async update(calls) {
        for (const id of Object.keys(this.notifications)) {
            if (!calls.some((call) => call.id === Number(id))) {
                this.notifications[id].close();
                delete this.notifications[id];
            }
        }
        if (this.isRinging && !calls.length) {
            this.sound.stop(SOUND);
        }
        const isNew = calls.length && !this.isRinging;
        this.isRinging = Boolean(calls.length);
        const unknown = calls.filter((call) => !(call.id in this.notifications));
        if (!unknown.length || !(await this.pages.isOnMainTab()) || !this.isRinging) {
            return;
        }
        if (isNew && user.settings.telephony_sound) {
            this.sound.play(SOUND, { loop: true });
        }
        if (document.visibilityState === "hidden") {
            unknown.forEach((call) => this.notify(call));
        }
    }

    notify(call) {
        if (browser.Notification?.permission !== "granted" || call.id in this.notifications) {
            return;
        }
        const name = call.object?.name || call.matches?.map((match) => match.name).join(", ");
        const notification = new browser.Notification(call.title, {
            body: [name, call.caller_name].filter(Boolean).join("\n"),
            tag: `telephony_call_${call.id}`,
        });
        notification.addEventListener("click", () => {
            window.focus();
            this.pages.openPage(call);
            notification.close();
        });
        this.notifications[call.id] = notification;
    }
}

registry.category("services").add("telephony.alert", {
    dependencies: ["mail.sound_effects", "telephony", "telephony.pages"],
    start(env, services) {
        const alert = new CallAlert(services);
        effect(
            (telephony) => {
                alert.update(telephony.cards.filter((call) => call.is_incoming && isRinging(call)));
            },
            [services.telephony]
        );
    },
});
