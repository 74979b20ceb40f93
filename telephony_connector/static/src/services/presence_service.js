import { reactive } from "@odoo/owl";

import { registry } from "@web/core/registry";

/** The channel to subscribe to; the server knows whom its user may see. */
export const CHANNEL = "telephony.presences";

/**
 * What colleagues' telephones are doing. Read once something shows it, and kept up to
 * date by the bus from then on.
 */
export class Presences {
    /** @param {import("services").ServiceFactories} services */
    constructor({ bus_service, telephony }) {
        this.busService = bus_service;
        this.telephony = telephony;
        this.isSubscribed = false;
        /** Presences by user id; users without a telephone are missing. */
        this.byUser = {};
    }

    /** Read the presences and keep them up to date: called by what shows one. */
    subscribe() {
        if (!this.isSubscribed) {
            this.isSubscribed = true;
            this.load();
        }
    }

    async load() {
        if (this.isSubscribed && this.telephony.isActive) {
            // Not waited for: what is known shows at once, and the bus catches up with
            // what it sent since this client's last message.
            this.busService.addChannel(CHANNEL);
            this.update(await this.telephony.request("get_telephony_presences", [], "res.users"));
        }
    }

    /** Somebody got an extension, or lost it. */
    resubscribe() {
        if (this.isSubscribed) {
            this.busService.forceUpdateChannels();
            this.load();
        }
    }

    /** @param {[number, string|false][]} [presences] */
    update(presences = []) {
        for (const [userId, presence] of presences) {
            this.byUser[userId] = presence;
        }
    }
}

registry.category("services").add("telephony.presence", {
    dependencies: ["bus_service", "telephony"],
    start(env, services) {
        const presences = reactive(new Presences(services));
        const { bus_service } = services;
        bus_service.subscribe("res.users/telephony_presence", (payload) =>
            presences.update(payload.presences)
        );
        bus_service.subscribe("telephony.presences/changed", () => presences.resubscribe());
        bus_service.addEventListener("BUS:RECONNECT", () => presences.load());
        return presences;
    },
});
