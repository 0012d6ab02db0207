#!/usr/bin/env bash
# Private PostgreSQL and RabbitMQ from Debian packages, for machines without a
# container engine. Everything lives under one folder; the machine's own
# clusters and services are never touched.
set -euo pipefail

rabbit_bin=/usr/lib/rabbitmq/bin
patience=180

usage() {
  cat >&2 <<'EOF'
Usage: deploy/servers.sh up DIR       install what is missing, start both, write DIR/servers.env
       deploy/servers.sh down DIR     stop both, keep the data
       deploy/servers.sh status DIR   one line for each
       deploy/servers.sh stop|start|kill postgres|rabbitmq DIR
       deploy/servers.sh rabbitmqctl DIR ARGUMENT...
EOF
  exit 2
}

say() { printf 'servers.sh: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# --- Processes and ports -----------------------------------------------------

# Sets $launched. No descriptor of the caller may stay open in a server: whoever
# reads the caller's output would wait for the server's end.
launch() { # LOG COMMAND...
  (
    exec </dev/null >>"$1" 2>&1
    shift
    for fd in /proc/self/fd/*; do
      fd=${fd##*/}
      ((fd <= 2)) || eval "exec $fd>&-"
    done
    exec setsid "$@"
  ) &
  launched=$!
}

# A process id in a file may by now belong to some other program, so it only
# counts together with a text that none but our process has.
process_has() { # PID cmdline|environ TEXT
  [[ $1 =~ ^[0-9]+$ ]] && grep -zsqxF -- "$3" "/proc/$1/$2"
}

