import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Fixed names: Django's static storage adds the content hash, so a template can say
// static("kepu/kepu.css") without reading a manifest.
// What every page loads is kepu.js; a `--mode` of these builds what one page alone needs.
const ALONE = ["interviews", "inspections"];
const named = (mode) => (ALONE.includes(mode) ? mode : "kepu");

export default defineConfig(({ mode }) => ({
  root: here("."),
  publicDir: ALONE.includes(mode) ? false : here("public"),
  build: {
    outDir: here("../src/kepu/ui/static/kepu"),
    emptyOutDir: !ALONE.includes(mode),
    // Chat apps on older telephones carry a browser several years behind.
    target: ["chrome87", "safari14"],
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: here(`js/${named(mode)}.js`),
      output: {
        format: "es",
        entryFileNames: `${named(mode)}.js`,
        assetFileNames: `${named(mode)}[extname]`,
      },
    },
  },
}));
