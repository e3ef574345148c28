function fail
    echo before
    string no-such-subcommand
    exit 1
end
fail
