import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  build: {
    // The last Chrome for Windows 7, and the Firefox that came with module workers.
    target: ['chrome109', 'firefox115'],
    // Files must stay files: the pages forbid data URLs for anything but pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { terminal: 'terminal.html', public: 'public.html', hub: 'hub.html' } },
  },
  worker: { format: 'es' },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
})
