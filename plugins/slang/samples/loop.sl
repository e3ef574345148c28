forever;
