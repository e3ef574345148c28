printf("Grüße, 世界 🌍\n");
