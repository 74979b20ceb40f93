import { reactive } from "@odoo/owl";

import { registry } from "@web/core/registry";

/** What the bus is asked for; the server knows whom its user may see. */
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
        this.isWanted = false;
        /** Presences by user id; users without a telephone are missing. */
        this.byUser = {};
    }

    /** Have the presences at hand: what shows one asks for it. */
    want() {
        if (!this.isWanted) {
            this.isWanted = true;
            this.load();
        }
    }

    async load() {
        if (this.isWanted && this.telephony.isActive) {
            // Not waited for: what is known shows at once, and the bus catches up with
            // what it sent since this client's last message.
            this.busService.addChannel(CHANNEL);
            this.take(await this.telephony.ask("get_telephony_presences", [], "res.users"));
        }
    }

    /** Somebody got an extension, or lost it. */
    renew() {
        if (this.isWanted) {
            this.busService.forceUpdateChannels();
            this.load();
        }
    }

    /** @param {[number, string|false][]} [presences] */
    take(presences = []) {
        for (const [userId, presence] of presences) {
            this.byUser[userId] = presence;
        }
    }
}

export const presenceService = {
    dependencies: ["bus_service", "telephony"],
    start(env, services) {
        const presences = reactive(new Presences(services));
        const { bus_service } = services;
        bus_service.subscribe("res.users/telephony_presence", (news) =>
            presences.take(news.presences)
        );
        bus_service.subscribe("telephony.presences/changed", () => presences.renew());
        bus_service.addEventListener("BUS:RECONNECT", () => presences.load());
        return presences;
    },
};

registry.category("services").add("telephony.presence", presenceService);
