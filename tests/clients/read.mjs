// node read.mjs HUB_URL CACHE_DIR REPO TOKEN PATH [START END]...: reads a file in whole and in ranges, then the repo into the cache folder.
// Prints a line of JSON: digests of what was read, and where the snapshot is.
import { createHash } from "node:crypto";
import { downloadFile, downloadFileToCacheDir, snapshotDownload } from "@huggingface/hub";

console.debug = () => {};
const [hubUrl, cacheDir, repo, token, path, ...bounds] = process.argv.slice(2);
const access = { repo, hubUrl, ...(token ? { accessToken: token } : {}) };
const digest = async (blob) => createHash("sha256").update(Buffer.from(await blob.arrayBuffer())).digest("hex");

const blob = await downloadFile({ ...access, path });
const ranges = [];
for (let i = 0; i < bounds.length; i += 2) ranges.push(await digest(blob.slice(Number(bounds[i]), Number(bounds[i + 1]))));
const whole = await digest(blob);
const cached = await downloadFileToCacheDir({ ...access, path, cacheDir });
const snapshot = await snapshotDownload({ ...access, cacheDir });
console.log(JSON.stringify({ size: blob.size, ranges, whole, cached, snapshot, none: await downloadFile({ ...access, path: "none" }) }));
