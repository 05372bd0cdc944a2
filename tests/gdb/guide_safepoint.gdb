# guest: safepoint.c
# hunt: -n 300 --timeout 5
# options: -e
# docs/guide/safepoint.md
print gc.phase
print gc.threads
print gc.threads_paused
thread apply all -s -q frame function collect
thread apply all -s -q frame function parse_lines
print lines_read == lines_parsed
last-write gc.phase
bt
