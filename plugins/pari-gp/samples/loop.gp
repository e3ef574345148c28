while(1,)
