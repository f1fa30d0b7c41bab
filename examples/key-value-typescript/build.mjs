import { build } from "esbuild";
import { SpinEsbuildPlugin } from "@spinframework/build-tools/plugins/esbuild/index.js";

await build({
  entryPoints: ["./src/index.ts"],
  outfile: "./build/bundle.js",
  bundle: true,
  format: "esm",
  platform: "node",
  sourcemap: false,
  minify: false,
  plugins: [await SpinEsbuildPlugin()],
});
