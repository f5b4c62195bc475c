import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Fixed names: Django's static storage adds the content hash, so a template can say
// static("kepu/kepu.css") without reading a manifest.
// What every page loads is kepu.js; `--mode interviews` builds what the interviewer's page alone needs.
export default defineConfig(({ mode }) => ({
  root: here("."),
  publicDir: mode === "interviews" ? false : here("public"),
  build: {
    outDir: here("../src/kepu/ui/static/kepu"),
    emptyOutDir: mode !== "interviews",
    // Chat apps on older telephones carry a browser several years behind.
    target: ["chrome87", "safari14"],
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: here(mode === "interviews" ? "js/interviews.js" : "js/kepu.js"),
      output: {
        format: "es",
        entryFileNames: mode === "interviews" ? "interviews.js" : "kepu.js",
        assetFileNames: mode === "interviews" ? "interviews[extname]" : "kepu[extname]",
      },
    },
  },
}));
