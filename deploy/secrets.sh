#!/usr/bin/env bash
# Makes the stack's secrets where there are none yet, and the broker's definitions of its users. A service reads its folder by
# SECRETS_DIR: a file's name is the setting. ADMIN_KEY and RABBITMQ_PASSWORD win when given.
# OWNER (rabbitmq, publishing, feed, notifications): its password of the broker is made anew.
set -euo pipefail
dir=${1:?Usage: deploy/secrets.sh DIR [OWNER...]}
shift
permissions=${BASH_SOURCE[0]%/*}/broker-permissions
mode=700
((EUID != 0)) || mode=750
umask "$(printf '%03o' $((0777 - 8#$mode)))"

# The group that a service runs with, in its container and as a process that root starts.
declare -A group=([postgres]=0 [rabbitmq]=0 [publishing]=16541 [feed]=16542 [notifications]=16543)
services=(publishing feed notifications)

random() { od -An -N"${1:-32}" -tx1 /dev/urandom | tr -d ' \n'; } # BYTES

kept() { # OWNER NAME: what is there, else something new
  if [[ -s $dir/$1/$2 ]]; then cat "$dir/$1/$2"; else random; fi
}

put() { # OWNER NAME VALUE
  local file=$dir/$1/$2
  printf '%s' "$3" >"$file.new"
  ((EUID != 0)) || chgrp "${group[$1]}" "$file.new"
  mv "$file.new" "$file"
}

password_file() { # OWNER: its password of the broker
  if [[ $1 == rabbitmq ]]; then echo password; else echo Messaging__Password; fi
}

bytes() { # HEX
  local at
  for ((at = 0; at < ${#1}; at += 2)); do printf '%b' "\\x${1:at:2}"; done
}

# RabbitMQ's own scheme: four random bytes, then the SHA-256 of them and the password.
hashed() { # PASSWORD
  local salt sum
  salt=$(random 4)
  sum=$({
    bytes "$salt"
    printf %s "$1"
  } | sha256sum)
  bytes "$salt${sum%% *}" | base64 -w 0
}

user() { # NAME PASSWORD TAGS
  printf '{"name":"%s","password_hash":"%s","hashing_algorithm":"rabbit_password_hashing_sha256","tags":[%s]}' "$1" "$(hashed "$2")" "$3"
}

rights() { # USER CONFIGURE WRITE READ
  printf '{"user":"%s","vhost":"/","configure":"%s","write":"%s","read":"%s"}' "$@"
}

# The broker takes them in at each start, so that an older stack's gets its users too; others' users stay as they are.
definitions() {
  local name configure write read users granted
  users=$(user news "$(<"$dir/rabbitmq/password")" '"administrator"')
  granted=$(rights news '.*' '.*' '.*')
  while read -r name configure write read; do
    [[ $name && $name != '#' ]] || continue
    users+=,$(user "$name" "$(<"$dir/$name/Messaging__Password")" '')
    granted+=,$(rights "$name" "$configure" "$write" "$read")
  done <"$permissions"
  printf '{"vhosts":[{"name":"/"}],"users":[%s],"permissions":[%s]}' "$users" "$granted"
}

mkdir -p "$dir"
chmod 711 "$dir"
for owner in "${!group[@]}"; do
  mkdir -p "$dir/$owner"
  chmod "$mode" "$dir/$owner"
  ((EUID != 0)) || chgrp "${group[$owner]}" "$dir/$owner"
done

anew=("$@")
for owner in "${anew[@]}"; do
  [[ " rabbitmq ${services[*]} " == *" $owner "* ]] || {
    echo "secrets.sh: $owner has no password of the broker" >&2
    exit 2
  }
done
# Earlier every service had the administrator's password: what all of them knew is no secret now.
if [[ -s $dir/rabbitmq/password ]] && cmp -s "$dir/rabbitmq/password" "$dir/publishing/Messaging__Password"; then
  anew=(rabbitmq "${services[@]}")
fi
for owner in "${anew[@]}"; do rm -f "$dir/$owner/$(password_file "$owner")"; done

put rabbitmq password "${RABBITMQ_PASSWORD:-$(kept rabbitmq password)}"
put rabbitmq cookie "$(kept rabbitmq cookie)"
put postgres password "$(kept postgres password)"
for service in "${services[@]}"; do
  put "$service" Database__Password "$(kept "$service" Database__Password)"
  put "$service" Messaging__Password "$(kept "$service" Messaging__Password)"
done
put rabbitmq definitions.json "$(definitions)"
admin=${ADMIN_KEY:-$(kept publishing Security__AdminKey)}
for service in publishing notifications; do
  put "$service" Security__AdminKey "$admin"
done
echo "The admin key: docker compose exec publishing cat $dir/publishing/Security__AdminKey"
