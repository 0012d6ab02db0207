#!/usr/bin/env bash
# Runs the news platform on this machine, with the sample edition in it: in containers where an
# engine answers, else (or with UP=local) as local processes with private servers under .local/.
# PORT, BIND, PUBLIC_URL, ADMIN_KEY, OUTBOUND_ALLOW, WEBHOOK_RETRY_SCHEDULE, Security__Jwt__*, DryRun__* and Email__* are passed
# on, from the environment or from a file .env beside docker-compose.yml.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
patience=240

main() {
  have curl || fail "curl is needed: install the package curl"
  cd "$root"
  use_dotenv
  use_port
  mkdir -p "$state/log" "$state/run"
  chmod 700 "$state/log" "$state/run" # others may enter .local, for what runs from there, and read nothing in it
  make_admin_key
  export PUBLIC_URL=${PUBLIC_URL:-$base}

  choose_way
  ! accepts "$PORT" || stack_has_port ||
    fail "port $PORT is in use by another program: end that, or choose another port by 'PORT=n deploy/up.sh'"
  stack_start
  echo "$PORT" >"$state/port"
  wait_until_ready
  if key_is_refused; then
    stack_reread_secrets
    wait_until_ready
  fi

  say "Importing the sample edition"
  deploy/import.sh seeds/edition.ndjson
  wait_for_news
  cat <<EOT

The news:       $base/en
The admin key:  in .local/admin.key
To stop:        deploy/down.sh   (deploy/down.sh --data deletes the data too)
EOT
}

make_admin_key() {
  local file=$state/admin.key
  if [[ ${ADMIN_KEY-} || ! -s $file ]]; then
    (umask 077 && echo "${ADMIN_KEY:-$(random_key)}" >"$file")
  fi
  ADMIN_KEY=$(<"$file")
  export ADMIN_KEY
}

choose_way() {
  # shellcheck source-path=SCRIPTDIR source=local.sh
  case ${UP-} in
    local) . deploy/local.sh ;;
    '') if engine_answers; then . deploy/compose.sh; else . deploy/local.sh; fi ;;
    *) fail "UP=$UP is unknown: leave it out, or set UP=local to do without containers" 2 ;;
  esac
}

wait_until_ready() {
  local service status deadline=$((SECONDS + patience))
  local -A ready=()
  while ((${#ready[@]} < ${#services[@]})); do
    while read -r service status; do
      if [[ $status == ended ]]; then
        show_unready "${services[@]}"
        fail "$service has ended: see its log above (deploy/down.sh stops the others)"
      elif [[ $status == ready && ! ${ready[$service]-} ]]; then
        ready[$service]=1
        say "  $service is ready"
      fi
    done < <(stack_states "${services[@]}")
    ((SECONDS < deadline)) || {
      show_unready "${services[@]}"
      fail "the services are not ready after $patience seconds: see the logs above (deploy/down.sh stops them)"
    }
    sleep 0.5
  done
}

show_unready() { # SERVICE...
  local service status
  while read -r service status; do
    [[ $status != ready ]] || continue
    printf -- '--- %s, the end of its log:\n' "$service" >&2
    stack_log "$service" | cut -c 1-500 >&2
  done < <(stack_states "$@")
}

# Containers that ran before may have been given another key.
key_is_refused() {
  [[ $(curl_as_admin -o /dev/null -w '%{http_code}' "$base/api/articles/00000000-0000-0000-0000-000000000000") == 401 ]]
}

# What is published reaches the readers' service a moment later.
wait_for_news() {
  local deadline=$((SECONDS + 60))
  until curl -sf "$base/api/news?language=en&limit=1" | grep -q '"id"'; do
    ((SECONDS < deadline)) || fail "the edition is imported, but $base/api/news has shown nothing for a minute"
    sleep 0.5
  done
}

main "$@"
