#!/usr/bin/env bash
# BLAKE3 and chunk lists beside b3sum and openssl, on one machine in one run: read the ratios, not the seconds.
#   bench/hashing.sh [RUNS]     default 5; needs b3sum and openssl
# The result goes to bench/results/hashing.md.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
place=$(mktemp -d "${TMPDIR:-/tmp}/hfmc-bench.XXXXXX")
trap 'rm -rf "$place"' EXIT

# Machine code, as the program that users get.
dotnet publish bench/Hfmc.HashBench -c Release -r linux-x64 -p:HfmcRelease=native -p:PublishAot=true -p:ArtifactsPath="$PWD/artifacts/release/bench" -o artifacts/bench/hashing -v quiet --nologo >/dev/null
bench() { artifacts/bench/hashing/Hfmc.HashBench "$@"; }

# The same bytes each time, and as good as random.
file=$place/gib
head -c $((1 << 30)) /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000001 -iv 00000000000000000000000000000000 >"$file"

# clock NAME COMMAND...: processor seconds and seconds of a whole command, as a line of $place/times.
clock() {
  local name=$1 TIMEFORMAT='%U %S %R' took
  shift
  took=$({ time "$@" >"$place/out.$name" 2>/dev/null; } 2>&1)
  awk -v name="$name" '{ printf "%s\t%.3f\t%s\n", name, $1 + $2, $3 }' <<<"$took" >>"$place/times"
}

for ((run = 0; run < runs; run++)); do
  clock b3sum b3sum --num-threads 1 --no-mmap --no-names "$file"
  clock sha256 openssl dgst -sha256 "$file"
  bench file "$file" >"$place/ours"
  [ "$(awk '/^blake3/ { print $4 }' "$place/ours")" = "$(cat "$place/out.b3sum")" ] || { echo "hashing: b3sum disagrees" >&2; exit 1; }
  cat "$place/ours" >>"$place/times"
done

# median NAME COLUMN: 2 is processor seconds, 3 seconds.
median() { awk -F'\t' -v name="$1" -v column="$2" '$1 == name { print $column }' "$place/times" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
row() { echo "| $1 | $(median "$2" 2) | $(median "$2" 3) | $(ratio "$(median "$2" 2)" "$(median b3sum 2)") | $(ratio "$(median "$2" 2)" "$(median sha256 2)") |"; }

bench memory >"$place/memory"
{
  echo "# Hashing and chunk lists"
  echo
  echo "$(date -u +%F), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' with changes'), $(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), Linux $(uname -r), $(b3sum --version), $(openssl version | cut -d' ' -f1,2), $runs runs in turn, medians. Made by \`bench/hashing.sh\`. The file is in the page cache; reading it is part of each figure. One thread each."
  echo
  echo "| 1 GiB from a file | processor seconds | seconds | of b3sum's processor time | of sha256's |"
  echo "|---|---|---|---|---|"
  row '`b3sum --num-threads 1 --no-mmap`' b3sum
  row '`openssl dgst -sha256`' sha256
  row '**BLAKE3**' blake3
  row '**chunk list: cuts, a hash for each chunk, file id**' list
  echo
  echo "| 1 MiB in the processor's cache, the best of 300 runs | GB/s |"
  echo "|---|---|"
  awk -F'\t' '{ printf "| %s%s | %s |\n", ($1 ~ /^(Scalar|Vector128|Avx)/ ? "BLAKE3, " : $1 ~ /^cuts/ ? "chunk list: " : ""), $1, $2 }' "$place/memory"
} >bench/results/hashing.md
cat bench/results/hashing.md
