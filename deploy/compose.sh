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
  local ids name status health restarts format
  mapfile -t ids < <(compose ps -q "$@")
  format='{{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}}'
  format+=' {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}'
  docker inspect -f "$format" "${ids[@]}" |
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

# --- What deploy/rights.sh asks ------------------------------------------------

stack_rabbitmqctl() { compose exec -T rabbitmq rabbitmqctl "$@"; }

stack_psql() { # ROLE DATABASE, SQL on stdin
  local owner=$1/Database__Password
  [[ $1 != postgres ]] || owner=postgres/password
  # shellcheck disable=SC2016 # the inner shell reads the password, so that it is in no argument
  compose exec -T postgres \
    bash -c 'PGPASSWORD=$(<"/secrets/$1") psql -X -A -t -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$2" -d "$3"' - "$owner" "$@"
}

stack_secrets() { # a line for each: OWNER/NAME=VALUE
  # shellcheck disable=SC2016
  compose exec -T postgres bash -c 'cd /secrets && for file in */*; do printf "%s=%s\n" "$file" "$(<"$file")"; done'
}

stack_readable() { # SERVICE: a line for each file, OWNER/NAME
  # shellcheck disable=SC2016
  compose exec -T "$1" bash -c 'cd /secrets && for owner in postgres rabbitmq publishing feed notifications; do
    for name in password cookie definitions.json Database__Password Messaging__Password Security__AdminKey; do
      ! head -c 1 "$owner/$name" >/dev/null 2>&1 || echo "$owner/$name"
    done
  done'
}

stack_processes() { # a line for each: SERVICE, tab, environ|cmdline, tab, what it is
  local service as
  for service in "${services[@]}" postgres rabbitmq; do
    # Who is root there without capabilities may not look into what others run.
    as=()
    [[ $service != postgres && $service != rabbitmq ]] || as=(-u "$service")
    # shellcheck disable=SC2016
    compose exec -T "${as[@]}" "$service" bash -c 'for of in /proc/[0-9]*; do
      for kind in environ cmdline; do
        text=$({ tr "\0\n\t" "   " <"$of/$kind"; } 2>/dev/null) || continue
        printf "%s\t%s\t%s\n" "$1" "$kind" "$text"
      done
    done' - "$service"
  done
}

stack_logs() { compose logs --no-color; }

stack_confined() {
  local service network looks
  # shellcheck disable=SC2016
  looks='id -u; grep -E "^(CapEff|CapBnd|NoNewPrivs):" /proc/1/status | tr "\n\t" "  "; ! : >/app/written || echo writable'
  for service in "${services[@]}"; do
    seen="$service: $(compose exec -T "$service" bash -c "$looks" 2>/dev/null | paste -sd' ' -)"
    [[ $seen != *' 0 '* && $seen != *writable* ]] || return 1
    [[ $seen == *'CapEff: 0000000000000000 '*'CapBnd: 0000000000000000 '*'NoNewPrivs: 1'* ]] || return 1
  done
  for network in gateway:postgres/5432 gateway:rabbitmq/5672 gateway:rabbitmq/15672; do
    seen="${network/:/ reaches }"
    ! compose exec -T "${network%%:*}" timeout 5 bash -c "exec 3<>/dev/tcp/${network#*:}" 2>/dev/null || return 1
  done
  seen="feed has a way out"
  # shellcheck disable=SC2016
  compose exec -T feed bash -c 'while read -r _ to _; do [[ $to != 00000000 ]] || exit 1; done </proc/net/route'
}
