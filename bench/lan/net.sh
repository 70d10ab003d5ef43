#!/usr/bin/env bash
# A LAN out of network namespaces: hosts on one switch, each with a link of its own speed. Needs root, ip and tc.
#   net.sh up LAB HOST=UP[/DOWN]...   hosts get 10.77.0.1, .2, ... in that order; speeds in Mbit/s, DOWN as UP when left out
#   net.sh down LAB                   ends what still runs inside, and takes the namespaces away
#   net.sh sent LAB HOST              bytes that the host's uplink has carried, heads of packets among them
# Everything lives in namespaces named hfmc-lab-LAB-*: the machine's own network is neither used nor changed.
set -euo pipefail

# What waits for a link longer than this is dropped, as in the buffer of a switch. A burst is what may pass at once: it must
# hold the largest packet that the hosts hand over, so that stays small too, or a 64 KiB packet would be lost as a whole.
queue=${HFMC_LAB_QUEUE:-50ms}
burst=${HFMC_LAB_BURST:-32kb}
packet=${HFMC_LAB_PACKET:-16384}

fail() {
  echo "net.sh: $1" >&2
  exit 1
}

namespaces() { ip netns list | awk -v name="hfmc-lab-$1-" 'index($1, name) == 1 { print $1 }'; }

# An uplink that its connections share fairly, as those of most hosts do (fq_codel, which not every kernel has): in one plain
# queue the first connection keeps what it has taken, as nothing is ever lost there. 64 classes, chosen by address and port.
fair_uplink() {
  local class
  echo "qdisc add dev eth0 root handle 1: htb default 100"
  echo "class add dev eth0 parent 1: classid 1:1 htb rate ${1}mbit burst $burst cburst $burst quantum $packet"
  for class in $(seq 256 319); do
    printf 'class add dev eth0 parent 1:1 classid 1:%x htb rate 10kbit ceil %smbit burst %s cburst %s quantum %s\n' "$class" "$1" "$burst" "$burst" "$packet"
  done
  # Class = 0x100 + (the lower half of the address + half the port) % 64, of the receiver.
  echo "filter add dev eth0 parent 1: bpf bytecode '8,40 0 0 36,116 0 0 1,7 0 0 0,40 0 0 32,12 0 0 0,84 0 0 63,4 0 0 256,22 0 0 0' classid 1:100"
}

make_host() {
  local lab=$1 number=$2 host=${3%%=*} up=${3#*=} down switch=hfmc-lab-$1-switch space=hfmc-lab-$1-${3%%=*}
  down=${up#*/} up=${up%/*}
  ip netns add "$space"
  ip -n "$space" link set lo up
  ip -n "$switch" link add name "$host" type veth peer name eth0 netns "$space"
  ip -n "$switch" link set dev "$host" gso_max_size "$packet"
  ip -n "$space" link set dev eth0 gso_max_size "$packet"
  ip -n "$switch" link set dev "$host" master lan up
  ip -n "$space" address add "10.77.0.$number/24" dev eth0
  ip -n "$space" link set eth0 up
  fair_uplink "$up" | tc -n "$space" -batch -
  tc -n "$switch" qdisc add dev "$host" root tbf rate "${down}mbit" burst "$burst" latency "$queue"
  # Cubic is what most machines use; a namespace may not choose it, a route may.
  ip -n "$space" route change 10.77.0.0/24 dev eth0 src "10.77.0.$number" congctl cubic
}

up() {
  local lab=$1 number=0 host
  shift
  [ -z "$(namespaces "$lab")" ] || fail "there is a lab '$lab' already: net.sh down $lab"
  ip netns add "hfmc-lab-$lab-switch"
  # A switch is no firewall: where the kernel takes bridged packets past its rules, that costs more than the switching.
  ip netns exec "hfmc-lab-$lab-switch" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 2>/dev/null || true
  ip -n "hfmc-lab-$lab-switch" link add lan type bridge
  ip -n "hfmc-lab-$lab-switch" link set lan up
  for host in "$@"; do make_host "$lab" $((++number)) "$host"; done
}

down() {
  local space pid
  for space in $(namespaces "$1"); do
    for pid in $(ip netns pids "$space"); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns delete "$space"
  done
}

[ "$(id -u)" = 0 ] || fail "network namespaces need root: run this with sudo"
case ${1:-} in
  up) shift; up "$@" || { down "$1"; fail "the LAN could not be made" ;} ;;
  down) down "$2" ;;
  sent) tc -n "hfmc-lab-$2-$3" -s qdisc show dev eth0 root | awk '/Sent/ { print $2; exit }' ;;
  *) fail "want up LAB HOST=UP[/DOWN]..., down LAB, or sent LAB HOST" ;;
esac
