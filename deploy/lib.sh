# shellcheck shell=bash disable=SC2034
# What the scripts of this folder share; they source it.
shopt -s inherit_errexit

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
state=$root/.local
services=(publishing feed notifications gateway)

say() { printf '%s\n' "$*"; }

fail() { # MESSAGE [EXIT-CODE]
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit "${2:-1}"
}

have() { command -v "$1" >/dev/null; }

accepts() { # PORT
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

engine_answers() { have docker && timeout 30 docker info >/dev/null 2>&1; }

# As compose reads it: NAME=VALUE a line, and what the environment has goes first.
use_dotenv() {
  local line name value
  [[ -f $root/.env ]] || return 0
  while IFS= read -r line || [[ $line ]]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    [[ -v $name ]] || export "$name=$value"
  done <"$root/.env"
}

# The running stack's port is remembered, so that no later command needs to be told.
use_port() {
  PORT=${PORT:-$(cat "$state/port" 2>/dev/null || echo 8080)}
  [[ $PORT =~ ^[1-9][0-9]{0,4}$ && $PORT -le 65535 ]] || fail "PORT=$PORT is no port" 2
  export PORT
  base=http://127.0.0.1:$PORT
}

use_admin_key() {
  ADMIN_KEY=${ADMIN_KEY:-$(cat "$state/admin.key" 2>/dev/null || true)}
  [[ $ADMIN_KEY ]] || fail "no admin key: set ADMIN_KEY, or start the stack by deploy/up.sh, which leaves it in .local/admin.key" 2
}

# The key is in no argument, where every user of the machine could read it.
curl_as_admin() { curl -s -K <(printf 'header = "Authorization: Bearer %s"\n' "$ADMIN_KEY") "$@"; }

random_key() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# Fails where the packages can't be installed: nobody but root may, and only where there is apt-get.
install_packages() { # LOG PACKAGE...
  local log=$1
  shift
  if ((EUID != 0)) || ! have apt-get; then return 1; fi
  say "Installing $* (log: .local/log/$log.log)"
  mkdir -p "$state/log"
  (apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "$@") \
    </dev/null >"$state/log/$log.log" 2>&1
}

# They would stay in memory, waiting for another build.
leave_no_compilers() { export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false; }
