import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// Fixed names: Django's static storage adds the content hash, so a template can say
// static("kepu/kepu.css") without reading a manifest.
export default defineConfig({
  root: here("."),
  publicDir: here("public"),
  build: {
    outDir: here("../src/kepu/ui/static/kepu"),
    emptyOutDir: true,
    // Chat apps on older telephones carry a browser several years behind.
    target: ["chrome87", "safari14"],
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: here("js/kepu.js"),
      output: {
        format: "es",
        entryFileNames: "kepu.js",
        assetFileNames: "kepu[extname]",
      },
    },
  },
});
