#!/usr/bin/env bash
# hfmc beside curl, aria2c, nginx and a single-stream client, on one machine in one run: read the ratios, not the seconds.
#   bench/transfer.sh [RUNS]     default 5; needs curl, openssl, aria2c, nginx, jq, python3, and node with tests/clients installed (left out otherwise)
# PROGRAM names an hfmc that is built already. The result goes to bench/results/transfer.md.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
gib=$((1 << 30))
load=$(cut -d" " -f1 /proc/loadavg)

place=$(mktemp -d "${TMPDIR:-/tmp}/hfmc-bench.XXXXXX")
started=()
cleanup() {
  local node pid
  for node in peer taker; do [ ! -d "$place/homes/$node" ] || hfmc $node daemon stop -q >/dev/null 2>&1 || true; done
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$place"
}
trap cleanup EXIT

program=${PROGRAM:-$place/program/bin/hfmc}
[ -n "${PROGRAM:-}" ] || ./install --prefix "$place/program" >/dev/null
dotnet build tests/Hfmc.FakeHub -c Release -v quiet --nologo >/dev/null
hub=$(ls -d artifacts/bin/Hfmc.FakeHub/release*/hfmc-fakehub | head -n 1)

# hfmc NODE ARGS...: as a node with a home of its own.
declare -A port=([peer]=23901 [taker]=23902 [alone]=23903)
hfmc() {
  local node=$1 home=$place/homes/$1
  shift
  mkdir -p "$home"
  env -u HF_TOKEN -u HFMC_CACHE HOME="$home" HFMC_HOME="$home/.hfmc" XDG_RUNTIME_DIR="$home" HFMC_MACHINE_ID="$node" HFMC_PORT="${port[$node]}" \
    ${upstream:+HF_ENDPOINT=$upstream} ${offline:+HF_HUB_OFFLINE=1} ${timer[@]:+"${timer[@]}"} "$program" "$@"
}
upstream='' offline='' timer=()

start_hub() {
  : >"$place/hub.json"
  "$hub" "$@" >"$place/hub.json" &
  started+=($!)
  until grep -q '}$' "$place/hub.json"; do sleep 0.1; done
  upstream=$(jq -r .endpoint "$place/hub.json")
  upstream=${upstream%/}
}
stop_hub() {
  kill "${started[-1]}"
  wait "${started[-1]}" 2>/dev/null || true
}

# start_nginx COUNT SIZE: an upstream that costs next to nothing, with COUNT files of SIZE bytes.
start_nginx() {
  /usr/bin/python3 bench/nginx_hub.py "$place/nginx-hub" 23920 "$@"
  chmod 755 "$place"
  nginx -c "$place/nginx-hub/nginx.conf" &
  started+=($!)
  upstream=http://127.0.0.1:23920
  until curl -sf -o /dev/null "$upstream/api/models/acme/model/revision/main"; do sleep 0.1; done
}
stop_nginx() {
  stop_hub
  rm -rf "$place/nginx-hub"
}

# A virtual machine hands free memory back to its host, and taking it again can cost more than the download. So each run finds
# pages free that were in use a moment ago.
warm() {
  dd if=/dev/zero of="$place/warm" bs=256K count=4400 status=none
  rm -f "$place/warm"
}

declare -A times
# take NAME COMMAND...: wall seconds of one run, appended to the name's list.
take() {
  local name=$1 begun ended
  shift
  sync
  warm
  begun=$(date +%s%N)
  "$@" >/dev/null
  ended=$(date +%s%N)
  [ -z "${VERBOSE:-}" ] || echo "$name: $(((ended - begun) / 1000000)) ms" >&2
  times[$name]+="$(((ended - begun) / 1000000)) "
}
median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$(median "${times[$1]}")" -v b="$(median "${times[$2]}")" 'BEGIN { printf "%.2f", a / b }'; }
seconds() { awk -v a="$(median "${times[$1]}")" 'BEGIN { printf "%.2f", a / 1000 }'; }
forget() { hfmc "$1" model rm -r "$2" -y -q >/dev/null 2>&1 || true; rm -rf "$place/homes/$1/.cache"; }

curl_and_digest() { curl -sfL -o "$place/curl.bin" "$1" && openssl dgst -sha256 "$place/curl.bin"; }
cpu_of() { awk '{ print ($14 + $15) / 100 }' "/proc/$1/stat"; }
peak_of() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

