#!/usr/bin/env bash
# Stops what deploy/up.sh started and keeps the data; with --data it deletes the data too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

main() {
  [[ $# == 0 || $* == --data ]] || fail "Usage: deploy/down.sh [--data]" 2
  local said=
  cd "$root"
  mkdir -p "$state/log"
  ! engine_answers || said=$(stop compose "${1-}")$'\n'
  said+=$(stop local "${1-}")
  said=${said%$'\n'}
  rm -f "$state/port"
  say "${said:-Nothing was running.}"
}

stop() ( # WAY ''|--data
  # shellcheck source-path=SCRIPTDIR source=local.sh
  . "deploy/$1.sh"
  stack_stop "$2"
)

main "$@"
