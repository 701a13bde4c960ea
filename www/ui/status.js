// The line that says what it runs on, how fast, and about how much energy that took.

import { h, say } from "./dom.js";
import { number } from "./format.js";

/** Watts that one busy core is assumed to draw. The page says that it is an assumption. */
const CORE_WATTS = 10;

/** The badge beside the title. */
export class Status {
  #ui;
  #device = h("span");
  #rate = h("span", { className: "rate" });

  /** @param {import("./words.js").Words} ui */
  constructor(ui) {
    this.#ui = ui;
    this.element = h("p", { className: "badge" }, h("i", { "aria-hidden": "true" }), this.#device, this.#rate);
  }

  /**
   * @param {import("./session.js").Session} session
   * @param {string} build
   * @param {boolean} opaque whether the frame's policy keeps WebGPU away
   */
  show({ run, last, playing }, build, opaque) {
    if (!run) return;
    const { backend, description, why } = run.status;
    const device =
      backend === "webgpu" ? `WebGPU · ${description}` : `CPU · ${build === "relaxed" ? "SIMD, fused" : "SIMD"}`;
    const reason = opaque ? "sandbox" : why;
    say(this.#device, reason ? `${device} (${this.#ui.get(`why.${reason}`)})` : device);
    this.element.classList.toggle("idle", !playing);
    const energy = last ? `≈ ${number(last.busy * CORE_WATTS, 2)} J` : "";
    // Where a step takes longer than a second, that is what one wants to know.
    const slow = last && last.rate > 0 && last.rate < 1;
    const speed = slow
      ? `${this.#ui.get("seconds-a-step", { seconds: number(1 / last.rate, 2) })} · ${energy}`
      : this.#ui.get("rate", { rate: number(last?.rate ?? 0, 3), energy });
    say(this.#rate, last?.playing ? speed : energy);
    this.#rate.title = this.#ui.get("energy-assumption", { watts: CORE_WATTS });
  }
}
