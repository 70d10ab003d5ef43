#!/usr/bin/env bash
# Bytes from a peer over TLS beside the same bytes in the clear, on one machine in one run: read the ratios, not the seconds.
#   bench/tls.sh [RUNS] [SIZE]     default 5, and bytes of the blob, default 1 GiB; needs curl, jq and openssl
# PROGRAM names an hfmc that is built already. The result goes to bench/results/tls.md, or to RESULT.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
size=${2:-$((1 << 30))}
load=$(cut -d" " -f1 /proc/loadavg)
for needed in curl jq openssl; do
  command -v $needed >/dev/null || { echo "tls: $needed is missing; install it (Debian: apt-get install $needed) and run this again" >&2; exit 1; }
done

place=$(mktemp -d "${TMPDIR:-/tmp}/hfmc-bench.XXXXXX")
cleanup() {
  local node
  for node in seed clear secure; do [ ! -d "$place/homes/$node" ] || hfmc $node daemon stop -q >/dev/null 2>&1 || true; done
  rm -rf "$place"
}
trap cleanup EXIT

program=${PROGRAM:-$place/program/bin/hfmc}
[ -n "${PROGRAM:-}" ] || ./install --prefix "$place/program" >/dev/null

# hfmc NODE ARGS...: as a node with a home of its own, without upstreams.
declare -A port=([seed]=23931 [clear]=23932 [secure]=23933)
hfmc() {
  local node=$1 home=$place/homes/$1
  shift
  mkdir -p "$home"
  env -u HF_TOKEN -u HFMC_CACHE -u HF_ENDPOINT HOME="$home" HFMC_HOME="$home/.hfmc" XDG_RUNTIME_DIR="$home" HFMC_MACHINE_ID="$node" HFMC_PORT="${port[$node]}" \
    HF_HUB_OFFLINE=1 "$program" "$@"
}

# One model, which the seed has. Two takers: one asks in the clear, one over TLS.
mkdir "$place/model"
head -c "$size" /dev/zero | openssl enc -aes-128-ctr -K 00000000000000000000000000000001 -iv 00000000000000000000000000000000 >"$place/model/model.safetensors"
etag=$(sha256sum "$place/model/model.safetensors" | cut -d" " -f1)
hfmc seed model import "$place/model" -r bench/tls -q
rm -rf "$place/model"
hfmc secure conf tls set always -q
for node in seed clear secure; do hfmc $node daemon start -q >/dev/null; done
for node in clear secure; do hfmc $node peer add 127.0.0.1 -p ${port[seed]} -q; done

# Each line: NAME, seconds.
curl_it() { printf '%s\t%s\n' "$1" "$(curl -sfk -o /dev/null -w '%{time_total}' "$1://127.0.0.1:${port[seed]}/peer/v1/blobs/$etag")" >>"$place/times"; }
add_it() {
  local took
  took=$(hfmc "$1" model add -r bench/tls --from peers --json)
  [ "$(jq .sources.peer <<<"$took")" -eq "$size" ] || { echo "tls: not all came from the peer: $took" >&2; exit 1; }
  printf '%s\t%s\n' "$1" "$(jq .seconds <<<"$took")" >>"$place/times"
  hfmc "$1" model rm -r bench/tls -y -q
}
curl -sf -o /dev/null "http://127.0.0.1:${port[seed]}/peer/v1/blobs/$etag"     # Into the page cache.
for ((run = 0; run < runs; run++)); do
  echo "== run $((run + 1)) of $runs" >&2
  curl_it http
  curl_it https
  add_it clear
  add_it secure
done

median() { awk -F'\t' -v name="$1" '$1 == name { print $2 }' "$place/times" | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
rate() { awk -v bytes="$size" -v seconds="$(median "$1")" 'BEGIN { printf "%.0f", bytes / seconds / 1e6 }'; }
row() { echo "| $1 | $(rate "$2") | $(rate "$3") | **$(awk -v a="$(median "$2")" -v b="$(median "$3")" 'BEGIN { printf "%.2f", a / b }')** |"; }
result=${RESULT:-bench/results/tls.md}
{
  echo "# TLS beside the clear"
  echo
  echo "$(date -u +%F), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' with changes'), $(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), Linux $(uname -r), load $load at the start, $(openssl version | cut -d' ' -f1,2), $runs runs in turn, medians. Made by \`bench/tls.sh\`. One peer and one asker on one machine, a blob of $size bytes in the page cache; both ends share the cores, so the cost of TLS shows more than between two machines."
  echo
  echo "| | MB/s in the clear | MB/s over TLS 1.3 | ratio |"
  echo "|---|---|---|---|"
  row "\`curl\` from a daemon" http https
  row "\`hfmc model add\` from a daemon: received, hashed, written" clear secure
} >"$result"
cat "$result"
