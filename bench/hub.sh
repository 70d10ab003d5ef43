#!/usr/bin/env bash
# The daemon as a Hub beside nginx on the same files, on one machine in one run: read the ratios, not the seconds.
#   bench/hub.sh [SECONDS] [SIZE]     of each load, default 20, and bytes of the big file, default 1 GiB; needs curl, jq, nginx and wrk
# PROGRAM names an hfmc that is built already. The result goes to bench/results/hub.md, or to RESULT.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}
size=${2:-$((1 << 30))}
clients=200
rate=1000
load=$(cut -d" " -f1 /proc/loadavg)
for needed in curl jq nginx wrk; do
  command -v $needed >/dev/null || { echo "hub: $needed is missing; install it (Debian: apt-get install $needed) and run this again" >&2; exit 1; }
done

place=$(mktemp -d "${TMPDIR:-/tmp}/hfmc-bench.XXXXXX")
started=()
cleanup() {
  local pid
  [ ! -d "$place/home" ] || hfmc daemon stop -q >/dev/null 2>&1 || true
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$place"
}
trap cleanup EXIT

program=${PROGRAM:-$place/program/bin/hfmc}
[ -n "${PROGRAM:-}" ] || ./install --prefix "$place/program" >/dev/null
dotnet build tests/Hfmc.FakeHub -c Release -v quiet --nologo >/dev/null
dotnet build bench/Hfmc.HubBench -c Release -v quiet --nologo >/dev/null
bench() { dotnet artifacts/bin/Hfmc.HubBench/release/Hfmc.HubBench.dll "$@"; }

port=23921
mkdir -p "$place/home"
hfmc() {
  env -u HF_TOKEN -u HFMC_CACHE -u HF_HUB_OFFLINE HOME="$place/home" HFMC_HOME="$place/home/.hfmc" XDG_RUNTIME_DIR="$place/home" HFMC_MACHINE_ID=bench \
    HFMC_PORT=$port HF_ENDPOINT="$upstream" "$program" "$@"
}

# The upstream: one big file, 200 small ones, and cold ones for the first byte.
cold=10
start_hub() {
  : >"$place/hub.json"
  "$(ls -d artifacts/bin/Hfmc.FakeHub/release*/hfmc-fakehub | head -n 1)" "$@" >"$place/hub.json" &
  started+=($!)
  until grep -q '}$' "$place/hub.json"; do sleep 0.1; done
  upstream=$(jq -r .endpoint "$place/hub.json")
  upstream=${upstream%/}
}
start_hub --repo acme/big --size "$size" --files $((2 * cold)) --file-size $((64 << 20)) --small $clients
base=http://127.0.0.1:$port/acme/big/resolve/main
hfmc daemon start -q >/dev/null
daemon=$(hfmc daemon status --json | jq .pid)

echo "== first byte of a cold file" >&2
mapfile -t shards < <(jq -r '.files[].path' "$place/hub.json" | grep -v -e model.safetensors -e config.json | awk '/safetensors|shard/' | head -n $((2 * cold)))
[ "${#shards[@]}" -ge $((2 * cold)) ] || { echo "hub: the fake hub lists no shards: $(jq -r '.files[].path' "$place/hub.json" | head -n 5)" >&2; exit 1; }
curl -sfI -o /dev/null "$base/config.json"    # The repo is known: what counts is the file.
bench first "$upstream/acme/big/resolve/main/config.json" "$base/config.json" >/dev/null
for ((i = 0; i < cold; i++)); do
  bench first "$upstream/acme/big/resolve/main/${shards[2 * i]}" "$upstream/acme/big/resolve/main/${shards[2 * i + 1]}" | tail -n 1 >>"$place/first.upstream"
  bench first "$base/config.json" "$base/${shards[i]}" | tail -n 1 >>"$place/first.hfmc"