echo "== one blob of 1 GiB from nginx as the upstream" >&2
start_nginx 1 $gib
address=$upstream/acme/model/resolve/main/model.safetensors
add_model() { hfmc alone model add -r acme/model -q; }
for _ in $(seq "$runs"); do
  take 'curl && openssl' curl_and_digest "$address"
  rm -f "$place/curl.bin"
  take curl curl -sfL -o "$place/curl.bin" "$address"
  rm -f "$place/curl.bin"
  take 'aria2c -x8' aria2c -x8 -s8 -q -d "$place" -o aria.bin "$address"
  rm -f "$place/aria.bin"
  take hfmc add_model
  rm -rf "$place/homes/alone/.cache"
done
timer=(/usr/bin/time -f %M -o "$place/peak1")
add_model >/dev/null
timer=()
rm -rf "$place/homes/alone/.cache"
stop_nginx

echo "== 4 GiB, for the memory" >&2
start_hub --repo acme/huge --size $((4 * gib))
timer=(/usr/bin/time -f %M -o "$place/peak4")
hfmc alone model add -r acme/huge -q >/dev/null
timer=()
rm -rf "$place/homes/alone/.cache"
stop_hub

echo "== 256 MiB where each connection is held to 25 MB/s" >&2
start_hub --repo acme/big --size $((gib / 4)) --bytes-per-second-each 25000000
address=$upstream/acme/big/resolve/main/model.safetensors
add_alone() { hfmc alone model add -r acme/big -q; }
for _ in $(seq "$runs"); do
  take 'curl, shaped' curl -sfL -o "$place/curl.bin" "$address"
  rm -f "$place/curl.bin"
  take 'hfmc, shaped' add_alone
  rm -rf "$place/homes/alone/.cache"
  if [ -d tests/clients/node_modules ]; then
    take 'single-stream, shaped' node bench/clients/single-stream.mjs "$upstream" acme/big "$place/stream"
    rm -rf "$place/stream"
  fi
done
stop_hub

echo "== 2,000 files of 8 KiB from nginx as the upstream" >&2
# What a run leaves stays until the end: ext4 steps around each inode that was deleted within some seconds, one by one.
kept=0
start_nginx 2000 8192
awk -v base="$upstream/acme/model/resolve/main/" -v out="$place/many/" '{ print "url=" base $0 "\noutput=" out $0 }' "$place/nginx-hub/paths" >"$place/many.curl"
many_curl() { curl -sfL --no-progress-meter --create-dirs --parallel --parallel-max 8 -K "$place/many.curl"; }
for _ in $(seq "$runs"); do
  mkdir "$place/many"
  take 'curl, 2000 files' many_curl
  mv "$place/many" "$place/many.$((++kept))"
  timer=(/usr/bin/time -f %M -o "$place/peak2000")
  take 'hfmc, 2000 files' add_model
  timer=()
  mv "$place/homes/alone/.cache" "$place/cache.$kept"
done
stop_nginx

