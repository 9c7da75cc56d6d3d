// How the stories run: two at a time, each with a server of its own, in the browser of this machine.
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const fonts = fileURLToPath(new URL('world/fonts.conf', import.meta.url));

export default defineConfig({
  testDir: 'stories',
  projects: [
    { name: 'stories', testMatch: '*.story.js' },
    { name: 'pictures', testMatch: '*.picture.js' },
  ],
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // A story that passes at the second try has not passed.
  retries: 0,
  // Generous: a busy machine is slow, and nothing here is faster for being hurried.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    actionTimeout: 20_000,
    navigationTimeout: 20_000,
    launchOptions: {
      env: { ...process.env, FONTCONFIG_FILE: fonts },
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: [
        '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
        '--disable-background-networking', '--disable-component-update', '--disable-sync',
        // The pages of hosts/ are answered by nobody's address, and may ask this machine all the same.
        '--disable-features=LocalNetworkAccessChecks',
      ],
    },
  },
});
