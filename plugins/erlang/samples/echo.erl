-module(main).
-export([main/1]).

main(Arguments) ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            io:put_chars(Line),
            main(Arguments)
    end.
