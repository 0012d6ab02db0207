# shellcheck shell=bash disable=SC2154
# The local stack (local.sh) with every service under 'dotnet watch': what deploy/dev.sh runs. A changed file is taken in without a
# restart where .NET can, else by one.

publish() {
  say "Building the services (log: .local/log/publish.log)"
  # At once and beforehand, so that four watchers do not build what they share at the same moment.
  dotnet build NewsPlatform.sln -c Debug -v quiet --nologo -p:RestoreLockedMode=true >"$state/log/publish.log" 2>&1 || {
    tail -n 20 "$state/log/publish.log" >&2
    fail "the build failed: see above, and all of it in .local/log/publish.log"
  }
}

start() { # SERVICE NAME=VALUE...
  local service=$1 setting
  shift
  (
    exec </dev/null >"$state/log/$service.log" 2>&1
    keep_own "$service"
    for setting in "Listen__Port=${port[$service]}" "Listen__ManagementPort=${management[$service]}" "$@"; do export "${setting?}"; done
    export DOTNET_WATCH_RESTART_ON_RUDE_EDIT=true DOTNET_WATCH_SUPPRESS_LAUNCH_BROWSER=true
    exec setsid dotnet watch --non-interactive --project "$(project "$service")" run --no-restore
  ) &
  echo $! >"$state/run/$service.pid"
}
