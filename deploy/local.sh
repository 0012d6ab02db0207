# shellcheck shell=bash disable=SC1091,SC2153,SC2154
# The stack as processes under .local/: what deploy/up.sh and deploy/down.sh do without a container engine.

declare -gA port management # by service

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
  deploy/secrets.sh "$state/secrets" >/dev/null
  create_databases
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

publish() {
  local service log=$state/log/publish.log
  say "Building the services (log: .local/log/publish.log)"
  leave_no_compilers
  : >"$log"
  for service in "${services[@]}"; do
    dotnet publish "services/${service^}" -c Release -o "$state/app/$service" -p:RestoreLockedMode=true >>"$log" 2>&1 || {
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
      Messaging__Host="$RABBITMQ_HOST" Messaging__Port="$RABBITMQ_PORT" Messaging__User="$RABBITMQ_USER" \
      Portal__PublicUrl="$PUBLIC_URL" \
      Outbound__Allow="${OUTBOUND_ALLOW:-}" \
      WebSub__FetchUrl="http://127.0.0.1:${port[feed]}" \
      Webhooks__RetrySchedule="${WEBHOOK_RETRY_SCHEDULE:-5s,5m,30m,2h,5h,10h,14h,20h,24h}"
  done
  start gateway \
    Listen__Address="${BIND:-127.0.0.1}" \
    ReverseProxy__Clusters__publishing__Destinations__service__Address="http://127.0.0.1:${port[publishing]}/" \
    ReverseProxy__Clusters__feed__Destinations__service__Address="http://127.0.0.1:${port[feed]}/" \
    ReverseProxy__Clusters__notifications__Destinations__service__Address="http://127.0.0.1:${port[notifications]}/"
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
  local service=$1
  shift
  (
    exec </dev/null >"$state/log/$service.log" 2>&1
    # The proxies are the gateway's; before the others there is the gateway.
    [[ $service == gateway ]] || unset "${!Proxies__@}"
    exec setsid env "Listen__Port=${port[$service]}" "Listen__ManagementPort=${management[$service]}" "$@" dotnet "$(dll "$service")"
  ) &
  echo $! >"$state/run/$service.pid"
  # Until it has become what it is to be, so that nobody takes it for ended before.
  until running "$service" || ! kill -0 $! 2>/dev/null; do sleep 0.02; done
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
