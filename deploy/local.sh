# shellcheck shell=bash disable=SC1091,SC2153,SC2154
# The stack as processes under .local/: what deploy/up.sh and deploy/down.sh do without a container engine.

declare -gA port management # by service

# Who a service is when root starts it, as in docker-compose.yml: a user of a number that nobody else has.
declare -gA account=([publishing]=16541 [feed]=16542 [notifications]=16543 [gateway]=16544)

dll() { echo "$state/app/$1/NewsPlatform.${1^}.dll"; }

# A process id in a file may by now belong to some other program.
running() { # SERVICE
  local pid
  pid=$(cat "$state/run/$1.pid" 2>/dev/null) && grep -zsqxF -- "$(dll "$1")" "/proc/$pid/cmdline"
}

all_running() {
  local service
  for service in "${services[@]}"; do running "$service" || return 1; done
}

stack_has_port() { running gateway && read_ports && [[ ${port[gateway]} == "$PORT" ]]; }

stack_start() {
  if all_running && stack_has_port; then
    say "The stack is already running (to take in what was changed: deploy/down.sh first)"
    return
  fi
  need_sdk
  stop_services
  deploy/servers.sh up "$state/servers"
  . "$state/servers/servers.env"
  # No process that is started below has to know them.
  export -n POSTGRES_PASSWORD RABBITMQ_PASSWORD
  RABBITMQ_PASSWORD=$RABBITMQ_PASSWORD deploy/secrets.sh "$state/secrets" >/dev/null
  create_databases
  create_users
  publish
  start_services
}

need_sdk() {
  local wanted="the .NET SDK 10 is needed (https://dotnet.microsoft.com/download)"
  have dotnet || fail "$wanted, and this machine has no dotnet"
  dotnet --version >/dev/null 2>&1 || fail "$wanted; this machine has: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' -)"
}

create_databases() {
  PGHOST=$POSTGRES_HOST PGPORT=$POSTGRES_PORT PGPASSWORD=$POSTGRES_PASSWORD \
    PUBLISHING_PASSWORD=$(<"$state/secrets/publishing/Database__Password") \
    FEED_PASSWORD=$(<"$state/secrets/feed/Database__Password") \
    NOTIFICATIONS_PASSWORD=$(<"$state/secrets/notifications/Database__Password") \
    deploy/databases.sh >"$state/log/databases.log" 2>&1 ||
    fail "the databases could not be created: see .local/log/databases.log"
}

create_users() {
  deploy/servers.sh rabbitmqctl "$state/servers" -q import_definitions \
    <"$state/secrets/rabbitmq/definitions.json" >"$state/log/users.log" 2>&1 ||
    fail "the broker's users could not be created: see .local/log/users.log"
}

publish() {
  local service log=$state/log/publish.log
  say "Building the services (log: .local/log/publish.log)"
  leave_no_compilers
  : >"$log"
  for service in "${services[@]}"; do
    env -u ADMIN_KEY dotnet publish "services/${service^}" -c Release -o "$state/app/$service" -p:RestoreLockedMode=true >>"$log" 2>&1 || {
      tail -n 20 "$log" >&2
      fail "$service could not be built: see above, and all of it in .local/log/publish.log"
    }
  done
}

start_services() {
  local service
  choose_ports
  read_ports
  say "Starting the services (logs: .local/log)"
  for service in publishing feed notifications; do
    start "$service" \
      SECRETS_DIR="$state/secrets/$service" \
      Database__ConnectionString="Host=$POSTGRES_HOST;Port=$POSTGRES_PORT;Database=$service;Username=$service" \
      Messaging__Host="$RABBITMQ_HOST" Messaging__Port="$RABBITMQ_PORT" Messaging__User="$service" \
      Portal__PublicUrl="$PUBLIC_URL" \
      Outbound__Allow="${OUTBOUND_ALLOW:-}" \
      WebSub__FetchUrl="http://127.0.0.1:${port[feed]}" \
      Webhooks__RetrySchedule="${WEBHOOK_RETRY_SCHEDULE:-5s,5m,30m,2h,5h,10h,14h,20h,24h}"
  done
  start gateway \
    Listen__Address="${BIND:-127.0.0.1}" \
    ReverseProxy__Clusters__publishing__Destinations__service__Address="http://127.0.0.1:${port[publishing]}/" \
    ReverseProxy__Clusters__publishing__Destinations__service__Health="http://127.0.0.1:${management[publishing]}/" \
    ReverseProxy__Clusters__feed__Destinations__service__Address="http://127.0.0.1:${port[feed]}/" \
    ReverseProxy__Clusters__feed__Destinations__service__Health="http://127.0.0.1:${management[feed]}/" \
    ReverseProxy__Clusters__notifications__Destinations__service__Address="http://127.0.0.1:${port[notifications]}/" \
    ReverseProxy__Clusters__notifications__Destinations__service__Health="http://127.0.0.1:${management[notifications]}/"
}

