# For scripts that run long programs and must clean up after them in every case. To be sourced.
# shellcheck shell=bash

step_pid=

# Runs a program and waits. Unlike a plain command it lets a signal to the script act at once, and
# the program is told before `cleanup`, which the sourcing script defines, runs.
step() {
  local result=0
  # A child in the background would ignore an interrupt.
  env --default-signal=INT,QUIT "$@" &
  step_pid=$!
  wait "$step_pid" || result=$?
  step_pid=
  return "$result"
}

finish() {
  local result=$?
  trap '' INT TERM HUP
  trap - EXIT
  if [[ -n $step_pid ]]; then
    kill "$step_pid" 2>/dev/null || true
    wait "$step_pid" 2>/dev/null || true
  fi
  cleanup
  exit "$result"
}

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
