// node xet.mjs HUB_URL REPO PATH FOLDER RANGES...: reads a file and ranges of it (START-END, the end exclusive) as downloadFile offers it, into
// FOLDER/whole and FOLDER/RANGE; prints the class of what was read, and every request that was made: one line of JSON.
import { downloadFile } from "@huggingface/hub";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const [hubUrl, repo, path, folder, ...ranges] = process.argv.slice(2);
const requests = [];
const counted = async (input, init) => {
  const response = await fetch(input, init);
  const { pathname } = new URL(typeof input === "string" ? input : input.url ?? input.href);
  requests.push({ path: pathname, range: new Headers(init?.headers).get("range"), status: response.status, type: response.headers.get("content-type") });
  return response;
};

const blob = await downloadFile({ repo, path, hubUrl, fetch: counted });
await pipeline(Readable.fromWeb(blob.stream()), createWriteStream(`${folder}/whole`));
for (const range of ranges) {
  const [start, end] = range.split("-").map(Number);
  await writeFile(`${folder}/${range}`, new Uint8Array(await blob.slice(start, end).arrayBuffer()));
}
console.log(JSON.stringify({ kind: blob.constructor.name, size: blob.size, requests }));
