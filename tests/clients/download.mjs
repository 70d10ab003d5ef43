// node download.mjs HUB_URL CACHE_DIR REPO PATH...: downloads files into the cache and prints their paths, one a line.
import { downloadFileToCacheDir } from "@huggingface/hub";

console.debug = () => {};
const [hubUrl, cacheDir, repo, ...paths] = process.argv.slice(2);
for (const path of paths) console.log(await downloadFileToCacheDir({ repo, path, hubUrl, cacheDir }));