done
median() { sort -n "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

echo "== the files come into the cache" >&2
curl -sf -o /dev/null "$base/model.safetensors"
mapfile -t small < <(jq -r '.files[].path' "$place/hub.json" | grep -F small | head -n $clients)
[ "${#small[@]}" -eq $clients ] || { echo "hub: the fake hub lists ${#small[@]} small files" >&2; exit 1; }
for file in "${small[@]}"; do curl -sf -o /dev/null "$base/$file"; done
snapshot=$(echo "$place"/home/.cache/hfmc/hub/models--acme--big/snapshots/*)
until [ -e "$snapshot/model.safetensors" ]; do sleep 0.1; done

cat >"$place/nginx.conf" <<N
worker_processes auto;
error_log $place/nginx.log;
pid $place/nginx.pid;
daemon off;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  server { listen 127.0.0.1:23922; root $snapshot; }
}
N
chmod 755 "$place" "$place/home"
nginx -c "$place/nginx.conf" &
started+=($!)
until curl -sf -o /dev/null -r 0-0 http://127.0.0.1:23922/model.safetensors; do sleep 0.1; done

# Each connection of wrk asks for the files in turn.
{
  echo 'local files = {'
  printf '  "%s",\n' "${small[@]}"
  cat <<'L'
}
local at, prefix = 0, os.getenv("PREFIX")
request = function()
  at = at % #files + 1
  return wrk.format("GET", prefix .. files[at])
end
L
} >"$place/small.lua"

# load NAME PREFIX PORT: bytes a second, requests a second and errors of both loads, as lines of $place/loads.
load() {
  local name=$1 prefix=$2 at=$3 kind
  for kind in big small; do
    if [ $kind = big ]; then
      wrk -t2 -c$clients -d"${seconds}s" --timeout 120s "http://127.0.0.1:$at$prefix/model.safetensors" >"$place/wrk.$name.$kind"
    else
      PREFIX="$prefix/" wrk -t2 -c$clients -d"${seconds}s" --timeout 30s -s "$place/small.lua" "http://127.0.0.1:$at/" >"$place/wrk.$name.$kind"
    fi
    awk -v name="$name" -v kind=$kind '
      function bytes(text) { return substr(text, 1, length(text) - 2) * (text ~ /GB/ ? 1073741824 : text ~ /MB/ ? 1048576 : 1024) }
      /Transfer\/sec/ { rate = bytes($2) } /Requests\/sec/ { requests = $2 } /Non-2xx/ { bad += $NF }
      /Socket errors/ { gsub(",", ""); bad += $4 + $6 + $8 }
      END { printf "%s\t%s\t%.0f\t%s\t%d\n", name, kind, rate, requests, bad }' "$place/wrk.$name.$kind" >>"$place/loads"
  done
}
rss() { awk -v key="$1" '$1 == key":" { printf "%.0f", $2 / 1024 }' "/proc/$daemon/status"; }

echo "== $clients clients, twice in turn" >&2
before=$(rss VmRSS)
for _ in 1 2; do
  load nginx "" 23922
  load hfmc /acme/big/resolve/main $port
done
after=$(rss VmRSS) peak=$(rss VmHWM)

echo "== HEAD at $rate requests a second" >&2
bench rate "$base/model.safetensors" $rate "$seconds" >"$place/rate.hfmc" || true
bench rate http://127.0.0.1:23922/model.safetensors $rate "$seconds" >"$place/rate.nginx" || true

of() { awk -F'\t' -v name="$1" -v kind="$2" -v column="$3" '$1 == name && $2 == kind { sum += $column; n++ } END { printf "%.4f", sum / n }' "$place/loads"; }
errors() { awk -F'\t' -v name="$1" '$1 == name { sum += $5 } END { print sum + 0 }' "$place/loads"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
result=${RESULT:-bench/results/hub.md}
{
  echo "# The daemon as a Hub, beside nginx"
  echo
  echo "$(date -u +%F), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' with changes'), $(nproc) cores ($(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)), Linux $(uname -r), $(nginx -v 2>&1 | sed 's/.*: //'), $(wrk -v 2>&1 | awk 'NR == 1 { print $1, $2 }'); load average $load at the start, $(cut -d" " -f1 /proc/loadavg) at the end. Made by \`bench/hub.sh $seconds $size\`. Clients and servers share the machine; all files are in the page cache."
  echo
  echo "| $clients clients, $seconds s, twice in turn | nginx | hfmc | ratio | target |"
  echo "|---|---|---|---|---|"
  echo "| one warm file of $((size >> 20)) MiB, MB/s | $(of nginx big 3 | awk '{ printf "%.0f", $1 / 1e6 }') | $(of hfmc big 3 | awk '{ printf "%.0f", $1 / 1e6 }') | $(ratio "$(of hfmc big 3)" "$(of nginx big 3)") | 0.9 |"
  echo "| $clients warm files of 10,000 bytes, requests/s | $(of nginx small 4 | awk '{ printf "%.0f", $1 }') | $(of hfmc small 4 | awk '{ printf "%.0f", $1 }') | $(ratio "$(of hfmc small 4)" "$(of nginx small 4)") | 0.9 |"
  echo "| errors | $(errors nginx) | $(errors hfmc) | | 0 |"
  echo
  echo "| HEAD of a warm file, $rate requests/s for $seconds s, latency from the intended time | requests | errors | p50 ms | p99 ms | longest ms | target |"
  echo "|---|---|---|---|---|---|---|"
  awk -F'\t' '{ printf "| nginx | %s | %s | %s | %s | %s | |\n", $1, $2, $3, $4, $5 }' "$place/rate.nginx"
  awk -F'\t' '{ printf "| hfmc | %s | %s | %s | %s | %s | p99 20 |\n", $1, $2, $3, $4, $5 }' "$place/rate.hfmc"
  echo
  echo "| what | figure | target |"
  echo "|---|---|---|"
  echo "| first byte of a cold file of 64 MiB from the upstream itself, median of $cold | $(median "$place/first.upstream") ms | |"
  echo "| the same through the daemon | $(median "$place/first.hfmc") ms | 50 ms more |"
  echo "| memory of the daemon before the load, after it, at most | $before, $after, $peak MiB | bounded |"
} | tee "$result"
