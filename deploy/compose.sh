# shellcheck shell=bash disable=SC2154
# The stack as containers: what deploy/up.sh and deploy/down.sh do where an engine answers.

if docker compose version >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
else
  compose() { docker-compose "$@"; }
fi

stack_has_port() { [[ $(compose port gateway 8080 2>/dev/null) == *:"$PORT" ]]; }

stack_start() {
  local log=$state/log/compose.log
  compose version >/dev/null 2>&1 ||
    fail "docker has no compose: install the package docker-compose-plugin, or run 'UP=local deploy/up.sh'"
  ! stack_has_port || say "The stack is already running and is brought up to date"
  say "Building the images, which takes minutes the first time (log: .local/log/compose.log)"
  compose build >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "the images could not be built: see above, and all of it in .local/log/compose.log"
  }
  say "Starting the containers"
  compose up -d >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    show_unready postgres rabbitmq
    fail "the containers could not be started: see above and .local/log/compose.log"
  }
}

# What runs does not notice that its secrets were changed.
stack_reread_secrets() { compose restart publishing notifications >>"$state/log/compose.log" 2>&1; }

stack_states() { # SERVICE...: a line for each, NAME ready|starting|ended
  local ids name status health restarts
  mapfile -t ids < <(compose ps -q "$@")
  docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}' "${ids[@]}" |
    while read -r name status health restarts; do
      if [[ $status == running && $health == healthy ]]; then
        echo "$name ready"
      elif ((restarts >= 3)); then
        echo "$name ended"
      else
        echo "$name starting"
      fi
    done
}

stack_log() { compose logs --no-color --tail 5 "$1" 2>&1; } # SERVICE

stack_stop() { # ''|--data
  local log=$state/log/compose.log
  if [[ $1 ]]; then
    compose down --volumes >>"$log" 2>&1 || fail "the containers could not be stopped: see .local/log/compose.log"
    say "The containers and their data are gone."
  elif [[ $(compose ps -q 2>/dev/null) ]]; then
    compose down >>"$log" 2>&1 || fail "the containers could not be stopped: see .local/log/compose.log"
    say "The containers are stopped; their data is kept."
  fi
}