echo "== one blob of 1 GiB from one peer" >&2
start_hub --repo acme/big --size $gib
hfmc peer daemon start -q >/dev/null
peer=$(hfmc peer daemon status --json | jq .pid)
idle=$(awk '/VmRSS/ { all = $2 } /RssAnon/ { own = $2 } END { printf "%.0f MiB, of which %.0f are its own and not the mapped program", all / 1024, own / 1024 }' "/proc/$peer/status")
hfmc peer model add -r acme/big -q >/dev/null
hfmc taker daemon start -q >/dev/null
taker=$(hfmc taker daemon status --json | jq .pid)
hfmc taker peer add 127.0.0.1 -p ${port[peer]} >/dev/null 2>&1
blob=$(echo "$place"/homes/peer/.cache/hfmc/hub/models--acme--big/blobs/*)
blob=$(ls -S "$place"/homes/peer/.cache/hfmc/hub/models--acme--big/blobs/* | head -n 1)
cat >"$place/nginx.conf" <<N
worker_processes 1;
error_log $place/nginx.log;
pid $place/nginx.pid;
daemon off;
events {}
http {
  access_log off;
  sendfile on;
  server { listen 127.0.0.1:23910; root $(dirname "$blob"); }
}
N
chmod 755 "$place" "$place"/homes "$place"/homes/peer
nginx -c "$place/nginx.conf" &
started+=($!)
until curl -sf -o /dev/null "http://127.0.0.1:23910/$(basename "$blob")" -r 0-0; do sleep 0.1; done
add_taker() { hfmc taker model add -r acme/big --from any -q; }
drop_taker() { hfmc taker model rm -r acme/big -y -q >/dev/null 2>&1; }
before=$(cpu_of "$peer"; cpu_of "$taker")
for _ in $(seq "$runs"); do
  take 'curl from nginx' curl -sf -o "$place/curl.bin" "http://127.0.0.1:23910/$(basename "$blob")"
  rm -f "$place/curl.bin"
  take 'hfmc from a peer' add_taker
  drop_taker
done
after=$(cpu_of "$peer"; cpu_of "$taker")
digest=$( { /usr/bin/time -f '%U %S' openssl dgst -sha256 "$blob" >/dev/null; } 2>&1 | awk '{ print $1 + $2 }')
cpu=$(paste <(echo "$before") <(echo "$after") | awk -v runs="$runs" -v digest="$digest" '{ sum += $2 - $1 } END { printf "%.2f", sum / runs - digest }')
fetched=$(hfmc taker daemon status --json | jq .fetched_bytes)

for _ in $(seq 20); do take version "$program" --version; done

result=bench/results/transfer.md
{
  echo "# Transfer, against what people use today"
  echo
  echo "$(date -u +%F), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' with changes'), $(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), Linux $(uname -r), $runs runs in turn, medians; load average $load at the start, $(cut -d" " -f1 /proc/loadavg) at the end. Made by \`bench/transfer.sh\`. hfmc checks the digest and syncs to disk before it publishes; curl and aria2c do neither."
  echo
  echo "| what | seconds | ratio | target |"
  echo "|---|---|---|---|"
  echo "| 1 GiB, \`curl && openssl dgst -sha256\` | $(seconds 'curl && openssl') | | |"
  echo "| 1 GiB, curl | $(seconds curl) | | |"
  echo "| 1 GiB, \`aria2c -x8\` | $(seconds 'aria2c -x8') | | |"
  echo "| **1 GiB, hfmc** | $(seconds hfmc) | $(ratio hfmc 'curl && openssl') of curl && openssl | 0.8 |"
  echo "| | | $(ratio hfmc curl) of curl | 1.15 |"
  echo "| | | $(ratio hfmc 'aria2c -x8') of aria2c | 1.5 (either) |"
  echo "| 256 MiB, each connection held to 25 MB/s, curl | $(seconds 'curl, shaped') | | |"
  [ -z "${times[single-stream, shaped]:-}" ] || echo "| the same, single stream (@huggingface/hub) | $(seconds 'single-stream, shaped') | | |"
  echo "| **the same, hfmc** | $(seconds 'hfmc, shaped') | $(ratio 'curl, shaped' 'hfmc, shaped') times as fast as curl | |"
  [ -z "${times[single-stream, shaped]:-}" ] || echo "| | | $(ratio 'single-stream, shaped' 'hfmc, shaped') times as fast as the single stream | 4 |"
  echo "| 2,000 files of 8 KiB, curl with 8 connections | $(seconds 'curl, 2000 files') | | |"
  echo "| **2,000 files of 8 KiB, hfmc** | $(seconds 'hfmc, 2000 files') | $(ratio 'hfmc, 2000 files' 'curl, 2000 files') of curl | 2 |"
  echo "| 1 GiB from nginx, curl | $(seconds 'curl from nginx') | | |"
  echo "| **1 GiB from one peer, hfmc** | $(seconds 'hfmc from a peer') | $(ratio 'hfmc from a peer' 'curl from nginx') of curl from nginx | 1.2 |"
  echo
  echo "| what | figure | target |"
  echo "|---|---|---|"
  echo "| CPU of both daemons for 1 GiB from peer to peer, without the digest ($digest s) | $cpu s | 2.5 s |"
  echo "| peak memory of \`model add\`, 1 GiB | $(($(cat "$place/peak1") / 1024)) MiB | 100 MiB |"
  echo "| peak memory of \`model add\`, 4 GiB | $(($(cat "$place/peak4") / 1024)) MiB | 100 MiB |"
  echo "| peak memory of \`model add\`, 2,000 files | $(($(cat "$place/peak2000") / 1024)) MiB | 100 MiB |"
  echo "| peak memory of the taking daemon | $(peak_of "$taker") MiB | 100 MiB |"
  echo "| peak memory of the serving daemon | $(peak_of "$peer") MiB | 100 MiB |"
  echo "| idle daemon | $idle | 80 MB |"
  echo "| \`hfmc --version\` | $(median "${times[version]}") ms | 50 ms |"
  echo
  echo "Bytes that the taking daemon fetched: $fetched for $runs downloads."
} | tee $result