# Below the range from which the kernel takes ports for outgoing connections.
choose_ports() {
  local candidate free=()
  for candidate in $(shuf -i 20000-29999 -n 200); do
    ((${#free[@]} < 7)) || break
    accepts "$candidate" || free+=("$candidate")
  done
  ((${#free[@]} == 7)) || fail "no free ports between 20000 and 29999: end some programs and try again"
  cat >"$state/run/ports" <<EOT
publishing ${free[0]} ${free[1]}
feed ${free[2]} ${free[3]}
notifications ${free[4]} ${free[5]}
gateway $PORT ${free[6]}
EOT
}

read_ports() {
  local service public private
  while read -r service public private; do
    port[$service]=$public
    management[$service]=$private
  done <"$state/run/ports"
}

start() { # SERVICE NAME=VALUE...
  local service=$1 dotnet as setting
  shift
  dotnet=$(command -v dotnet)
  become "$service"
  (
    exec </dev/null >"$state/log/$service.log" 2>&1
    keep_own "$service"
    for setting in "Listen__Port=${port[$service]}" "Listen__ManagementPort=${management[$service]}" "$@"; do export "${setting?}"; done
    export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent
    ulimit -c 0 # no core file with what it knows
    exec setsid "${as[@]}" "$dotnet" "$(dll "$service")"
  ) &
  echo $! >"$state/run/$service.pid"
  # Until it has become what it is to be, so that nobody takes it for ended before.
  until running "$service" || ! kill -0 $! 2>/dev/null; do sleep 0.02; done
}

# Sets $as, by which a command becomes the service's user, who has no capabilities and gets none.
become() { # SERVICE
  local id=${account[$1]} confined=(--bounding-set=-all --inh-caps=-all --no-new-privs)
  as=()
  ((EUID == 0)) || return 0
  as=(setpriv --reuid="$id" --regid="$id" --clear-groups "${confined[@]}" --)
  if ! "${as[@]}" test -r "$(dll "$1")" -a -x "$dotnet"; then
    say "  $1 runs as root without capabilities: who is not root can't reach $state or $dotnet"
    as=(setpriv "${confined[@]}" --)
  fi
}

# Of the environment a service gets what is its own: the system's, .NET's, telemetry's, and settings by section. What may hold a
# secret is its owner's alone. Nothing of it is an argument, which every user of the machine could read.
keep_own() { # SERVICE
  local name
  for name in $(compgen -e); do
    case $name in
      LANG | LC_* | TZ | DOTNET_* | OTEL_* | SSL_CERT_*) continue ;;
      Database__* | Messaging__*) ;;
      Security__*) [[ $1 != publishing && $1 != notifications ]] || continue ;;
      Proxies__* | Cors__* | Limits__*) [[ $1 != gateway ]] || continue ;; # before the others there is the gateway
      Email__*) [[ $1 != notifications ]] || continue ;;
      *Password* | *Secret* | *Key) ;;
      [A-Z]*__*) continue ;;
    esac
    export -n "${name?}"
  done
}

stack_reread_secrets() {
  stop_services
  stack_start
}

