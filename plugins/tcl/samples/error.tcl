puts before

no_such_command
