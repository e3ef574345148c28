say 'before';

die 'something';
