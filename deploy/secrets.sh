#!/usr/bin/env bash
# Makes the stack's secrets where there are none yet. A service reads its folder by
# SECRETS_DIR: a file's name is the setting. ADMIN_KEY and RABBITMQ_PASSWORD win when given.
set -euo pipefail
dir=${1:?Usage: deploy/secrets.sh DIR}
umask 027

# The group that a service's container runs with: docker-compose.yml says the same.
declare -A group=([postgres]=0 [rabbitmq]=0 [publishing]=16541 [feed]=16542 [notifications]=16543)

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

kept() { # OWNER NAME: what is there, else something new
  if [[ -s $dir/$1/$2 ]]; then cat "$dir/$1/$2"; else random; fi
}

put() { # OWNER NAME VALUE
  local file=$dir/$1/$2
  printf '%s' "$3" >"$file.new"
  ((EUID != 0)) || chgrp "${group[$1]}" "$file.new"
  mv "$file.new" "$file"
}

mkdir -p "$dir"
chmod 711 "$dir"
for owner in "${!group[@]}"; do
  mkdir -p "$dir/$owner"
  ((EUID != 0)) || chgrp "${group[$owner]}" "$dir/$owner"
done

messaging=${RABBITMQ_PASSWORD:-$(kept rabbitmq password)}
put rabbitmq password "$messaging"
put postgres password "$(kept postgres password)"
for service in publishing feed notifications; do
  put "$service" Database__Password "$(kept "$service" Database__Password)"
  put "$service" Messaging__Password "$messaging"
done
admin=${ADMIN_KEY:-$(kept publishing Security__AdminKey)}
for service in publishing notifications; do
  put "$service" Security__AdminKey "$admin"
done
echo "The admin key: docker compose exec publishing cat $dir/publishing/Security__AdminKey"
