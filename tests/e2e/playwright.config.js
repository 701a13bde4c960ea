// End to end, in Chromium. E2E_CHROMIUM or CHROMIUM names another binary; SITE another folder to serve; TRACE=1 keeps what led to
// a failure; SLOW=1 adds the tests that measure time, and then nothing else runs beside a test.

import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** Chromium without a window of its own: a page costs it two thirds of what it costs the whole browser. */
const SHELL = "/usr/bin/chromium-headless-shell";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results",
  // What is waited for comes, on a machine that has other work, too. A test measures time by what was done in it.
  timeout: 120_000,
  expect: { timeout: 40_000 },
  // A test trains on one core and waits for much: for files, frames, and what a person would wait for.
  workers: process.env.SLOW ? 1 : 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  grepInvert: process.env.SLOW ? undefined : /@slow/,
  use: {
    viewport: { width: 1280, height: 900 },
    screenshot: "only-on-failure",
    // To record every test costs a third more than to run it.
    trace: process.env.TRACE ? "retain-on-failure" : "off",
    launchOptions: {
      executablePath:
        process.env.E2E_CHROMIUM ?? process.env.CHROMIUM ?? (existsSync(SHELL) ? SHELL : "/usr/bin/chromium"),
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--enable-unsafe-webgpu",
      ],
    },
  },
});
