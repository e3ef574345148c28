setopt err_exit
print before
no_such_command
print after
