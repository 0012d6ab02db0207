#!/usr/bin/env bash
# Measures the platform on this machine: deploy/bench.sh [NAME…], each row beside its limit or its peer in the same run, three times in
# turn. It starts a stack of its own (local processes, port 18070), installs what it compares with, and cleans up after itself. The table is
# in .local/bench/bench.md, for programs in bench.json. It takes about three quarters of an hour, of which the row of a million stories
# takes a third (BENCH_STORIES=100000 for less), and wants the machine for itself.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

main() {
  cd "$root"
  [[ ! -e $state/port ]] || fail "a stack runs already: stop it by deploy/down.sh --data (its data is lost then)"
  provide_peers
  export PORT=${PORT:-18070} UP=local OUTBOUND_ALLOW=127.0.0.0/8
  # One client is all clients here, and one receiver all receivers, so that their limits are not the platform's.
  export Limits__Enabled=false Stream__MaxPerClient=100000 Stream__MaxKilobytesPerClient=1000000 Webhooks__MaxRatePerSecond=10000
  ulimit -n "$(ulimit -Hn)"
  leave_no_compilers
  dotnet build tests/Benchmarks -c Release -v quiet --nologo -p:RestoreLockedMode=true
  trap 'deploy/down.sh --data' EXIT
  deploy/up.sh
  BENCH_COMMIT=$(git rev-parse --short HEAD 2>/dev/null || echo unknown) \
    dotnet tests/Benchmarks/bin/Release/net10.0/NewsPlatform.Benchmarks.dll "$@"
  say "The table is in .local/bench/bench.md"
}

provide_peers() {
  local package=() file
  for file in nginx:/usr/sbin/nginx libnginx-mod-nchan:/usr/lib/nginx/modules/ngx_nchan_module.so wrk:/usr/bin/wrk \
    util-linux:/usr/bin/taskset; do
    [[ -e ${file#*:} ]] || package+=("${file%%:*}")
  done
  ((${#package[@]})) || return 0
  install_packages peers "${package[@]}" || fail "needed, and could not be installed: ${package[*]}"
}

main "$@"
