// Prints what @huggingface/hub finds in the cache folder that is named: one line of JSON.
import { scanCacheDir } from "@huggingface/hub";

const info = await scanCacheDir(process.argv[2]);
console.log(JSON.stringify({
  size: info.size,
  warnings: info.warnings.map((warning) => warning.message),
  repos: info.repos.map((repo) => ({
    type: repo.id.type,
    name: repo.id.name,
    revisions: repo.revisions.map((revision) => ({
      commit: revision.commitOid,
      refs: revision.refs,
      files: revision.files.map((file) => ({ path: file.path, size: file.blob.size, blob: file.blob.path })),
    })),
  })),
}));
