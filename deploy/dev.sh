#!/usr/bin/env bash
# One command to work on the code: private servers under .local/ and all services by `dotnet watch`, so that what is changed in a source
# is in the running service a moment later (https://learn.microsoft.com/dotnet/core/tools/dotnet-watch). Ends with Ctrl-C, which stops
# everything and keeps the data. PORT and what deploy/up.sh passes on are passed on here too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=local.sh
. "$(dirname "$0")/local.sh"

main() {
  (($# == 0)) || fail "usage: deploy/dev.sh" 2
  have curl || fail "curl is needed: install the package curl"
  cd "$root"
  use_dotenv
  use_port
  [[ ! -e $state/port ]] || fail "the stack runs already: stop it by deploy/down.sh"
  ! accepts "$PORT" || fail "port $PORT is in use by another program: choose another one by 'PORT=n deploy/dev.sh'"
  mkdir -p "$state/log" "$state/run"
  rm -f "$state"/run/*.pid # of one that was killed
  [[ -s $state/admin.key ]] || (umask 077 && random_key >"$state/admin.key")
  ADMIN_KEY=$(<"$state/admin.key")
  export ADMIN_KEY PUBLIC_URL=${PUBLIC_URL:-$base}

  trap end EXIT
  trap 'exit 0' INT TERM
  stack_start
  say "Importing the sample edition"
  deploy/import.sh seeds/edition.ndjson
  cat <<EOT

The news:       $base/en
The admin key:  in .local/admin.key
The logs:       .local/log/publishing.log, feed.log, notifications.log, gateway.log
To stop:        Ctrl-C

Change a line of a service: its log says 'Hot reload' and the next request has it. What can't be replaced
in a running program is built and started anew.
EOT
  while all_running; do sleep 1; done
  fail "a service has ended: see the logs"
}

# shellcheck disable=SC2317 # The trap calls it.
end() {
  trap - EXIT
  trap '' INT TERM # once is enough
  say "Stopping"
  stop_services
  deploy/servers.sh down "$state/servers"
}

# --- What is done here otherwise than by deploy/local.sh ------------------------

publish() { say "Each service is built as it is started"; }

running() { kill -0 "$(cat "$state/run/$1.pid" 2>/dev/null)" 2>/dev/null; } # SERVICE

# One after the other, since the first build is all there is to wait for, and two at once take as long.
start() { # SERVICE NAME=VALUE...
  local service=$1
  shift
  (
    exec </dev/null >"$state/log/$service.log" 2>&1
    keep_own "$service"
    for setting in "Listen__Port=${port[$service]}" "Listen__ManagementPort=${management[$service]}" "$@"; do export "${setting?}"; done
    # A page is made anew when nobody has asked for it for a second, so that a changed template shows.
    export Ready__KeepSeconds=1
    # Each has its own output, so that no two builds of a shared project write the same file.
    export ArtifactsPath=$state/dev/$service
    # Looking at the files takes none of the kernel's watches, of which a user has few and four services need many.
    export DOTNET_USE_POLLING_FILE_WATCHER=1 DOTNET_WATCH_RESTART_ON_RUDE_EDIT=1 DOTNET_WATCH_SUPPRESS_EMOJIS=1
    exec setsid dotnet watch --non-interactive --project "services/${service^}" run --no-launch-profile
  ) &
  echo $! >"$state/run/$service.pid"
  disown # no word of the shell's when it is killed
  say "  Building and starting $service (log: .local/log/$service.log)"
  until [[ $(stack_states "$service") == *ready ]]; do
    running "$service" || fail "$service has ended: see .local/log/$service.log"
    sleep 0.5
  done
}

# The service ends by SIGTERM; dotnet watch takes that for a reason to wait for the next change, and is ended after it.
stop_services() {
  local service deadline=$((SECONDS + 20))
  for service in "${services[@]}"; do
    ! running "$service" || kill -TERM -- "-$(<"$state/run/$service.pid")" 2>/dev/null || true
  done
  for service in "${services[@]}"; do
    running "$service" || continue
    while accepts "${management[$service]-0}" && ((SECONDS < deadline)); do sleep 0.2; done
    kill -KILL -- "-$(<"$state/run/$service.pid")" 2>/dev/null || true
    rm -f "$state/run/$service.pid"
  done
}

main "$@"
