() = printf("before\n");

unknown_function();
