import { Component, onWillUnmount, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatSeconds } from "@telephony_connector/fields/duration/duration_field";

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
/** What the arrow buttons and keys skip, in seconds. */
const SKIP = 10;

/** Plays the recording of a call: the field says where it is, and who may keep it. */
export class TelephonyRecordingField extends Component {
    static template = "telephony_recording.RecordingField";
    static props = { ...standardFieldProps };

    setup() {
        this.speeds = SPEEDS;
        this.audio = useRef("audio");
        this.state = useState({ isPlaying: false, time: 0, length: 0, speed: 1, failed: false });
        onWillUnmount(() => this.audio.el?.pause());
    }

    get recording() {
        return this.props.record.data[this.props.name] || {};
    }

    /** A stream may not tell its length before it was heard: the call's is close. */
    get length() {
        return this.state.length || this.recording.duration || 0;
    }

    get timeText() {
        return `${formatSeconds(this.state.time)} / ${formatSeconds(this.length)}`;
    }

    get playText() {
        return this.state.isPlaying ? _t("Pause") : _t("Play");
    }

    get downloadUrl() {
        return `${this.recording.url}?download=1`;
    }

    get failedText() {
        return _t("The recording can't be played now.");
    }

    async toggle() {
        const audio = this.audio.el;
        if (!audio.paused) {
            return audio.pause();
        }
        this.state.failed = false;
        if (audio.error) {
            audio.load();
        }
        try {
            await audio.play();
        } catch (error) {
            // Paused or closed before it began: nobody waits for it.
            if (error.name !== "AbortError") {
                this.state.failed = true;
            }
        }
    }

    seek(seconds) {
        const time = Math.min(Math.max(0, seconds), this.length);
        this.audio.el.currentTime = time;
        this.state.time = time;
    }

    skip(direction) {
        this.seek(this.state.time + direction * SKIP);
    }

    onSeek(ev) {
        this.seek(Number(ev.target.value));
    }

    onSpeed(ev) {
        this.state.speed = Number(ev.target.value);
        this.audio.el.playbackRate = this.state.speed;
    }

    onTime() {
        this.state.time = this.audio.el.currentTime;
    }

    onLength() {
        const { duration } = this.audio.el;
        this.state.length = Number.isFinite(duration) ? duration : 0;
        this.audio.el.playbackRate = this.state.speed;
    }

    onPlay() {
        this.state.isPlaying = true;
    }

    onPause() {
        this.state.isPlaying = false;
    }

    onError() {
        this.state.isPlaying = false;
        this.state.failed = true;
    }
}

export const telephonyRecordingField = {
    component: TelephonyRecordingField,
    displayName: _t("Player of a recording"),
    supportedTypes: ["json"],
};

registry.category("fields").add("telephony_recording", telephonyRecordingField);
