# shellcheck shell=bash
# usage: up
# about: build, run sluiced and sluice-agent on this machine's own logs, until Ctrl-C

up_url=http://127.0.0.1:3180
up_agent_url=http://127.0.0.1:3181

dev_up() {
  load build
  dev_build release
  mkdir -p var/log
  on_exit up_stop
  # Both get Ctrl-C from us and in order, not from the terminal and at once.
  trap 'exit 0' INT TERM
  up_start_journal
  up_start sluiced --storage.path var/sluiced --http.listen "${up_url#http://}"
  up_wait sluiced "$up_url/-/ready"
  # A service that logs requests, so that there is something to look at on a quiet machine.
  mkdir -p var/demo
  up_start sluice-demo run --state var/demo --file var/demo/shop.log --rate 5
  up_files
  up_start sluice-agent --server "$up_url" --state var/agent \
    --http.listen "${up_agent_url#http://}" --files "${up_globs[@]}"
  up_wait sluice-agent "$up_agent_url/-/ready"
  up_say
  # Ends when either process does; that is an error, since only Ctrl-C should end it.
  wait -n "${up_pids[@]}" || true
  die "a process ended by itself; see var/log/"
}

up_pids=() up_names=()
up_start() {
  local name=$1
  shift
  note "starting $name $*"
  setsid build/release/bin/"$name" "$@" 2>"var/log/$name.log" &
  up_pids+=($!) up_names+=("$name")
}

# This machine's log files, and what the demo service and the journal write.
up_files() {
  up_globs=('/var/log/**/*.log' "$PWD/var/demo/*.log" "$PWD/var/log/journal.txt")
}

# Where systemd keeps the logs, its journal as text.
up_start_journal() {
  command -v journalctl >/dev/null || return 0
  journalctl --quiet --lines 1 >/dev/null 2>&1 || return 0
  setsid journalctl --quiet --follow --lines 500 --output short-iso \
    >var/log/journal.txt 2>/dev/null &
  up_journal=$!
}

up_wait() {
  local name=$1 url=$2 deadline=$((SECONDS + 30))
  until curl --silent --fail --output /dev/null --max-time 2 "$url"; do
    kill -0 "${up_pids[-1]}" 2>/dev/null || {
      tail -n 20 "var/log/$name.log" >&2
      die "$name did not start; its log is var/log/$name.log"
    }
    [ "$SECONDS" -lt "$deadline" ] || die "$name not ready after 30 s; see var/log/$name.log"
    sleep 0.1
  done
}

up_say() {
  cat <<END

  Sluice is running: $up_url

  Try:
    build/release/bin/sluice tail '{filename=~".*/shop.log"} | json | status >= 400'
    build/release/bin/sluice logs '{filename=~".+"} |~ "(?i)error"' --since 24h
    build/release/bin/sluice metric 'node_load1'

  Logs of the two processes: var/log/. Data: var/sluiced. Stop with Ctrl-C.

END
}

# The agent first, so that it can hand over what it has.
up_stop() {
  local i
  for ((i = ${#up_pids[@]} - 1; i >= 0; --i)); do
    note "stopping ${up_names[i]}"
    kill -TERM "${up_pids[i]}" 2>/dev/null || continue
    wait "${up_pids[i]}" || true
  done
  [ -z "${up_journal:-}" ] || kill "$up_journal" 2>/dev/null || true
}