accepts() { # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

wait_ready() { # NAME LOG PID COMMAND...
  local name=$1 log=$2 pid=$3 deadline=$((SECONDS + patience))
  shift 3
  until "$@"; do
    kill -0 "$pid" 2>/dev/null || fail "$name ended while starting: see $log"
    ((SECONDS < deadline)) || fail "$name is not ready after $patience seconds: see $log"
    sleep 0.2
  done
}

wait_gone() { # COMMAND... that succeeds while something is left
  local deadline=$((SECONDS + 60))
  while "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

need_free() { # NAME of a variable in servers.env
  ! accepts "${!1}" ||
    fail "port ${!1} ($1 in $settings) is taken by another program: end that program or write another port into that file, then try again"
}

# --- Installation ------------------------------------------------------------

newest_postgres() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  found=${found%/initdb}
  [[ -x $found/initdb && $found =~ /([0-9]+)/bin$ ]] && ((BASH_REMATCH[1] >= 15)) && echo "$found"
}

install_missing() {
  local packages=()
  newest_postgres >/dev/null || packages+=(postgresql)
  [[ -x $rabbit_bin/rabbitmq-server ]] || packages+=(rabbitmq-server)
  ((${#packages[@]})) || return 0

  local needed="postgresql and rabbitmq-server are needed"
  command -v apt-get >/dev/null ||
    fail "$needed and can only be installed on Debian or Ubuntu: use Debian 12, Ubuntu 24.04 or newer"
  as_root=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1)
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null ||
      fail "$needed: run 'sudo apt-get install postgresql rabbitmq-server' and try again"
    as_root=(sudo -n "${as_root[@]}")
  fi

  say "installing ${packages[*]}, this can take some minutes"
  apt_install "${packages[@]}"
  newest_postgres >/dev/null ||
    fail "PostgreSQL 15 or newer is needed and this machine's packages are older: use Debian 12, Ubuntu 24.04 or newer"
}

apt_install() { # PACKAGE...
  local had_epmd
  temporary=()
  trap 'apt_cleanup; apt_failed' EXIT
  # With a trap bash waits for apt-get first, which must not go on unguarded.
  trap 'exit 1' HUP INT TERM

  # Without these the packages would create and start servers of the machine's own.
  temporary_file /usr/sbin/policy-rc.d 755 <<<$'#!/bin/sh\nexit 101'
  [[ " $* " != *" postgresql "* ]] ||
    temporary_file /etc/postgresql-common/createcluster.d/news-none.conf 644 <<<'create_main_cluster = false'
  had_epmd=$(command -v epmd || true)

  (
    # A broken source of the machine's need not keep the others from working.
    "${as_root[@]}" apt-get -q update || true
    "${as_root[@]}" apt-get -qy -o DPkg::Lock::Timeout=600 install --no-install-recommends "$@"
    # policy-rc.d holds for this moment only; these would come up at the next boot.
    [[ " $* " != *" rabbitmq-server "* ]] || "${as_root[@]}" update-rc.d rabbitmq-server disable || true
    [[ $had_epmd ]] || ! command -v systemctl >/dev/null ||
      "${as_root[@]}" systemctl disable epmd.service epmd.socket || true
  ) </dev/null >>"$dir/log/apt.log" 2>&1

  trap - EXIT HUP INT TERM
  apt_cleanup
}

temporary_file() { # PATH MODE, content on stdin
  [[ ! -e $1 ]] || return 0
  temporary+=("$1")
  "${as_root[@]}" install -D -m "$2" /dev/stdin "$1"
}

apt_cleanup() {
  local file
  for file in "${temporary[@]}"; do
    "${as_root[@]}" rm -f "$file"
    [[ $file != */createcluster.d/* ]] || "${as_root[@]}" rmdir --ignore-fail-on-non-empty "${file%/*}"
  done
}

apt_failed() {
  tail -n 20 "$dir/log/apt.log" >&2
  fail "installing failed: mend what is shown above (all of it: $dir/log/apt.log) and try again"
}

# --- Settings ----------------------------------------------------------------

random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Below the range from which the kernel takes ports for outgoing connections,
# so that none of those holds a port while its server is stopped.
free_ports() { # COUNT
  local port left=$1
  for port in $(shuf -i 20000-29999 -n 200); do
    accepts "$port" && continue
    echo "$port"
    ((--left)) || return 0
  done
  fail "no free ports between 20000 and 29999: end some programs and try again"
}

make_settings() {
  [[ ! -e $settings ]] || return 0
  [[ ! -e $dir/postgres && ! -e $dir/rabbitmq ]] ||
    fail "$settings is missing but there is data: put the file back, or delete $dir to start empty"
  local found ports
  found=$(free_ports 5)
  mapfile -t ports <<<"$found"
  (
    umask 077
    cat >"$settings.new" <<EOF
# Written by deploy/servers.sh at the first up and read again at every later
# one. The data depends on the passwords; a port may be changed while stopped.
export POSTGRES_HOST=127.0.0.1
export POSTGRES_PORT=${ports[0]}
export POSTGRES_USER=postgres
export POSTGRES_PASSWORD=$(random_hex)
export RABBITMQ_HOST=127.0.0.1
export RABBITMQ_PORT=${ports[1]}
export RABBITMQ_USER=news
export RABBITMQ_PASSWORD=$(random_hex)
export RABBITMQ_MANAGEMENT_PORT=${ports[2]}
# For deploy/servers.sh alone.
SERVERS_DIST_PORT=${ports[3]}
SERVERS_EPMD_PORT=${ports[4]}
SERVERS_NODE=news-${ports[1]}@localhost
EOF
  )
  mv "$settings.new" "$settings"
}

load_settings() {
  [[ -r $settings ]] || fail "$settings can't be read: run this as the user who ran 'up'"
  # shellcheck source=/dev/null
  . "$settings"

  # Every file that RabbitMQ would otherwise look for in the machine's own
  # folders is named. No password is here: these are arguments of env.
  rabbit_env=("${clean_env[@]}" "HOME=$rabbit" "$rabbit_mark"
    "RABBITMQ_NODENAME=$SERVERS_NODE"
    "RABBITMQ_NODE_PORT=$RABBITMQ_PORT"
    "RABBITMQ_DIST_PORT=$SERVERS_DIST_PORT"
    "ERL_EPMD_PORT=$SERVERS_EPMD_PORT"
    "ERL_EPMD_ADDRESS=127.0.0.1"
    "RABBITMQ_MNESIA_BASE=$rabbit/data"
    "RABBITMQ_LOG_BASE=$dir/log"
    "RABBITMQ_LOGS=$dir/log/rabbitmq.log"
    "RABBITMQ_CONF_ENV_FILE=$rabbit/rabbitmq-env.conf"
    "RABBITMQ_CONFIG_FILE=$rabbit/rabbitmq.conf"
    "RABBITMQ_CONFIG_FILES=$rabbit/conf.d/*.conf"
    "RABBITMQ_ADVANCED_CONFIG_FILE=$rabbit/advanced.config"
    "RABBITMQ_ENABLED_PLUGINS_FILE=$rabbit/enabled_plugins"
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}"
    "RABBITMQ_CTL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}")
}

# --- PostgreSQL --------------------------------------------------------------

postgres_data() { readlink -f "$dir/postgres"; }

postgres_tool() { # NAME ARGUMENT...
  local bin name=$1
  shift
  bin=$(postgres_bin)
  "${as_postgres[@]}" "${clean_env[@]}" "$bin/$name" "$@" 9>&-
}

# Data belongs to the version that made it, even after a newer one is installed.
postgres_bin() {
  local version
  if [[ ! -e $dir/postgres/PG_VERSION ]]; then
    newest_postgres
    return
  fi
  version=$(<"$dir/postgres/PG_VERSION")
  [[ -x /usr/lib/postgresql/$version/bin/postgres ]] ||
    fail "$dir/postgres needs PostgreSQL $version: install postgresql-$version, or delete $dir to start empty"
  echo "/usr/lib/postgresql/$version/bin"
}

postgres_pid() {
  local pid
  pid=$(head -n 1 "$dir/postgres/postmaster.pid" 2>/dev/null) || return 1
  process_has "$pid" cmdline "$(postgres_data)" && echo "$pid"
}

postgres_running() { postgres_pid >/dev/null; }

# initdb works on another folder first: what stops half-way is never taken for data.
create_postgres() {
  local new=$dir/postgres.new bin
  [[ ! -L $dir/postgres ]] || say "the data $dir/postgres pointed to is gone: PostgreSQL starts empty"
  if "${as_postgres[@]}" test -x "$dir"; then
    rm -rf "$new"
    mkdir -m 700 "$new"
  else
    new=$(mktemp -d /var/tmp/news-postgres.XXXXXX)
  fi
  ((EUID != 0)) || chown postgres: "$new"

  bin=$(newest_postgres)
  # shellcheck disable=SC2016 # the inner shell runs as the right user, so initdb can read its pipe
  "${as_postgres[@]}" "${clean_env[@]}" bash -c '
      read -r password
      exec "$1" -D "$2" -U "$3" --auth=scram-sha-256 --locale=C.UTF-8 -E UTF8 \
        --pwfile=<(printf "%s\n" "$password")' \
    initdb "$bin/initdb" "$new" "$POSTGRES_USER" <<<"$POSTGRES_PASSWORD" >>"$dir/log/postgres.log" 2>&1 9>&- || {
    rm -rf "$new"
    fail "PostgreSQL's data could not be created: see $dir/log/postgres.log"
  }

  rm -f "$dir/postgres"
  if [[ $new == "$dir/postgres.new" ]]; then
    mv "$new" "$dir/postgres"
  else
    ln -s "$new" "$dir/postgres"
  fi
}

start_postgres() {
  local bin
  if postgres_running; then
    await_postgres "$(postgres_pid)"
    return
  fi
  need_free POSTGRES_PORT
  [[ -e $dir/postgres ]] || create_postgres
  bin=$(postgres_bin)
  # No Unix socket: its path may be at most 107 characters long.
  launch "$dir/log/postgres.log" "${as_postgres[@]}" "${clean_env[@]}" \
    "$bin/postgres" -D "$(postgres_data)" -p "$POSTGRES_PORT" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=4GB -c wal_compression=lz4 -c default_toast_compression=lz4 \
    -c idle_in_transaction_session_timeout=60s
  await_postgres "$launched"
}

await_postgres() { # PID
  wait_ready PostgreSQL "$dir/log/postgres.log" "$1" \
    postgres_tool pg_isready -q -h 127.0.0.1 -p "$POSTGRES_PORT"
}

end_postgres() { # fast|immediate
  local log=$dir/log/postgres.log
  postgres_running || return 0
  postgres_tool pg_ctl stop -s -w -t 60 -D "$(postgres_data)" -m "$1" >>"$log" 2>&1 ||
    fail "PostgreSQL did not stop: see $log"
  wait_gone postgres_running || fail "PostgreSQL did not end: see $log"
}

stop_postgres() { end_postgres fast; }
kill_postgres() { end_postgres immediate; }

# --- RabbitMQ ----------------------------------------------------------------

# The starting script leads the process group; it passes a SIGTERM on to beam.
rabbitmq_pids() {
  local file pid
  for file in "$rabbit/server.pid" "$rabbit/beam.pid"; do
    pid=$(cat "$file" 2>/dev/null) || continue
    ! process_has "$pid" environ "$rabbit_mark" || echo "$pid"
  done
}

rabbitmq_running() { [[ $(rabbitmq_pids) ]]; }

epmd_running() {
  local pid
  pid=$(cat "$rabbit/epmd.pid" 2>/dev/null) && process_has "$pid" environ "$rabbit_mark"
}

write_rabbitmq_files() {
  [[ -d $rabbit ]] || mkdir -m 700 "$rabbit"
  mkdir -p "$rabbit/conf.d"
  : >"$rabbit/rabbitmq-env.conf"
  echo '[].' >"$rabbit/advanced.config"
  echo '[rabbitmq_management].' >"$rabbit/enabled_plugins"
  rm -f "$rabbit/rabbitmq.conf"
  (umask 077 && cat >"$rabbit/rabbitmq.conf") <<EOF
default_user = $RABBITMQ_USER
default_pass = $RABBITMQ_PASSWORD
listeners.tcp.1 = 127.0.0.1:$RABBITMQ_PORT
management.tcp.ip = 127.0.0.1
management.tcp.port = $RABBITMQ_MANAGEMENT_PORT
EOF
  [[ -e $rabbit/.erlang.cookie ]] || (
    umask 377
    random_hex >"$rabbit/.erlang.cookie"
  )
}

# Started here and not left to Erlang, so that its process is known and can be ended.
start_epmd() {
  ! epmd_running || return 0
  need_free SERVERS_EPMD_PORT
  launch "$dir/log/epmd.log" "${rabbit_env[@]}" epmd -port "$SERVERS_EPMD_PORT" -address 127.0.0.1
  echo "$launched" >"$rabbit/epmd.pid"
  wait_ready epmd "$dir/log/epmd.log" "$launched" accepts "$SERVERS_EPMD_PORT"
}

stop_epmd() {
  epmd_running || return 0
  kill "$(<"$rabbit/epmd.pid")"
  wait_gone epmd_running || fail "epmd did not stop: end process $(<"$rabbit/epmd.pid") by hand"
}

launch_rabbitmq() {
  ! rabbitmq_running || return 0
  need_free RABBITMQ_PORT
  need_free RABBITMQ_MANAGEMENT_PORT
  need_free SERVERS_DIST_PORT
  write_rabbitmq_files
  start_epmd
  rm -f "$rabbit/beam.pid"
  launch "$dir/log/rabbitmq.out" "${rabbit_env[@]}" "$rabbit_bin/rabbitmq-server"
  launched_rabbitmq=$launched
  echo "$launched" >"$rabbit/server.pid"
}

await_rabbitmq() {
  local pid log=$dir/log/rabbitmq.log
  pid=$(<"$rabbit/server.pid")
  # The command-line tool takes seconds, so it is only asked when the ports are
  # there, and not at all about a server that was up already.
  wait_ready RabbitMQ "$log" "$pid" accepts "$RABBITMQ_PORT"
  wait_ready RabbitMQ "$log" "$pid" accepts "$RABBITMQ_MANAGEMENT_PORT"
  [[ $launched_rabbitmq ]] || return 0
  "${rabbit_env[@]}" "$rabbit_bin/rabbitmqctl" -q await_startup --timeout "$patience" \
    </dev/null >>"$dir/log/rabbitmq.out" 2>&1 9>&- || fail "RabbitMQ did not start completely: see $log"
}

start_rabbitmq() {
  launch_rabbitmq
  await_rabbitmq
}

stop_rabbitmq() {
  local pids
  mapfile -t pids < <(rabbitmq_pids)
  ((${#pids[@]})) || return 0
  kill -TERM "${pids[0]}"
  wait_gone rabbitmq_running && return
  say "RabbitMQ did not stop in time and is killed: see $dir/log/rabbitmq.log"
  kill_rabbitmq
}

kill_rabbitmq() {
  rabbitmq_running || return 0
  kill -KILL -- "-$(<"$rabbit/server.pid")"
  wait_gone rabbitmq_running || fail "RabbitMQ can't be killed: see $dir/log/rabbitmq.log"
}

# --- Commands ----------------------------------------------------------------

up() {
  install_missing
  make_settings
  load_settings
  postgres_running || need_free POSTGRES_PORT
  # RabbitMQ takes longest: PostgreSQL gets ready meanwhile.
  launch_rabbitmq
  start_postgres
  await_rabbitmq
  say "PostgreSQL on port $POSTGRES_PORT and RabbitMQ on port $RABBITMQ_PORT are up: '. $settings' has the settings"
}

down() {
  stop_rabbitmq
  stop_epmd
  stop_postgres
}

status() {
  local name port
  for name in postgres rabbitmq; do
    port=${name^^}_PORT
    if "${name}_running"; then
      echo "$name: running on 127.0.0.1:${!port-unknown}"
    else
      echo "$name: stopped"
    fi
  done
}

# What an operator asks of the broker, with the caller's stdin.
rabbitmqctl() { "${rabbit_env[@]}" "$rabbit_bin/rabbitmqctl" "$@" 9>&-; }

main() {
  local command=${1-} server='' folder=${*: -1}
  case $command in
    up | down | status) (($# == 2)) || usage ;;
    rabbitmqctl)
      (($# >= 3)) || usage
      folder=$2
      ;;
    stop | start | kill)
      (($# == 3)) || usage
      server=$2
      [[ $server == postgres || $server == rabbitmq ]] || usage
      ;;
    *) usage ;;
  esac
  [[ $folder ]] || usage

  dir=$(realpath -m -- "$folder")
  settings=$dir/servers.env
  rabbit=$dir/rabbitmq
  rabbit_mark=RABBITMQ_PID_FILE=$rabbit/beam.pid
  launched_rabbitmq=
  clean_env=(env -i "PATH=$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8)
  as_postgres=()
  ((EUID != 0)) || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
  # The postgres user may not enter the folder this was called from.
  cd /

  if [[ $command == up ]]; then
    mkdir -p "$dir/log"
  elif [[ -e $settings ]]; then
    load_settings
  elif [[ $server || $command == rabbitmqctl ]]; then
    fail "there are no servers in $dir: run 'deploy/servers.sh up $dir' first"
  fi

  if [[ $command != status && -d $dir ]]; then
    [[ -w $dir ]] || fail "$dir can't be written: run this as the user who ran 'up'"
    exec 9>"$dir/lock"
    flock 9
  fi
  if [[ $server ]]; then
    "${command}_$server"
  elif [[ $command == rabbitmqctl ]]; then
    rabbitmqctl "${@:3}"
  else
    "$command"
  fi
}

main "$@"
