#!/usr/bin/env bash
# Proves of a running stack, from inside, that no service can do more than it must: on the broker, in the databases, with others'
# secrets, as a process and in the network. It changes nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
told=(publishing feed notifications) # the gateway has no secrets

main() {
  cd "$root"
  use_port
  # shellcheck source-path=SCRIPTDIR source=local.sh
  . deploy/local.sh
  if [[ ${UP-} != local ]] && ! stack_has_port; then
    # shellcheck source-path=SCRIPTDIR source=compose.sh
    . deploy/compose.sh
  fi
  stack_has_port || fail "no stack of this folder serves port $PORT: start it by deploy/up.sh, or say its port by PORT=n" 2
  read_secrets

  step "the broker's users of the services have no tags, and there is no guest" users_are_plain
  step "their permissions are those of deploy/broker-permissions" permissions_are_as_written
  step "the broker lets nobody but publishing write news.keys, and nobody but notifications read its queue" broker_refuses
  step "a service's role has no rights beside its own database, and enters no other" roles_are_plain
  step "a service can read its own secrets and no others" secrets_are_apart
  step "no process has a secret that is not its own in its environment, and none has any in its arguments" processes_are_clean
  step "no log has a secret" logs_are_clean
  step "the services are confined" stack_confined
  say "No service of $base can do more than it must"
}

step() { # SENTENCE COMMAND...
  local sentence=$1
  seen=
  shift
  "$@" || fail "does not hold: $sentence${seen:+ ($seen)}"
  say "ok: $sentence"
}

# Sets $secret, by owner/name.
read_secrets() {
  local line
  declare -gA secret=()
  while IFS= read -r line; do
    [[ $line != */definitions.json=* ]] || continue
    secret[${line%%=*}]=${line#*=}
  done < <(stack_secrets)
  ((${#secret[@]} >= 11)) || fail "the stack's secrets can't be read: run this as the user who ran deploy/up.sh" 2
}

users_are_plain() {
  local user
  seen=$(stack_rabbitmqctl -q list_users --no-table-headers | tr '\t' ' ')
  for user in "${told[@]}"; do grep -qxF "$user []" <<<"$seen" || return 1; done
  ! grep -q '^guest ' <<<"$seen"
}

permissions_are_as_written() {
  local user rest
  seen=$(stack_rabbitmqctl -q list_permissions -p / --no-table-headers | tr '\t' ' ')
  while read -r user rest; do
    [[ $user == '#'* ]] || grep -qxF -- "$user $rest" <<<"$seen" || return 1
  done <deploy/broker-permissions
}

# Asks the broker as it asks itself when a client wants something.
broker_refuses() {
  local user kind name right expected questions=() answers=()
  while read -r user kind name right expected; do
    questions+=("{<<\"$user\">>, $kind, <<\"$name\">>, $right}")
    answers+=("$expected")
  done <<'EOT'
publishing exchange news.keys write yes
feed exchange news.keys write no
notifications exchange news.keys write no
notifications queue notifications.keys read yes
publishing queue notifications.keys read no
feed queue notifications.keys read no
feed exchange news.trade read no
feed exchange amq.default write no
EOT
  seen=$(stack_rabbitmqctl -q eval "[case catch rabbit_access_control:check_resource_access(
      element(2, rabbit_access_control:check_user_login(User, [])), {resource, <<\"/\">>, Kind, Name}, Right, #{}) of ok -> yes; _ -> no end
    || {User, Kind, Name, Right} <- [$(printf '%s,' "${questions[@]:0:${#questions[@]}-1}")${questions[-1]}]].")
  [[ ${seen//[$' \n']/} == "[$(
    IFS=,
    echo "${answers[*]}"
  )]" ]]
}

roles_are_plain() {
  local service other
  seen=$(
    stack_psql postgres postgres <<'SQL'
SELECT format('%s is too powerful', rolname) FROM pg_roles
  WHERE rolname IN ('publishing', 'feed', 'notifications') AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
UNION ALL SELECT format('%s is a member of %s', m.rolname, r.rolname) FROM pg_auth_members a
  JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
  WHERE m.rolname IN ('publishing', 'feed', 'notifications')
UNION ALL SELECT format('%s may enter %s', r.rolname, d.datname) FROM pg_roles r, pg_database d
  WHERE r.rolname IN ('publishing', 'feed', 'notifications') AND d.datname <> r.rolname
    AND d.datallowconn AND has_database_privilege(r.oid, d.oid, 'CONNECT')
UNION ALL SELECT format('%s does not own its database', r.rolname) FROM pg_roles r
  WHERE r.rolname IN ('publishing', 'feed', 'notifications')
    AND NOT EXISTS (SELECT FROM pg_database d WHERE d.datname = r.rolname AND d.datdba = r.oid);
SQL
  )
  [[ ! $seen ]] || return 1
  for service in "${told[@]}"; do
    seen=$(stack_psql "$service" "$service" <<<"SELECT format('%s may make tables in %s', r, current_database())
      FROM unnest(ARRAY['publishing', 'feed', 'notifications']) r
      WHERE r <> current_user AND has_schema_privilege(r, 'public', 'CREATE')") || return 1
    [[ ! $seen ]] || return 1
    for other in postgres "${told[@]}"; do
      [[ $other != "$service" ]] || continue
      ! seen=$(stack_psql "$service" "$other" <<<'SELECT 1' 2>&1) || return 1
      [[ $seen == *'permission denied for database'* ]] || return 1
    done
  done
}

secrets_are_apart() {
  local service owner
  for service in "${told[@]}"; do
    seen="$service reads $(stack_readable "$service" | paste -sd' ' -)"
    for owner in "${!secret[@]}"; do
      if [[ ${owner%%/*} == "$service" ]]; then
        [[ " $seen " == *" $owner "* ]] || return 1
      else
        [[ " $seen " != *" $owner "* ]] || return 1
      fi
    done
  done
}

processes_are_clean() {
  local name kind text its looked=0
  while IFS=$'\t' read -r name kind text; do
    ((++looked))
    for its in "${!secret[@]}"; do
      [[ $kind != environ || $name != "${its%%/*}" ]] || continue
      seen="$its is in the $kind of $name"
      [[ $text != *"${secret[$its]}"* ]] || return 1
    done
  done < <(stack_processes)
  seen="only $looked could be looked at"
  ((looked >= 2 * ${#services[@]}))
}

logs_are_clean() {
  local log its
  log=$(stack_logs)
  [[ $log ]] || return 1
  for its in "${!secret[@]}"; do
    seen="$its is in a log"
    [[ $log != *"${secret[$its]}"* ]] || return 1
  done
}

main "$@"
