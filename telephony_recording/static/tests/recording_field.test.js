import { click, contains } from "@mail/../tests/mail_test_helpers";
import { beforeEach, expect, test } from "@odoo/hoot";
import { queryOne, select } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    defineModels,
    fields,
    models,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {
    defineTelephonyModels,
    setupTelephony,
} from "@telephony_connector/../tests/telephony_test_helpers";

class Talk extends models.Model {
    _name = "talk";
    recording = fields.Json();
    _records = [{ id: 1, recording: false }];
}

const RECORDING = {
    state: "fetched",
    state_text: "In Odoo",
    error: false,
    url: "/telephony/recording/1",
    can_download: false,
    duration: 83,
    note: false,
};

defineTelephonyModels();
defineModels([Talk]);

let audio;
beforeEach(() => {
    setupTelephony();
    audio = { paused: true, duration: NaN, refuses: false };
    const proto = HTMLMediaElement.prototype;
    patchWithCleanup(proto, {
        async play() {
            if (audio.refuses) {
                throw new DOMException("no", "NotSupportedError");
            }
            expect.step("play");
            audio.paused = false;
            this.dispatchEvent(new Event("play"));
        },
        pause() {
            if (!audio.paused) {
                expect.step("pause");
            }
            audio.paused = true;
            this.dispatchEvent(new Event("pause"));
        },
        load() {},
    });
    const define = (name, descriptor) => {
        const original = Object.getOwnPropertyDescriptor(proto, name);
        Object.defineProperty(proto, name, { configurable: true, ...descriptor });
        return () => Object.defineProperty(proto, name, original);
    };
    const restore = [
        define("paused", { get: () => audio.paused }),
        define("duration", { get: () => audio.duration }),
        define("currentTime", {
            get: () => audio.currentTime || 0,
            set: (value) => (audio.currentTime = value),
        }),
    ];
    return () => restore.forEach((undo) => undo());
});

async function show(values = {}) {
    Talk._records[0].recording = { ...RECORDING, ...values };
    await mountView({
        type: "form",
        resModel: "talk",
        resId: 1,
        arch: `<form><field name="recording" widget="telephony_recording"/></form>`,
    });
    await contains(".o_telephony_recording");
}

test("plays and pauses", async () => {
    await show();
    expect("audio").toHaveAttribute("src", "/telephony/recording/1");
    expect("audio").toHaveAttribute("preload", "none");
    await click(".o_telephony_recording_play[title=Play]");
    await click(".o_telephony_recording_play[title=Pause]");
    await contains(".o_telephony_recording_play[title=Play]");
    expect.verifySteps(["play", "pause"]);
});

test("the time is the call's until the sound tells its own", async () => {
    await show();
    expect(".o_telephony_recording_time").toHaveText("0:00 / 1:23");
    audio.duration = 61;
    queryOne("audio").dispatchEvent(new Event("durationchange"));
    audio.currentTime = 7;
    queryOne("audio").dispatchEvent(new Event("timeupdate"));
    await animationFrame();
    expect(".o_telephony_recording_time").toHaveText("0:07 / 1:01");
    audio.duration = Infinity;
    queryOne("audio").dispatchEvent(new Event("durationchange"));
    await animationFrame();
    expect(".o_telephony_recording_time").toHaveText("0:07 / 1:23");
});

test("one moves along the timeline, and not beyond it", async () => {
    await show();
    const timeline = queryOne(".o_telephony_recording_timeline");
    expect(timeline).toHaveAttribute("max", "83");
    timeline.value = 40;
    timeline.dispatchEvent(new Event("input"));
    await animationFrame();
    expect(audio.currentTime).toBe(40);
    await click(".o_telephony_recording_forward");
    expect(audio.currentTime).toBe(50);
    for (let i = 0; i < 4; i++) {
        await click(".o_telephony_recording_forward");
    }
    expect(audio.currentTime).toBe(83);
    for (let i = 0; i < 9; i++) {
        await click(".o_telephony_recording_back");
    }
    expect(audio.currentTime).toBe(0);
});

test("speeds", async () => {
    await show();
    expect(".o_telephony_recording_speed").toHaveText("0.75×\n1×\n1.25×\n1.5×\n2×", {
        inline: false,
    });
    expect(".o_telephony_recording_speed").toHaveValue("1");
    await select("2", { target: ".o_telephony_recording_speed" });
    await animationFrame();
    expect(queryOne("audio").playbackRate).toBe(2);
});

test("download shows with its right only", async () => {
    await show();
    expect(".o_telephony_recording_download").toHaveCount(0);
});

test("download with its right", async () => {
    await show({ can_download: true });
    expect(".o_telephony_recording_download").toHaveAttribute(
        "href",
        "/telephony/recording/1?download=1"
    );
});

test("what can't be played says why", async () => {
    await show({
        url: false,
        state: "failed",
        state_text: "Unavailable",
        error: "The telephone system has no such recording.",
    });
    expect("audio").toHaveCount(0);
    expect(".o_telephony_recording_state").toHaveText("Unavailable");
    expect(".o_telephony_recording_error").toHaveText(
        "The telephone system has no such recording."
    );
});

test("a sound that fails is said to", async () => {
    await show();
    audio.refuses = true;
    await click(".o_telephony_recording_play");
    await contains(".o_telephony_recording_failed");
    audio.refuses = false;
    await click(".o_telephony_recording_play");
    await contains(".o_telephony_recording_failed", { count: 0 });
    await click(".o_telephony_recording_play");
    expect.verifySteps(["play", "pause"]);
});

test("the note on recording is text", async () => {
    await show({ note: "<b>Stop</b> it if they object." });
    expect(".o_telephony_recording_note").toHaveText("<b>Stop</b> it if they object.");
});
