// What `dlopen.c` loads.
int plugin_calls;

int plugin(int n) {
    plugin_calls += n;
    return plugin_calls * 2;
}
