int muster_dummy(void); int muster_dummy(void){return 0;}
