// End to end, in Chromium. CHROMIUM names another binary; SITE another folder to serve; SLOW=1 adds
// the tests that measure time.

import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results",
  timeout: 60_000,
  expect: { timeout: 20_000 },
  // One at a time: each trains a model on every core that it gets.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  grepInvert: process.env.SLOW ? undefined : /@slow/,
  use: {
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
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
