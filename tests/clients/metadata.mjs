// node metadata.mjs HUB_URL REPO REVISION PATH...: asks @huggingface/hub about a repo, with the token in CLIENT_TOKEN if there is one.
// Prints one line of JSON: what each call gave, or the status and code that it failed with.
import { checkRepoAccess, fileExists, listFiles, listModels, modelInfo, pathsInfo, repoExists, whoAmI } from "@huggingface/hub";

const [hubUrl, repo, revision, ...paths] = process.argv.slice(2);
const accessToken = process.env.CLIENT_TOKEN;
const common = { hubUrl, ...(accessToken ? { accessToken } : {}) };

const all = async (items) => {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
};
// What a Xet client would be led away by is looked at in other tests.
const plain = (entry) => ({ ...entry, xetHash: undefined });
const tell = async (ask) => {
  try {
    return await ask();
  } catch (error) {
    return { failed: error.statusCode ?? String(error) };
  }
};

console.log(JSON.stringify({
  modelInfo: await tell(() => modelInfo({ name: repo, revision, ...common })),
  more: await tell(() => modelInfo({ name: repo, additionalFields: ["author", "siblings"], ...common })),
  listFiles: await tell(async () => (await all(listFiles({ repo, revision, recursive: true, ...common }))).map(plain)),
  expanded: await tell(async () => (await all(listFiles({ repo, revision, expand: true, ...common }))).map(plain)),
  pathsInfo: await tell(async () => (await pathsInfo({ repo, revision, paths, ...common })).map(plain)),
  fileExists: await tell(() => Promise.all([...paths, "no such file.bin"].map((path) => fileExists({ repo, revision, path, ...common })))),
  repoExists: await tell(() => repoExists({ repo, ...common })),
  access: await tell(async () => (await checkRepoAccess({ repo, ...common })) ?? "yes"),
  search: await tell(async () => (await all(listModels({ search: { query: repo.split("/")[1] }, ...common }))).map((model) => model.name)),
  whoAmI: await tell(async () => (accessToken ? (await whoAmI(common)).name : "nobody")),
}));
