// A client that reads a file as one stream, as most downloaders of the Hub's ecosystem do over plain HTTP.
//   node single-stream.mjs ENDPOINT REPO CACHE_DIR
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../tests/clients/package.json", import.meta.url));
const { downloadFileToCacheDir } = await import(pathToFileURL(require.resolve("@huggingface/hub")).href);
const [hubUrl, repo, cacheDir] = process.argv.slice(2);
console.log(await downloadFileToCacheDir({ repo, path: "model.safetensors", hubUrl, cacheDir }));
