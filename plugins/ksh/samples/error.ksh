set -e
print before
no_such_command
print after
