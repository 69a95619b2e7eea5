# For scripts that run long programs and must clean up after them in every case. To be sourced.
# shellcheck shell=bash

step_pid=

# Runs a program, in a session of its own, and waits. Unlike a plain command it lets a signal to the
# script act at once. What the program has left in its session ends with it: the servers that a
# killed test had started.
step() {
  local result=0
  # A child in the background would ignore an interrupt.
  setsid env --default-signal=INT,QUIT "$@" &
  step_pid=$!
  wait "$step_pid" || result=$?
  pkill -KILL --session "$step_pid" || true
  step_pid=
  return "$result"
}

# Ends the step that runs, then calls `cleanup`, which the sourcing script defines.
finish() {
  local result=$?
  trap '' INT TERM HUP PIPE
  trap - EXIT
  if [[ -n $step_pid ]]; then
    kill "$step_pid" 2>/dev/null || true
    # By its number: a `wait` can miss an end that came with the signal.
    timeout 60 tail --pid="$step_pid" -f /dev/null || true
    pkill -KILL --session "$step_pid" || true
  fi
  # What reads the output, `make run | tee log`, may have ended by the same interrupt. Whatever stops
  # at a line that cannot be written is done again in silence.
  cleanup || cleanup >/dev/null 2>&1 || true
  exit "$result"
}

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
