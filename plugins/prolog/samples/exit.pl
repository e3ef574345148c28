:- initialization(halt(3)).