stack_states() { # SERVICE...: a line for each, NAME ready|starting|ended
  local service
  for service; do
    if ! running "$service"; then
      echo "$service ended"
    elif curl -sf -m 5 -o /dev/null "http://127.0.0.1:${management[$service]}/health/ready"; then
      echo "$service ready"
    else
      echo "$service starting"
    fi
  done
}

stack_log() { tail -n 5 "$state/log/$1.log"; } # SERVICE

stop_services() {
  local service deadline=$((SECONDS + 30))
  for service in "${services[@]}"; do
    ! running "$service" || kill "$(<"$state/run/$service.pid")"
  done
  for service in "${services[@]}"; do
    while running "$service" && ((SECONDS < deadline)); do sleep 0.2; done
    ! running "$service" || kill -KILL "$(<"$state/run/$service.pid")"
    rm -f "$state/run/$service.pid"
  done
}

stack_stop() { # ''|--data
  [[ $1 && -d $state/servers || $(deploy/servers.sh status "$state/servers") == *running* || -e $state/run/gateway.pid ]] || return 0
  stop_services
  deploy/servers.sh down "$state/servers"
  if [[ $1 ]]; then
    # Where the data may not lie under .local, a link there leads to it.
    rm -rf "$(readlink -f "$state/servers/postgres")" "$state/servers" "$state/secrets"
    say "The local processes and their data are gone."
  else
    say "The local processes are stopped; their data is kept."
  fi
}

# --- What deploy/rights.sh asks ------------------------------------------------

stack_rabbitmqctl() { deploy/servers.sh rabbitmqctl "$state/servers" "$@"; }

stack_psql() ( # ROLE DATABASE, SQL on stdin
  . "$state/servers/servers.env"
  PGPASSWORD=$POSTGRES_PASSWORD
  [[ $1 == postgres ]] || PGPASSWORD=$(<"$state/secrets/$1/Database__Password")
  export PGPASSWORD
  psql -X -A -t -q -v ON_ERROR_STOP=1 -h "$POSTGRES_HOST" -p "$POSTGRES_PORT" -U "$1" -d "$2"
)

stack_secrets() { # a line for each: OWNER/NAME=VALUE
  local file
  for file in "$state"/secrets/*/*; do printf '%s=%s\n' "${file#"$state"/secrets/}" "$(<"$file")"; done
  printf 'postgres/server=%s\n' "$(. "$state/servers/servers.env" && echo "$POSTGRES_PASSWORD")"
}

stack_readable() { # SERVICE: a line for each file, OWNER/NAME
  local file dotnet as
  dotnet=$(command -v dotnet)
  become "$1" >/dev/null
  for file in "$state"/secrets/*/* "$state/servers/servers.env" "$state/admin.key"; do
    ! "${as[@]}" head -c 1 "$file" >/dev/null 2>&1 || echo "${file#"$state"/secrets/}"
  done
}

stack_processes() { # a line for each: SERVICE, tab, environ|cmdline, tab, what it is
  local service kind of
  for service in "${services[@]}"; do
    for kind in environ cmdline; do
      printf '%s\t%s\t%s\n' "$service" "$kind" "$(tr '\0\n\t' '   ' <"/proc/$(<"$state/run/$service.pid")/$kind")"
    done
  done
  for of in /proc/[0-9]*; do
    printf 'any process\tcmdline\t%s\n' "$(tr '\0\n\t' '   ' 2>/dev/null <"$of/cmdline" || true)"
  done
}

stack_logs() { cat "$state"/log/*.log; }

stack_confined() {
  local service pid file
  for service in "${services[@]}"; do
    pid=$(<"$state/run/$service.pid")
    seen="$service: $(grep -E '^(Uid|CapEff|NoNewPrivs):' "/proc/$pid/status" | tr '\n\t' '  ')"
    [[ $seen == *'CapEff: 0000000000000000'* ]] || return 1
    ((EUID != 0)) || [[ $seen == *'NoNewPrivs: 1'* ]] || return 1
  done
  for file in "$state/admin.key" "$state/servers/servers.env" "$state/run" "$state/log" "$state"/secrets/*/*; do
    seen="others may enter or read $file"
    [[ $(stat -c %a "$file") == *0 ]] || return 1
  done
}
