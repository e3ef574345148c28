-module(main).
-export([main/1]).

main(_) ->
    io:format("~ts~n", ["Grüße, 世界 🌍"]).
